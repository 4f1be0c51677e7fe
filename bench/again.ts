import {readFile, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {spawnRehearsal} from '../rehearsal/index.ts';
import {eventsOf, secondsOf} from './events.ts';
import {type Figure, median, spread} from './figures.ts';
import {runProgram, type Setting} from './setting.ts';

const runs = 5;

/** Its version, and for each release of the two charts a rendering with made-up secrets and one with the real ones. */
const mostHelms = 5;

/** A helm that writes a line for each time it is started, and becomes the real one. */
const countingHelm = async ({helm, folder}: Setting): Promise<{readonly program: string; readonly started: string}> => {
	const [program, started] = [path.join(folder, 'counting-helm'), path.join(folder, 'helm-started')];
	await writeFile(program, `#!/bin/sh\necho "$1" >> '${started}'\nexec '${helm}' "$@"\n`, {mode: 0o755});
	return {program, started};
};

/** Installs into a running world, then starts the finished install again and again: every check, nothing to do. */
export const again = async (setting: Setting): Promise<readonly Figure[]> => {
	const world = await spawnRehearsal({
		entry: path.join(setting.dist, 'rehearsal-host.js'),
		directory: path.join(setting.folder, 'world'),
		charts: path.join(setting.dist, 'charts'),
		pace: 'fast',
		log: () => undefined,
	});
	try {
		const answers = path.join(setting.folder, 'answers.yaml');
		const helm = await countingHelm(setting);
		await writeFile(answers, JSON.stringify({...world.answers, helm: {binary: helm.program}}), {mode: 0o600});
		const words = ['install', '--non-interactive', '--json', '--answers', answers];
		const line = [...words, '--state-dir', path.join(setting.folder, 'again')];
		await runProgram(setting, line, 180_000);
		const checks: number[] = [];
		const walls: number[] = [];
		const helms: number[] = [];
		for (let run = 0; run < runs; run += 1) {
			await rm(helm.started, {force: true});
			const {stdout, wallMs} = await runProgram(setting, line, 60_000);
			checks.push(secondsOf(eventsOf(stdout)));
			walls.push(wallMs / 1000);
			helms.push((await readFile(helm.started, 'utf8')).trimEnd().split('\n').length);
		}
		return [
			{
				name: 'Finished install again, run-started to run-finished',
				value: median(checks),
				limit: 3,
				unit: 's',
				note: `median of ${spread(checks, 's')}`,
			},
			{
				name: 'Finished install again, whole process',
				value: median(walls),
				limit: 3,
				unit: 's',
				note: `median of ${spread(walls, 's')}`,
			},
			{
				name: 'Finished install again, helm programs',
				value: Math.max(...helms),
				limit: mostHelms,
				unit: 'programs',
				note: `largest of ${spread(helms, 'programs')}`,
			},
		];
	} finally {
		await world.stop();
	}
};
