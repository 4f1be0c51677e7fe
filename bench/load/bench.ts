import type {SampleImage} from '../../rehearsal/sample-bundle/index.ts';
import {median} from '../figures.ts';
import {type Client, type Clients, withHome} from './clients.ts';
import type {Measured} from './measure.ts';
import type {Peers} from './peers.ts';
import {type Protection, startRegistry} from './registry.ts';
import type {ImageSet} from './sets.ts';

/** One line of the table. `met` is absent where there is no target, or what it is compared with could not be had. */
export type Row = {
	readonly what: string;
	readonly measured: string;
	readonly target: string;
	readonly met?: boolean;
	readonly note: string;
};

/** What every row needs. Sizes in MB of 10^6 bytes. */
export type Bench = {
	readonly folder: string;
	readonly program: readonly string[];
	readonly charts: string;
	readonly peers: Peers;
	readonly clients: Clients;
	readonly protection: Protection;
	readonly runs: number;
	readonly size: number;
	readonly bigSize: number;
	readonly say: (line: string) => void;
	/** The raw set and its images, made once. */
	readonly images: () => Promise<readonly SampleImage[]>;
	readonly archive: () => Promise<ImageSet>;
	/** The gzip layout; it lies in a bundle, in the folder above. */
	readonly layout: () => Promise<ImageSet>;
};

/** Milliseconds as the table shows them. */
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
/** Median of the times, in ms. */
export const wall = (all: readonly Measured[]): number => median(all.map(({wallMs}) => wallMs));
const spread = (all: readonly Measured[]): string => {
	const times = all.map(({wallMs}) => wallMs);
	return `median of ${all.length}, ${seconds(Math.min(...times))} to ${seconds(Math.max(...times))}`;
};

/** A line without a target: time, memory and processor time. */
export const timed = (what: string, all: readonly Measured[]): Row => ({
	what,
	measured: seconds(wall(all)),
	target: '',
	note: `${spread(all)}; peak ${Math.max(...all.map(({peakMb}) => peakMb)).toFixed(0)} MB, processor ${seconds(median(all.map(({cpuMs}) => cpuMs)))}`,
});

/** The most memory that any run took, against its bound. */
export const memory = (what: string, all: readonly Measured[]): Row => {
	const peak = Math.max(...all.map(({peakMb}) => peakMb));
	const note = `largest of ${all.length}; pushed in ${seconds(wall(all))}`;
	return {what, measured: `${peak.toFixed(0)} MB`, target: '≤ 150 MB', met: peak <= 150, note};
};

/** How many times as long as another. */
export const ratio = (
	what: string,
	ours: readonly Measured[],
	other: readonly Measured[] | undefined,
	limit: number,
): Row => {
	const target = `≤ ${limit.toFixed(2)}x`;
	if (!other) return {what, measured: 'left out', target, note: 'the other program could not be had'};
	const value = wall(ours) / wall(other);
	return {what, measured: `${value.toFixed(2)}x`, target, met: value <= limit, note: ''};
};

export type PushOptions = {readonly protection?: Protection; readonly again?: boolean};
export type Pushed = {readonly first: Measured; readonly second?: Measured};

/** Into an empty registry, which goes afterwards. */
export const push = async (bench: Bench, client: Client, set: ImageSet, options: PushOptions = {}): Promise<Pushed> => {
	const {protection, again = false} = options;
	const registry = await startRegistry(bench.peers.registry, bench.folder, {protection});
	const target = {host: registry.host, protection};
	try {
		return await withHome(bench.folder, async (home) => {
			const first = await client(set, target, home);
			return again ? {first, second: await client(set, target, home)} : {first};
		});
	} finally {
		await registry.stop();
	}
};
