import {toProblem} from '../base/problem.ts';
import type {PodName} from '../cluster/pods/look.ts';
import type {Session} from './state/session.ts';
import type {UiEvent} from './state/types.ts';

/** Pause between two looks at a pod, ms. */
export const podPauseMs = 2000;

/**
 * Looks at one pod again and again, for as long as it is `wanted`; another pod ends the look at the one before. Each look ends before the
 * next one begins.
 */
export const createPodWatch = (
	session: Pick<Session, 'podLook'>,
	wanted: (pod: PodName) => boolean,
	tell: (event: UiEvent) => void,
) => {
	let under = new AbortController();
	let timer: NodeJS.Timeout | undefined;
	const cancel = (): void => {
		clearTimeout(timer);
		under.abort();
	};
	const watch = ({pod}: {readonly pod: PodName}): void => {
		cancel();
		const own = new AbortController();
		under = own;
		const look = async (): Promise<void> => {
			if (own.signal.aborted || !wanted(pod)) return;
			const event = await session.podLook(pod, own.signal).then(
				(seen): UiEvent => ({type: 'pod-seen', pod, look: seen}),
				(error: unknown): UiEvent => ({type: 'pod-unseen', pod, why: toProblem(error).message}),
			);
			if (own.signal.aborted) return;
			tell(event);
			timer = setTimeout(() => void look(), podPauseMs).unref();
		};
		void look();
	};
	return {watch, cancel};
};
