import {rm} from 'node:fs/promises';
import path from 'node:path';
import {type Bench, memory, push, type Row, timed, wall} from './bench.ts';
import {withHome} from './clients.ts';
import type {Measured} from './measure.ts';
import {type Logged, startRegistry} from './registry.ts';
import {type ImageSet, makeSmallImages, writeLayout} from './sets.ts';

/**
 * What the protocol needs when every manifest and blob is looked for before it is written, and once more after, since a registry may
 * confirm what it does not keep: HEAD; a mount is one request, an upload two.
 */
const neededRequests = (count: number): number => {
	const [look, upload, mount, manifest] = [1, 2, 1, 1];
	const written = (requests: number): number => look + requests + look;
	const later = 2 * written(upload) + written(mount) + written(manifest);
	return count * later + (upload - mount);
};

/** Does the time grow with the number of images only, and how many requests does one take? */
export const small = async (bench: Bench): Promise<readonly Row[]> => {
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
		if (count === 500)
			rows.push(memory('  peak memory of 500 small images', all), await requestsRow(bench, set, count));
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
			note: `${(requests.length / count).toFixed(2)} against ${(neededRequests(count) / count).toFixed(2)} with a look before and after; an image: ${kinds(requests, count)}`,
		};
	} finally {
		await registry.stop();
	}
};
