import {mkdir, rm, statfs} from 'node:fs/promises';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import type {SampleImage} from '../../source/rehearsal/sample-bundle/archives.ts';
import {median} from '../figures.ts';
import {type Client, type Clients, withHome} from './clients.ts';
import {type Measured, measure} from './measure.ts';
import type {Peers} from './peers.ts';
import {type Logged, type Protection, startRegistry} from './registry.ts';
import {dropLayers, type ImageSet, makeBundle, makeImages, makeSmallImages, writeArchive, writeLayout} from './sets.ts';

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

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
const wall = (all: readonly Measured[]): number => median(all.map(({wallMs}) => wallMs));
const spread = (all: readonly Measured[]): string => {
	const times = all.map(({wallMs}) => wallMs);
	return `median of ${all.length}, ${seconds(Math.min(...times))} to ${seconds(Math.max(...times))}`;
};

const timed = (what: string, all: readonly Measured[]): Row => ({
	what,
	measured: seconds(wall(all)),
	target: '',
	note: `${spread(all)}; peak ${Math.max(...all.map(({peakMb}) => peakMb)).toFixed(0)} MB, processor ${seconds(median(all.map(({cpuMs}) => cpuMs)))}`,
});

const ratio = (what: string, ours: readonly Measured[], other: readonly Measured[] | undefined, limit: number): Row => {
	const target = `≤ ${limit.toFixed(2)}x`;
	if (!other) return {what, measured: 'left out', target, note: 'the other program could not be had'};
	const value = wall(ours) / wall(other);
	return {what, measured: `${value.toFixed(2)}x`, target, met: value <= limit, note: ''};
};

type PushOptions = {readonly protection?: Protection; readonly again?: boolean};
type Pushed = {readonly first: Measured; readonly second?: Measured};

