import type {Answers} from '../../answers/schema.ts';
import type {Event, Listener} from '../../engine/events.ts';
import type {Pass} from '../../engine/plan.ts';
import {eventWithAnswers} from '../../report/answers-given.ts';
import {eventOnCluster} from '../../report/cluster-commands.ts';
import type {Ports} from '../../steps/world.ts';
import type {Context} from '../base/context.ts';
import {calledDeep} from '../base/kept/own-commands.ts';
import {createHooks} from './hooks/hooks.ts';
import type {Recorder} from './recorder.ts';

export type AnnounceOptions = {
	readonly context: Context;
	readonly pass: Pass;
	readonly listeners: readonly Listener[];
	readonly recorder: Recorder;
	readonly logFile: string;
	readonly openPorts: (answers: Answers) => Ports;
};

/** Hands on what happens in a run. */
export type Announcer = {
	/** Every listener gets every event without its secrets. */
	readonly listener: Listener;
	/** Waits, within bounds, for hooks that are under way. Never throws. */
	readonly end: () => Promise<void>;
};

/** What may name a command of this program, among them no words of servers, which stay as they are. */
const namesCommands = (event: Event): boolean =>
	'problem' in event ||
	'way' in event ||
	['step-waiting', 'step-warning', 'run-warning', 'step-finished'].includes(event.type);

/** Makes what hands on the events of a run: to its log and state, to whoever listens, and, where it applies, to the operator's hooks. */
export const createAnnouncer = (options: AnnounceOptions): Announcer => {
	const {context, pass, listeners, recorder, logFile, openPorts} = options;
	const {redactor, hostName, userName} = context;
	const cleaned = (event: Event): Event => {
		const {answers: given} = recorder.end();
		const told = eventWithAnswers(eventOnCluster(event, given.kubernetes), given);
		return redactor.redactDeep(context.called && namesCommands(event) ? calledDeep(told, context.called) : told);
	};
	const tellAll: Listener = (clean) => {
		for (const listener of [recorder.listener, ...listeners]) listener(clean);
	};
	if (pass !== 'apply') return {listener: (event) => tellAll(cleaned(event)), end: async () => undefined};
	const {answers} = recorder.end();
	const warn = (text: string, evidence: readonly string[]): void => {
		const event: Event = redactor.redactDeep({type: 'run-warning', at: context.clock.now(), text, evidence});
		// Listeners hear nothing after the end of a run; its log and its summary still tell what came then.
		if (recorder.end().state.outcome === undefined) tellAll(event);
		else recorder.listener(event);
	};
	const hooks = createHooks({
		context,
		answers: () => recorder.end().answers,
		state: () => recorder.end().state,
		facts: {host: hostName, user: userName, log: logFile, site: answers.controlPlane.host},
		line: (wanted) => {
			const {https, host, resolveSecret} = openPorts(wanted);
			return {https, readFile: host.readFile, resolveSecret};
		},
		warn,
	});
	return {
		listener: (event) => {
			const clean = cleaned(event);
			tellAll(clean);
			hooks.listener(clean);
		},
		end: hooks.end,
	};
};
