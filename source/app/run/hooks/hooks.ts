import type {Answers} from '../../../answers/schema.ts';
import {printable} from '../../../base/printable.ts';
import {toProblem} from '../../../base/problem.ts';
import type {Event, Listener} from '../../../engine/events.ts';
import type {RunState} from '../../../engine/state.ts';
import type {Context} from '../../base/context.ts';
import {callAddress, type Line} from './address.ts';
import {type CallHow, callCommand, hookEnvironment} from './command.ts';
import {hookSentence, unfitHooks} from './look.ts';
import {type Moment, momentsOf, type Seen} from './moments.ts';
import {payloadOf, type RunFacts} from './payload.ts';
import {type Failure, type Hook, hooksOf} from './types.ts';

export type HooksOptions = {
	readonly context: Pick<Context, 'environment' | 'redactor' | 'clock'>;
	/** The answers that count now. */
	readonly answers: () => Answers;
	/** How the run stands. */
	readonly state: () => RunState;
	readonly facts: RunFacts;
	/** Opens what calls to addresses go through. */
	readonly line: (answers: Answers) => Line;
	/** Takes what went wrong with a hook: a sentence, and lines that the hook said. */
	readonly warn: (text: string, evidence: readonly string[]) => void;
};

/** The hooks of one run. */
export type Hooks = {
	/** Calls them beside the run. Events must be redacted before they come here. */
	readonly listener: Listener;
	/** Waits for calls under way, no longer than one may take, and ends the rest. Never throws. */
	readonly end: () => Promise<void>;
};

/** Calls of one hook that wait for the one before; more of them would come too late to be news. */
const mostQueued = 20;

/** How long what was told to end is waited for at the end of a run, ms: its keeper ends it without us as well. */
const endingMs = 2000;

/** The step that looks at hooks before the first change, where a run has it. */
const lookingStep = 'prerequisites';

type Queue = {readonly waiting: number; readonly last: Promise<void>};

/** Calls one hook once; never rejects. */
const callOnce = async (hook: Hook, options: HooksOptions, call: Omit<CallHow, 'timeoutMs'>): Promise<void> => {
	const {context, answers: current, line} = options;
	const {event, way, target} = hook;
	const answers = current();
	const how = {...call, timeoutMs: answers.hooks.timeoutSeconds * 1000};
	try {
		if (way === 'command') return await callCommand(target, hookEnvironment(context.environment, event), how);
		const failure = await callAddress(target, {answers, line: line(answers)}, how);
		if (failure) call.fail(failure);
	} catch (error) {
		call.fail({kind: 'not started', words: toProblem(error).message.replace(/\.$/u, '')});
	}
};

type Teller = {
	readonly tell: (hook: Hook, failure: Failure) => void;
	/** Somebody else has told this sentence. */
	readonly isTold: (text: string) => void;
};

/** Tells each kind of failure of a hook once. */
const createTeller = ({context: {redactor}, warn}: HooksOptions): Teller => {
	const told = new Set<string>();
	const tell: Teller['tell'] = (hook, failure) => {
		const keys = [`${hook.answer} ${failure.kind}`, redactor.redact(hookSentence(hook, failure))];
		const isKnown = keys.some((key) => told.has(key));
		for (const key of keys) told.add(key);
		if (isKnown) return;
		const said = redactor.redact(failure.said ?? '').split('\n');
		warn(
			hookSentence(hook, failure),
			said.map(printable).filter((one) => one !== ''),
		);
	};
	return {tell, isTold: (text) => void told.add(text)};
};

/**
 * Makes the hooks of a run that applies. Calls of one hook come one after the other, those of several side by side; none of them holds
 * the run, which goes on while they are under way.
 */
export const createHooks = (options: HooksOptions): Hooks => {
	const {context, answers, state, facts} = options;
	const stop = new AbortController();
	const {tell, isTold} = createTeller(options);
	const queues = new Map<string, Queue>();
	let looking: Promise<void> = Promise.resolve();
	let seen: Seen = {};
	let number = 0;
	const call = (hook: Hook, payload: string): void => {
		const {waiting, last} = queues.get(hook.answer) ?? {waiting: 0, last: Promise.resolve()};
		if (waiting >= mostQueued) {
			tell(hook, {kind: 'too many', words: `${mostQueued} calls of it wait already, and further news are left out`});
			return;
		}
		const work = async (): Promise<void> => {
			await last;
			const {signal} = stop;
			const fail = (failure: Failure): void => tell(hook, failure);
			if (signal.aborted) fail({kind: 'too late', words: 'it had not been called when the run was over'});
			else await callOnce(hook, options, {payload, signal, fail});
			const after = queues.get(hook.answer);
			if (after) queues.set(hook.answer, {...after, waiting: after.waiting - 1});
		};
		queues.set(hook.answer, {waiting: waiting + 1, last: work()});
	};
	const take = (moment: Moment): void => {
		number += 1;
		const hooks = hooksOf(answers(), [moment.event]);
		if (hooks.length === 0) return;
		const payload = payloadOf(moment, {run: state(), facts, number});
		for (const hook of hooks) call(hook, payload);
	};
	const look = async (): Promise<void> => {
		const unfit = await unfitHooks(answers(), options.line(answers()), stop.signal).catch(() => []);
		for (const {hook, failure} of unfit) tell(hook, failure);
	};
	return {
		listener: (event: Event) => {
			if (event.type === 'step-warning') isTold(event.text);
			const news = momentsOf(seen, event);
			({seen} = news);
			for (const moment of news.moments) take(moment);
			const isUnseen = event.type === 'run-started' && !event.steps.some(({id}) => id === lookingStep);
			if (isUnseen) looking = look();
		},
		end: async () => {
			const all = Promise.all([looking, ...[...queues.values()].map(({last}) => last)]);
			const enough = new AbortController();
			const patience = async (ms: number): Promise<unknown> =>
				Promise.race([all, context.clock.sleep(ms, enough.signal).catch(() => undefined)]);
			await patience(answers().hooks.timeoutSeconds * 1000);
			stop.abort(new DOMException('The run is over', 'AbortError'));
			await patience(endingMs);
			enough.abort();
		},
	};
};
