import {randomBytes} from 'node:crypto';
import {isMap} from '../../base/text.ts';
import {parseAnswer} from '../answer.ts';
import type {Deed} from '../errors.ts';
import {nameOf} from '../objects/names.ts';
import {objectPath} from '../objects/resources.ts';
import {statusError} from '../refusals.ts';
import type {Requests} from '../requests.ts';
import type {Access, ClusterPort, PodExec} from '../types.ts';
import {protocols} from './channels.ts';
import {converse} from './conversation.ts';
import {markedCommand} from './framing.ts';
import type {Declined, Opened} from './open-socket.ts';
import {exitCodeOf} from './outcome.ts';
import {type ExecProblems, execProblems} from './problems.ts';
import type {ExecTiming} from './silence.ts';

/** What a plan must be allowed that runs commands in pods of a namespace: a WebSocket is a GET, and 1.35 asks for create too. */
export const execAccesses = (namespace: string): readonly Access[] =>
	['get', 'create'].map((verb) => ({verb, group: '', resource: 'pods/exec', namespace}));

const pathOf = ({namespace, pod, container, stdin, stdout}: PodExec, command: readonly string[]): string => {
	const query = new URLSearchParams(command.map((word): [string, string] => ['command', word]));
	if (container !== undefined) query.set('container', container);
	query.set('stdin', String(stdin !== undefined));
	query.set('stdout', String(stdout !== undefined));
	query.set('stderr', 'true');
	query.set('tty', 'false');
	return `${objectPath({plural: 'pods', namespaced: true}, {apiVersion: 'v1', namespace, name: pod})}/exec?${query}`;
};

/** Kubernetes' own words in an answer; undefined where somebody else answers, or it only does not speak the protocol. */
const refusalIn = ({status, body}: Declined, deed: Deed) => {
	const said = parseAnswer(body);
	const isOwn = isMap(said) && said.kind === 'Status';
	return isOwn || status >= 500 ? statusError(status, said, deed) : undefined;
};

type Talk = {
	readonly opened: Extract<Opened, {socket: unknown}>;
	readonly mark: string | undefined;
	readonly isFramed: boolean;
};

/** How a command may be asked for, the best first. */
const waysOf = ({
	command,
	stdin,
}: PodExec): readonly (Omit<Talk, 'opened'> & {
	readonly offered: readonly string[];
	readonly words: readonly string[];
})[] => {
	if (!stdin) return [{offered: [protocols.newer, protocols.older], words: command, mark: undefined, isFramed: false}];
	const mark = `zenml-airgap-${randomBytes(8).toString('hex')}`;
	return [
		{offered: [protocols.newer], words: markedCommand(command, mark, false), mark, isFramed: false},
		{offered: [protocols.older], words: markedCommand(command, mark, true), mark, isFramed: true},
	];
};

/**
 * Opens the connection of a command. One with a stdin is asked for by the protocol that can tell its end; a server that does not know
 * it gets the stdin in pieces of ours, which can.
 */
const open = async (
	requests: Requests,
	exec: PodExec,
	{deed, problems}: {readonly deed: Deed; readonly problems: ExecProblems},
): Promise<Talk> => {
	let declined: Declined = {status: 0, body: ''};
	for (const {offered, words, mark, isFramed} of waysOf(exec)) {
		const path = pathOf(exec, words);
		const opened = await requests.upgrade({path, protocols: offered, deed: deed.deed, signal: exec.signal});
		if (!opened.declined) return {opened, mark, isFramed};
		({declined} = opened);
		const refusal = refusalIn(declined, deed);
		if (refusal) throw problems.refused(refusal);
	}
	throw problems.noWebSocket(declined);
};

/**
 * Runs commands in pods, as `kubectl exec -i` does. An abort ends the connection and with it the program's stdin; a program that
 * goes on regardless ends with its pod.
 */
export const createExec =
	(requests: Requests, timing: ExecTiming): ClusterPort['exec'] =>
	async (exec) => {
		const deed = {
			deed: `run a command in ${nameOf({kind: 'pod', name: exec.pod, namespace: exec.namespace})}`,
			server: requests.server(),
		};
		const problems = execProblems(exec, deed);
		const {opened, mark, isFramed} = await open(requests, exec, {deed, problems});
		const {stderr, ...end} = await converse(opened.socket, {exec, mark, isFramed, timing, problems});
		return {exitCode: exitCodeOf(end, {mark, hasOutput: exec.stdout !== undefined}, {problems, deed}), stderr};
	};
