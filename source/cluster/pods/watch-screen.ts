import type {Job, KubeEvent, Pod} from '../kinds.ts';
import type {PodView} from '../types.ts';
import {jobView, podView} from './views.ts';
import type {WatchLine} from './watch-stream.ts';

/** What is known of pods, Jobs and events, put together to one picture that is told when it changes. */
export const createScreen = (onChange: (pods: readonly PodView[]) => void) => {
	const pods = new Map<string, Pod>();
	let jobs: readonly Job[] = [];
	let events: readonly KubeEvent[] = [];
	let shown = '';
	const show = (): void => {
		const views: readonly PodView[] = [
			...[...pods.values()].map((pod) => podView(pod, events)),
			...jobs.flatMap((job) => jobView(job, events) ?? []),
		].sort((left, right) => left.name.localeCompare(right.name));
		const now = JSON.stringify(views);
		if (now === shown) return;
		shown = now;
		onChange(views);
	};
	return {
		putAround: (newJobs: readonly Job[], newEvents: readonly KubeEvent[]): void => {
			jobs = newJobs;
			events = newEvents;
			show();
		},
		putAll: (all: readonly Pod[]): void => {
			pods.clear();
			for (const pod of all) pods.set(pod.metadata.name, pod);
			show();
		},
		count: (): number => pods.size,
		put: ({type, object}: WatchLine): void => {
			if (type === 'BOOKMARK') return;
			if (type === 'DELETED') pods.delete(object.metadata.name);
			else pods.set(object.metadata.name, object as Pod);
			show();
		},
	};
};

export type Screen = ReturnType<typeof createScreen>;
