import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {spawnRehearsal} from '../rehearsal/index.ts';
import {ProblemError} from '../source/base/problem.ts';
import {eventsOf, secondsOf} from './events.ts';
import {type Figure, median, spread} from './figures.ts';
import {type Measured, measure} from './load/measure.ts';
import type {Setting} from './setting.ts';

const runs = 5;

/** The longest that one command may take, ms: databases are dumped, restored and started. */
const limitMs = 600_000;

const again = {
	checks: 'Finished upgrade again, run-started to run-finished',
	wall: 'Finished upgrade again, whole process',
} as const;

const remembered = ['upgrade', 'backup', 'restore', 'drill'] as const;

type Remembered = (typeof remembered)[number];

const memoryRow = (command: Remembered): string => `Peak memory of ${command}`;

/** What of the world cannot be had on every machine. */
const absent: ReadonlySet<string> = new Set(['rehearsal-mysql-missing', 'rehearsal-client-tools-missing']);

type World = Awaited<ReturnType<typeof spawnRehearsal>>;

/** A world with the real MySQL and the real programs of the databases; the same one each time. */
const worldOf = async ({dist, folder}: Setting, sample: 'older' | 'newer'): Promise<World> =>
	spawnRehearsal({
		entry: path.join(dist, 'rehearsal-host.js'),
		directory: path.join(folder, 'day-two-world'),
		charts: path.join(dist, 'charts'),
		pace: 'fast',
		mysql: 'unpacked',
		clientTools: 'unpacked',
		sample,
		log: () => undefined,
	});

/** Runs a command in a world. */
type Run = (words: readonly string[]) => Promise<Measured>;

/** Work in a world, which ends with it. */
const inWorld = async <T>(setting: Setting, sample: 'older' | 'newer', work: (run: Run) => Promise<T>): Promise<T> => {
	const world = await worldOf(setting, sample);
	try {
		const {helm, folder, program, environment} = setting;
		const answers = path.join(folder, 'day-two.yaml');
		// Nobody is there to confirm that users know of their new client.
		const whole = {...world.answers, helm: {binary: helm}, upgrade: {clients: 'tell'}};
		await writeFile(answers, JSON.stringify(whole), {mode: 0o600});
		const shared = ['--non-interactive', '--json', '--answers', answers, '--state-dir', path.join(folder, 'day-two')];
		return await work(async (words) => measure([...program, ...words, ...shared], {environment, limitMs}));
	} finally {
		await world.stop();
	}
};

const memoryOf = (command: Remembered, {peakMb}: Measured): Figure => ({
	name: memoryRow(command),
	value: peakMb,
	limit: 200,
	unit: 'MB',
	note: '1 run; programs and pods that it starts are not counted',
});

const timesOf = (name: string, seconds: readonly number[]): Figure => ({
	name,
	value: median(seconds),
	limit: 3,
	unit: 's',
	note: `median of ${spread(seconds, 's')}`,
});

const inNewerWorld = async (run: Run): Promise<readonly Figure[]> => {
	const upgraded = await run(['upgrade']);
	const checks: number[] = [];
	const walls: number[] = [];
	for (let one = 0; one < runs; one += 1) {
		const {stdout, wallMs} = await run(['upgrade']);
		checks.push(secondsOf(eventsOf(stdout)));
		walls.push(wallMs / 1000);
	}
	return [
		timesOf(again.checks, checks),
		timesOf(again.wall, walls),
		memoryOf('upgrade', upgraded),
		memoryOf('backup', await run(['backup'])),
		memoryOf('restore', await run(['restore', '--accept-loss'])),
		memoryOf('drill', await run(['drill'])),
	];
};

/** What cannot be measured here is named all the same. */
const leftOut = (why: string): readonly Figure[] =>
	[again.checks, again.wall, ...remembered.map(memoryRow)].map((name) => ({name, unit: 's', note: why}));

/**
 * From an install of the older sample: the upgrade to the newer one, the same again and again, a backup, its restore and its drill, each
 * with real databases and their own programs.
 */
export const dayTwo = async (setting: Setting): Promise<readonly Figure[]> => {
	try {
		await inWorld(setting, 'older', async (run) => run(['install']));
		return await inWorld(setting, 'newer', inNewerWorld);
	} catch (error) {
		if (error instanceof ProblemError && absent.has(error.problem.code))
			return leftOut(`${error.problem.message} ${error.problem.cause}`);
		throw error;
	}
};
