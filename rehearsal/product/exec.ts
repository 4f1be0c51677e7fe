import {setTimeout as sleep} from 'node:timers/promises';
import {type ExecPod, type ExecRun, noProgram, type Pod} from '../kubernetes/index.ts';
import type {Running} from './containers.ts';
import type {PodNetwork} from './network/pod-network.ts';

/** What a command works with, in a container that runs: its streams, and the environment and files of the container. */
export type ExecContext = Omit<ExecRun, 'container' | 'command'> & {
	readonly pod: Pod;
	readonly running: Running;
	readonly network: PodNetwork;
	/** The words after the program's name. */
	readonly args: readonly string[];
};

/** A program that `pods/exec` can start, and its exit code. It reads its stdin to the end, or leaves it, as the real one does. */
export type ExecProgram = (context: ExecContext) => Promise<number>;

/** The programs of an image, by the name that a command begins with. */
export type ExecPrograms = (image: string) => Readonly<Record<string, ExecProgram>>;

/** Containers that run, by pod and name. */
export type Containers = Map<string, {readonly image: string; readonly running: Running}>;

export const containerKey = ({metadata: {uid}}: Pod, name: string): string => `${uid}/${name}`;

/** A container counts as running while its image is still pulled here, which no real one does: how long a command waits for it, ms. */
const [pulledMs, lookMs] = [3000, 20] as const;

const onceUp = async (containers: Containers, key: string, signal: AbortSignal) => {
	for (const limit = Date.now() + pulledMs; !containers.has(key) && Date.now() < limit; )
		await sleep(lookMs, undefined, {signal});
	return containers.get(key);
};

/** Runs a command in a container that runs, out of the programs of its image. @throws ExecError for one that it does not have */
export const execIn =
	(containers: Containers, network: PodNetwork, programs: ExecPrograms): ExecPod =>
	async (pod, {container, command, ...streams}) => {
		const found = await onceUp(containers, containerKey(pod, container), streams.signal);
		const [name = '', ...args] = command;
		const own = found ? programs(found.image) : {};
		const program = Object.hasOwn(own, name) ? own[name] : undefined;
		if (!found || !program) throw noProgram(name);
		return program({...streams, pod, running: found.running, network, args});
	};
