import type {Event, StepInfo} from '../../../source/engine/events.ts';
import {emptyRun, reduce} from '../../../source/engine/reduce.ts';
import type {RunState} from '../../../source/engine/state.ts';
import type {plans} from '../../../source/plans/index.ts';
import {installPlan} from '../../../source/plans/install.ts';
import {planWords} from '../../../source/plans/words.ts';
import {restMs} from '../../../source/ui/state/rest.ts';
import type {Found, Session} from '../../../source/ui/state/session.ts';

/** A call of the screens, as a list of the method and what it got. */
export type Call = readonly [keyof Session, ...unknown[]];

/** `Event` without its time. */
export type Untimed = Event extends infer One ? (One extends Event ? Omit<One, 'at'> : never) : never;

export const found: Found = {
	bundle: {path: './bundle', ok: true, text: 'ZenML Pro 0.13.0, 11 images, 3.1 GiB'},
	kubeconfig: {
		path: '~/.kube/config',
		context: 'prod',
		server: 'https://10.0.0.1:6443',
		ok: true,
		text: 'answers, Kubernetes 1.31',
	},
	rehearsal: false,
	lines: [],
};

/** What is told of the real steps before they begin. */
const infos = installPlan.steps.map(
	({id, title, why, skippable = false, proves = false}): StepInfo => ({id, title, why, skippable, proves}),
);

/** What is told of one step of the real plan. */
export const stepOf = (id: (typeof plans.install.stepIds)[number]): StepInfo => {
	const info = infos.find((one) => one.id === id);
	if (!info) throw new Error(`there is no step ${id}`);
	return info;
};

/** The event that begins a run of all steps. */
export const started: Untimed = {
	type: 'run-started',
	runId: 'r1',
	plan: installPlan.id,
	title: installPlan.title,
	pass: 'apply',
	version: '0.1.0',
	steps: infos,
	planSteps: infos.length,
};

/**
 * A session that keeps a list of calls and whose run is moved by hand with `emit`. A method that the test did not allow
 * fails the test: it throws.
 */
export const fakeSession = (allowed: Partial<Session> = {}) => {
	const calls: Call[] = [];
	const listeners = new Set<() => void>();
	let run: RunState | undefined;
	let now = 1_000_000;
	const record =
		<Name extends keyof Session>(name: Name) =>
		(...args: readonly unknown[]): unknown => {
			calls.push([name, ...args]);
			const answer = allowed[name];
			if (typeof answer !== 'function') throw new Error(`the screens called ${name}, which was not expected`);
			return (answer as (...given: readonly unknown[]) => unknown)(...args);
		};
	const methods = [
		'keepSecret',
		'plan',
		'start',
		'decide',
		'acknowledge',
		'checkNow',
		'stop',
		'saveAnswers',
		'saveReport',
		'saveCopy',
		'saveHandover',
		'makePapers',
		'explain',
		'podLook',
		'testLogin',
	] as const;
	const session = {
		version: '0.1.0',
		rehearsal: allowed.rehearsal ?? false,
		words: allowed.words ?? planWords.install,
		now: () => now,
		found: allowed.found ?? (async () => found),
		draft: allowed.draft ?? {},
		given: allowed.given ?? [],
		untyped: allowed.untyped ?? [],
		unfinished: allowed.unfinished,
		offer: allowed.offer ?? (async () => ({all: []})),
		look: allowed.look ?? (async () => undefined),
		keepDraft: allowed.keepDraft ?? (async () => undefined),
		summary: allowed.summary ?? (() => ({urls: [], next: [], files: []})),
		...Object.fromEntries(methods.map((name) => [name, record(name)])),
		run: {
			getState: () => run,
			subscribe: (listener: () => void) => {
				listeners.add(listener);
				return () => listeners.delete(listener);
			},
		},
	} as unknown as Session;
	const tell = (...events: readonly Untimed[]): void => {
		for (const event of events) {
			run = reduce(run ?? emptyRun, {...event, at: now} as Event);
			for (const listener of listeners) listener();
		}
	};
	const emit = (...events: readonly Untimed[]): void => {
		tell(...events);
		now += restMs;
	};
	return {
		session,
		calls,
		/** Moves the run; nothing is pressed before the page that came by it was seen. */
		emit,
		/** Moves the run, and the next key comes in the same moment. */
		tell,
		/** Moves the clock, in ms. */
		pass: (ms: number): void => {
			now += ms;
		},
		listeners,
	};
};