/** Into an empty registry, which goes afterwards. */
const push = async (bench: Bench, client: Client, set: ImageSet, options: PushOptions = {}): Promise<Pushed> => {
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

/** Everybody in turn, `runs` times, so that what the machine does meanwhile hits all alike. */
const rounds = async <Name extends string>(
	bench: Bench,
	set: ImageSet,
	clients: Readonly<Partial<Record<Name, Client>>>,
): Promise<Partial<Record<Name, readonly Measured[]>>> => {
	const results: Partial<Record<Name, readonly Measured[]>> = {};
	for (let run = 1; run <= bench.runs; run++) {
		for (const name of Object.keys(clients) as Name[]) {
			const client = clients[name];
			if (!client) continue;
			bench.say(`run ${run} of ${bench.runs}: ${name}`);
			const {first} = await push(bench, client, set);
			results[name] = [...(results[name] ?? []), first];
		}
	}
	return results;
};

const skopeoVersion = ({peers}: Bench): string => peers.skopeo?.version ?? '';

const raw = async (bench: Bench): Promise<readonly Row[]> => {
	const {bare, ours, oras, skopeo} = bench.clients;
	const set = await bench.archive();
	const all = await rounds(bench, set, {bare, ours, ...(oras && {oras}), ...(skopeo && {skopeo})});
	const [a = [], b = []] = [all.ours, all.bare];
	const what = 'docker save tar, raw layers';
	return [
		timed(`${what}: bare PUTs`, b),
		timed(`${what}: zenml-airgap`, a),
		...(all.oras ? [timed(`${what}: oras ${bench.peers.oras?.version}`, all.oras)] : []),
		...(all.skopeo ? [timed(`${what}: skopeo ${skopeoVersion(bench)}, which compresses`, all.skopeo)] : []),
		ratio('  against bare PUTs', a, b, 1.15),
		ratio('  against oras', a, all.oras, 0.55),
		ratio('  against skopeo', a, all.skopeo, 0.25),
		memory(`Peak memory, ${bench.size} MB`, a),
	];
};

const memory = (what: string, all: readonly Measured[]): Row => {
	const peak = Math.max(...all.map(({peakMb}) => peakMb));
	const note = `largest of ${all.length}; pushed in ${seconds(wall(all))}`;
	return {what, measured: `${peak.toFixed(0)} MB`, target: '≤ 150 MB', met: peak <= 150, note};
};

const layout = async (bench: Bench): Promise<readonly Row[]> => {
	const {bare, ours, crane} = bench.clients;
	const all = await rounds(bench, await bench.layout(), {bare, ours, ...(crane && {crane})});
	const [a = [], b = []] = [all.ours, all.bare];
	const what = 'gzip OCI layout';
	return [
		timed(`${what}: bare PUTs`, b),
		timed(`${what}: zenml-airgap, every byte hashed`, a),
		...(all.crane ? [timed(`${what}: crane ${bench.peers.crane?.version} --index`, all.crane)] : []),
		ratio('  against crane', a, all.crane, 1),
	];
};

const tls = async (bench: Bench): Promise<readonly Row[]> => {
	const {protection, clients} = bench;
	const rows: Row[] = [];
	for (const [what, set] of [
		['docker save tar', await bench.archive()],
		['gzip OCI layout', await bench.layout()],
	] as const) {
		const plain: Measured[] = [];
		const safe: Measured[] = [];
		for (let run = 1; run <= bench.runs; run++) {
			bench.say(`run ${run} of ${bench.runs}: TLS and login, ${what}`);
			plain.push((await push(bench, clients.ours, set)).first);
			safe.push((await push(bench, clients.ours, set, {protection})).first);
		}
		rows.push(timed(`${what}, TLS and login`, safe), ratio('  against the same without', safe, plain, 1.6));
	}
	return rows;
};

const second = async (bench: Bench): Promise<readonly Row[]> => {
	const all: Measured[] = [];
	const set = await bench.archive();
	for (let run = 1; run <= bench.runs; run++) {
		bench.say(`run ${run} of ${bench.runs}: a second push`);
		const pushed = await push(bench, bench.clients.ours, set, {again: true});
		if (pushed.second) all.push(pushed.second);
	}
	return [{...timed('Second run, nothing to do', all), target: '≤ 0.3 s', met: wall(all) <= 300}];
};

const big = async (bench: Bench): Promise<readonly Row[]> => {
	const what = `Peak memory, ${bench.bigSize} MB`;
	const {bavail, bsize} = await statfs(bench.folder);
	const free = (bavail * bsize) / 1e6;
	// Layers and the archive of them first, then the archive and what the registry keeps.
	const needed = bench.bigSize * 2.1;
	if (free < needed) {
		const note = `${Math.round(needed)} MB of disk are needed, ${Math.round(free)} MB are free`;
		return [{what, measured: 'left out', target: '≤ 150 MB', note}];
	}
	const folder = path.join(bench.folder, 'big');
	try {
		bench.say(`making the set of ${bench.bigSize} MB`);
		const images = await makeImages(folder, bench.bigSize);
		const set = await writeArchive(path.join(folder, 'bundle.tar'), images, folder);
		await dropLayers(images);
		bench.say(`pushing it, once`);
		return [memory(what, [(await push(bench, bench.clients.ours, set)).first])];
	} finally {
		await rm(folder, {recursive: true, force: true});
	}
};

/** Below this, what a start costs more or less decides the figure. */
const leastVerifyMs = 300;

const verify = async (bench: Bench): Promise<readonly Row[]> => {
	const tiny = path.join(bench.folder, 'tiny');
	const tarred = path.join(bench.folder, 'tarred');
	const layoutSet = await bench.layout();
	const images = await makeImages(path.join(bench.folder, 'tiny-layers'), 1);
	await writeLayout(path.join(tiny, 'images'), images, 'gzip');
	await makeBundle(tiny, bench.charts, images);
	await makeBundle(tarred, bench.charts, images);
	await mkdir(path.join(tarred, 'images'), {recursive: true});
	const archive = await writeArchive(path.join(tarred, 'images/bundle.tar'), await bench.images(), tarred);
	const check = (folder: string): Promise<Measured> =>
		withHome(bench.folder, (home) =>
			measure([...bench.program, 'bundle', 'verify', folder, '--json'], {
				environment: {...process.env, HOME: home, XDG_STATE_HOME: home, XDG_CACHE_HOME: home},
			}),
		);
	const bareHash = async (files: readonly string[]): Promise<number> => {
		const {stdout} = await measure([process.execPath, fileURLToPath(new URL('hash.ts', import.meta.url)), ...files]);
		const {bytes, ms} = JSON.parse(stdout) as {readonly bytes: number; readonly ms: number};
		return bytes / ms / 1000;
	};
	const rows: Row[] = [];
	try {
		for (const [what, folder, set, files] of [
			['docker save tar', tarred, archive, [archive.path]],
			['gzip OCI layout', path.dirname(layoutSet.path), layoutSet, layoutSet.blobs.map(({file}) => file)],
		] as const) {
			const all: Measured[] = [];
			const start: Measured[] = [];
			const loop: number[] = [];
			for (let run = 1; run <= bench.runs; run++) {
				bench.say(`run ${run} of ${bench.runs}: verify, ${what}`);
				loop.push(await bareHash(files));
				start.push(await check(tiny));
				all.push(await check(folder));
			}
			const cpu = median(all.map(({cpuMs}) => cpuMs)) - median(start.map(({cpuMs}) => cpuMs));
			const net = wall(all) - wall(start);
			const name = `verify, ${what}: of one core's sha256 speed, per core used`;
			if (net < leastVerifyMs) {
				const note = `the set is too small to tell hashing (${seconds(net)}) from starting (${seconds(wall(start))})`;
				rows.push({what: name, measured: 'not told', target: '≥ 85 %', note});
				continue;
			}
			const perCore = set.bytes / Math.max(cpu, net) / 1000;
			const share = perCore / median(loop);
			rows.push({
				what: name,
				measured: `${(share * 100).toFixed(0)} %`,
				target: '≥ 85 %',
				met: share >= 0.85,
				note: `${perCore.toFixed(0)} of ${median(loop).toFixed(0)} MB/s; ${(cpu / net).toFixed(1)} cores; ${seconds(wall(all))} in all, of which the start is ${seconds(wall(start))} (a bundle of 1 MB; not counted)`,
			});
		}
	} finally {
		await rm(tarred, {recursive: true, force: true});
	}
	return rows;
};

/** What the protocol needs when every manifest and blob is looked for first: HEAD; a mount is one request, an upload two. */
const neededRequests = (count: number): number => {
	const [look, upload, mount, manifest] = [1, 2, 1, 1];
	const later = look + 2 * (look + upload) + (look + mount) + manifest;
	return count * later + (upload - mount);
};

const small = async (bench: Bench): Promise<readonly Row[]> => {
	const counts = [100, 250, 500] as const;
	const times = new Map<number, number>();
	const rows: Row[] = [];
	for (const count of counts) {
		const folder = path.join(bench.folder, `small-${count}`);
		const set = await writeLayout(
			path.join(folder, 'images'),
			await makeSmallImages(path.join(folder, 'layers'), count),
			'raw',
		);
		const all: Measured[] = [];
		for (let run = 1; run <= bench.runs; run++) {
			bench.say(`run ${run} of ${bench.runs}: ${count} small images`);
			all.push((await push(bench, bench.clients.ours, set)).first);
		}
		times.set(count, wall(all));
		rows.push(timed(`${count} small images`, all));
		if (count === 500) rows.push(await requestsRow(bench, set, count));
		await rm(folder, {recursive: true, force: true});
	}
	const [a = 0, b = 0, c = 0] = counts.map((count) => times.get(count));
	const [early, late] = [(b - a) / 150, (c - b) / 250];
	rows.push({
		what: '  milliseconds an image, 250 to 500 against 100 to 250',
		measured: `${(late / early).toFixed(2)}x`,
		target: '≤ 1.25x',
		met: late / early <= 1.25,
		note: `${early.toFixed(1)} ms, then ${late.toFixed(1)} ms`,
	});
	return rows;
};

const kinds = (requests: readonly Logged[], count: number): string => {
	const totals = new Map<string, number>();
	for (const {method, path: target} of requests) {
		const what = target.includes('/manifests/') ? 'manifest' : target.includes('/blobs/') ? 'blob' : 'other';
		totals.set(`${method} ${what}`, (totals.get(`${method} ${what}`) ?? 0) + 1);
	}
	return [...totals].map(([name, total]) => `${name} ${(total / count).toFixed(2)}`).join(', ');
};

const requestsRow = async (bench: Bench, set: ImageSet, count: number): Promise<Row> => {
	const registry = await startRegistry(bench.peers.registry, bench.folder, {logged: true});
	try {
		await withHome(bench.folder, (home) => bench.clients.ours(set, {host: registry.host}, home));
		const requests = registry.requests();
		const more = (requests.length - neededRequests(count)) / count;
		return {
			what: '  requests an image beyond what the protocol needs',
			measured: more.toFixed(2),
			target: '≤ 2',
			met: more <= 2,
			note: `${(requests.length / count).toFixed(2)} against ${(neededRequests(count) / count).toFixed(2)} with a look first; an image: ${kinds(requests, count)}`,
		};
	} finally {
		await registry.stop();
	}
};

/** Every row by its name, in the order of the table. */
export const rows: Readonly<Record<string, (bench: Bench) => Promise<readonly Row[]>>> = {
	raw,
	layout,
	tls,
	second,
	big,
	verify,
	small,
};
