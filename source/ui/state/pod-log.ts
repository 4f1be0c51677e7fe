import type {PodLook, PodName} from '../../cluster/pods/look.ts';
import type {PodRow} from '../../engine/plan.ts';
import type {Item, RunState, StepState} from '../../engine/state.ts';
import {digit, isLetter, type Key, move, scrollMove} from './keys.ts';
import {type Env, type PodLogView, type Turn, turn, type UiState} from './types.ts';

/** A row of things being watched that is a pod. */
export type PodItem = Item & {readonly pod: PodRow};

/** Is this a pod? */
export const isPod = (item: Item): item is PodItem => item.pod !== undefined;

const urgency: Readonly<Record<Item['state'], number>> = {bad: 0, pending: 1, ok: 2};

/** Pods in the order of the table: what is bad first. */
export const podsOf = (items: readonly Item[]): readonly PodItem[] =>
	items.filter(isPod).toSorted((one, other) => urgency[one.state] - urgency[other.state]);

/** Is this the same pod? */
export const isSamePod = (one: PodName, other: PodName): boolean =>
	one.namespace === other.namespace && one.name === other.name;

const watch = (state: UiState, step: string, {namespace, name}: PodName): Turn => {
	const pod = {namespace, name};
	return turn({...state, podLog: {step, pod, gone: false}}, {type: 'watch-pod', pod});
};

/** Opens the log of the step's pod that needs it most; the others are chosen there. */
export const openPodLog = (state: UiState, step: StepState | undefined): Turn => {
	const [first] = podsOf(step?.items ?? []);
	if (step && first) return watch(state, step.id, first.pod);
	return turn({...state, notice: {role: 'warn', text: 'No pod is watched in this step now.'}});
};

/** The pods that can be chosen beside the one that is shown, which may be gone, and where it stands among them. */
export const podChoice = (
	{step, pod}: PodLogView,
	run: RunState | undefined,
): {readonly pods: readonly PodItem[]; readonly at: number} => {
	const pods = podsOf(run?.steps.find(({id}) => id === step)?.items ?? []);
	return {pods, at: pods.findIndex((one) => isSamePod(one.pod, pod))};
};

const chosen = (view: PodLogView, run: RunState | undefined, key: Key): PodItem | undefined => {
	const {pods, at} = podChoice(view, run);
	const named = digit(key, pods.length);
	if (named !== undefined) return pods[named];
	if (move(key) === 'right' || key.id === 'tab') return pods[(at + 1) % pods.length];
	if (move(key) === 'left' || key.id === 'shift-tab') return pods.at(Math.max(at, 0) - 1);
	return undefined;
};

/** Keys of the page: it scrolls, shows another pod, and goes away. At its end it follows the newest line. */
export const podLogKey = (state: UiState, env: Env, view: PodLogView, key: Key): Turn => {
	if (key.id === 'escape' || key.id === 'return' || isLetter(key, 'q', 'L')) return turn({...state, podLog: undefined});
	const other = chosen(view, env.run, key);
	if (other) return isSamePod(other.pod, view.pod) ? turn(state) : watch(state, view.step, other.pod);
	const extent = env.extent(state);
	const limit = Math.max(0, extent.total - extent.height);
	const top = scrollMove(key, view.top ?? limit, extent);
	if (top === undefined) return turn(state);
	return turn({...state, podLog: {...view, top: top === limit ? undefined : top}});
};

const withView = (state: UiState, pod: PodName, change: Partial<PodLogView>): UiState =>
	state.podLog && isSamePod(state.podLog.pod, pod) ? {...state, podLog: {...state.podLog, ...change}} : state;

/** What a look at the pod has seen; what was seen before stays where the pod is gone. */
export const podSeen = (
	state: UiState,
	{pod, look}: {readonly pod: PodName; readonly look: PodLook | undefined},
): UiState => withView(state, pod, look ? {look, gone: false, failed: undefined} : {gone: true, failed: undefined});

/** Why a look at the pod has failed; what was seen before stays. */
export const podUnseen = (state: UiState, {pod, why}: {readonly pod: PodName; readonly why: string}): UiState =>
	withView(state, pod, {failed: why});
