import {rm, statfs} from 'node:fs/promises';
import path from 'node:path';
import {type Bench, memory, push, type Row, ratio, timed, wall} from './bench.ts';
import type {Client} from './clients.ts';
import type {Measured} from './measure.ts';
import {dropLayers, type ImageSet, makeImages, writeArchive} from './sets.ts';
import {small} from './small.ts';
import {verify} from './verify.ts';

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
	const {bare, hashed, ours, oras, skopeo} = bench.clients;
	const set = await bench.archive();
	const all = await rounds(bench, set, {bare, hashed, ours, ...(oras && {oras}), ...(skopeo && {skopeo})});
	const [a = [], b = [], c = []] = [all.ours, all.bare, all.hashed];
	const what = 'docker save tar, raw layers';
	return [
		timed(`${what}: bare PUTs`, b),
		timed(`${what}: bare PUTs, every byte hashed`, c),
		timed(`${what}: zenml-airgap, every byte hashed`, a),
		...(all.oras ? [timed(`${what}: oras ${bench.peers.oras?.version}`, all.oras)] : []),
		...(all.skopeo ? [timed(`${what}: skopeo ${skopeoVersion(bench)}, which compresses`, all.skopeo)] : []),
		ratio('  against bare PUTs', a, b, 1.15),
		ratio('  against oras', a, all.oras, 0.55),
		ratio('  against skopeo', a, all.skopeo, 0.25),
		memory(`Peak memory, ${bench.size} MB`, a),
	];
};

const layout = async (bench: Bench): Promise<readonly Row[]> => {
	const {bare, hashed, ours, crane} = bench.clients;
	const all = await rounds(bench, await bench.layout(), {bare, hashed, ours, ...(crane && {crane})});
	const [a = [], b = [], c = []] = [all.ours, all.bare, all.hashed];
	const what = 'gzip OCI layout';
	return [
		timed(`${what}: bare PUTs`, b),
		timed(`${what}: bare PUTs, every byte hashed`, c),
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
