import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {spawnRehearsal} from '../rehearsal/index.ts';
import type {Event} from '../source/engine/events.ts';
import {type Figure, median, spread} from './figures.ts';
import {runProgram, type Setting} from './setting.ts';

const runs = 5;

const eventsOf = (stdout: string): readonly Event[] =>
	stdout
		.split('\n')
		.filter((line) => line !== '')
		.map((line) => JSON.parse(line) as Event);

/** Seconds from `run-started` to `run-finished`. @throws Error when a step found something to do. */
const secondsOf = (events: readonly Event[]): number => {
	const applied = events.flatMap((event) =>
		event.type === 'step-finished' && event.outcome === 'applied' ? [event.step] : [],
	);
	if (applied.length > 0) throw new Error(`the run was to find nothing to do, but applied ${applied.join(', ')}`);
	const at = (type: Event['type']): number => events.find((event) => event.type === type)?.at ?? Number.NaN;
	return (at('run-finished') - at('run-started')) / 1000;
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
		await writeFile(answers, JSON.stringify({...world.answers, helm: {binary: setting.helm}}), {mode: 0o600});
		const words = ['install', '--non-interactive', '--json', '--answers', answers];
		const line = [...words, '--state-dir', path.join(setting.folder, 'again')];
		await runProgram(setting, line, 180_000);
		const checks: number[] = [];
		const walls: number[] = [];
		for (let run = 0; run < runs; run += 1) {
			const {stdout, wallMs} = await runProgram(setting, line, 60_000);
			checks.push(secondsOf(eventsOf(stdout)));
			walls.push(wallMs / 1000);
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
		];
	} finally {
		await world.stop();
	}
};
