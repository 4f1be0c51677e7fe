import {mkdir, rm} from 'node:fs/promises';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {median} from '../figures.ts';
import {type Bench, type Row, seconds, wall} from './bench.ts';
import {withHome} from './clients.ts';
import {type Measured, measure} from './measure.ts';
import {makeBundle, makeImages, writeArchive, writeLayout} from './sets.ts';

/** Below this, what a start costs more or less decides the figure. */
const leastVerifyMs = 300;

/** How fast a bundle is verified, a tar and a layout, beside a bare loop over the same files. */
export const verify = async (bench: Bench): Promise<readonly Row[]> => {
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
