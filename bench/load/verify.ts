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
	/**
	 * MB/s of a core, of as many loops at once: two cores at work slow each other down, whoever hashes. What is compressed is unpacked and
	 * hashed by both, since a layer's contents are held against the configuration.
	 */
	const bareHash = async (files: readonly string[], loops: number): Promise<number> => {
		const program = fileURLToPath(new URL('hash.ts', import.meta.url));
		const all = await Promise.all(
			Array.from({length: loops}, async () => {
				const {stdout} = await measure([process.execPath, program, '--unpack', ...files]);
				const {bytes, ms, cpuMs} = JSON.parse(stdout) as Readonly<Record<'bytes' | 'ms' | 'cpuMs', number>>;
				return bytes / Math.max(ms, cpuMs) / 1000;
			}),
		);
		return all.reduce((sum, speed) => sum + speed, 0) / loops;
	};
	const rows: Row[] = [];
	try {
		for (const [what, folder, set, files] of [
			['docker save tar', tarred, archive, [archive.path]],
			['gzip OCI layout', path.dirname(layoutSet.path), layoutSet, layoutSet.blobs.map(({file}) => file)],
		] as const) {
			const all: Measured[] = [];
			const start: Measured[] = [];
			const alone: number[] = [];
			const paired: number[] = [];
			for (let run = 1; run <= bench.runs; run++) {
				bench.say(`run ${run} of ${bench.runs}: verify, ${what}`);
				alone.push(await bareHash(files, 1));
				paired.push(await bareHash(files, 2));
				start.push(await check(tiny));
				all.push(await check(folder));
			}
			const cpu = median(all.map(({cpuMs}) => cpuMs)) - median(start.map(({cpuMs}) => cpuMs));
			const net = wall(all) - wall(start);
			const name = `verify, ${what}: of the speed of a bare loop, per core used`;
			if (net < leastVerifyMs) {
				const note = `the set is too small to tell hashing (${seconds(net)}) from starting (${seconds(wall(start))})`;
				rows.push({what: name, measured: 'not told', target: '≥ 85 %', note});
				continue;
			}
			const perCore = set.bytes / Math.max(cpu, net) / 1000;
			const loops = cpu / net > 1.5 ? 2 : 1;
			const [one, two] = [median(alone), median(paired)];
			const share = perCore / (loops === 2 ? two : one);
			rows.push({
				what: name,
				measured: `${(share * 100).toFixed(0)} %`,
				target: '≥ 85 %',
				met: share >= 0.85,
				note: `${perCore.toFixed(0)} MB/s a core, ${(cpu / net).toFixed(1)} cores; a bare loop ${one.toFixed(0)}, two at once ${two.toFixed(0)} each; ${seconds(wall(all))} in all, of which the start is ${seconds(wall(start))} (a bundle of 1 MB; not counted)`,
			});
		}
	} finally {
		await rm(tarred, {recursive: true, force: true});
	}
	return rows;
};
