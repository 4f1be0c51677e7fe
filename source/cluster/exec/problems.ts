import {printable} from '../../base/printable.ts';
import type {ProblemError} from '../../base/problem.ts';
import {cutTo} from '../../base/text.ts';
import {unreadable} from '../answer.ts';
import type {Deed} from '../errors.ts';
import {isStatus, type KubernetesError} from '../errors.ts';
import {clusterProblems} from '../problems.ts';
import type {PodExec} from '../types.ts';
import type {Declined} from './open-socket.ts';

/** What may go wrong with one command, in words that name it. */
export type ExecProblems = {
	readonly closed: (error: unknown) => ProblemError;
	readonly silent: (ms: number) => ProblemError;
	/** A message that is none of the protocol. */
	readonly unreadable: (words: string) => ProblemError;
	/** An answer that is no WebSocket and no words of Kubernetes. */
	readonly noWebSocket: (declined: Declined) => ProblemError;
	/** The image does not have the program. */
	readonly missing: () => ProblemError;
	/** A refusal of Kubernetes, as what it means for a command. */
	readonly refused: (refusal: KubernetesError) => ProblemError;
};

/** What API server, kubelet and container runtime say of a container that does not run (yet). */
const notRunning =
	/container not found|container is not created or running|is in CONTAINER_EXITED state|not in running state|does not have a host assigned|is not valid for pod|completed pod|no running task/iu;

/** What container runtimes say of a program that is not there. */
const notThere =
	/executable file not found|no such file or directory|stat \S+: no such file|permission denied: unknown/iu;

/** What the API server says of a request that has lost its wish for an upgrade on the way. */
const noUpgrade = /upgrade request required|unable to upgrade: |missing "?upgrade"?/iu;

const evidenceOf = (error: unknown): readonly string[] => [error instanceof Error ? error.message : String(error)];

const refusedAs = (
	refusal: KubernetesError,
	pod: {readonly pod: string; readonly namespace: string},
	more: {
		readonly program: string;
		readonly server: string;
	},
): ProblemError => {
	const {said, status, problem} = refusal;
	const known = {evidence: [printable(said)], error: refusal};
	if (problem.code === 'kubernetes-forbidden') return clusterProblems.error('exec-forbidden', pod, known);
	if (notRunning.test(said)) return clusterProblems.error('exec-container-not-running', pod, known);
	if (isStatus(refusal, 404)) return clusterProblems.error('exec-pod-gone', pod, known);
	if (notThere.test(said)) return clusterProblems.error('exec-command-missing', {...pod, program: more.program}, known);
	if (noUpgrade.test(said))
		return clusterProblems.error('exec-no-websocket', {...pod, server: more.server, answer: `HTTP ${status}`}, known);
	return refusal;
};

/** @param deed of the whole, for the problems that every request may have */
export const execProblems = ({namespace, pod, command}: PodExec, deed: Deed): ExecProblems => {
	const where = {namespace, pod};
	const program = cutTo(printable(command[0] ?? ''), 100);
	const {server} = deed;
	return {
		closed: (error) =>
			clusterProblems.error(
				'exec-broken',
				{case: 'closed', ...where, program},
				{evidence: evidenceOf(error).map(printable), error},
			),
		silent: (ms) =>
			clusterProblems.error('exec-broken', {case: 'silent', ...where, program, seconds: Math.round(ms / 1000)}),
		unreadable: (words) => unreadable(deed, words),
		noWebSocket: ({status, body}) =>
			clusterProblems.error(
				'exec-no-websocket',
				{...where, server, answer: `HTTP ${status}`},
				{evidence: [cutTo(printable(body), 200)].filter((line) => line !== '')},
			),
		missing: () => clusterProblems.error('exec-command-missing', {...where, program}),
		refused: (refusal) => refusedAs(refusal, where, {program, server}),
	};
};
