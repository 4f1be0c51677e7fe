import {createHash} from 'node:crypto';
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterEach, beforeAll, expect, test} from 'vitest';
import type {Event} from '../../source/engine/events.ts';
import {plans} from '../../source/plans/index.ts';
import {builtProgram, type Program, root} from '../helpers/built-program.ts';
import {makePlace, type Place, runQuietly, startQuietly} from './helpers/place.ts';
import {journey, openTerminal} from './helpers/terminal.ts';

let program: Program;
let place: Place;

beforeAll(async () => {
	program = await builtProgram();
});
afterEach(async () => {
	await place.remove();
});

const rehearsal = (...options: readonly string[]): readonly string[] => [
	program.node,
	program.cli,
	'rehearse',
	'--state-dir',
	place.state,
	...options,
];

test('npm start without a screen writes one JSON event a line on standard output and ends with 0', async () => {
	// Otherwise the start script would install libraries in the middle of tests that use them.
	const stamp = await readFile(path.join(root, 'node_modules', '.zenml-airgap-lock'), 'utf8').catch(() => '');
	const lock = await readFile(path.join(root, 'package-lock.json'));
	expect(stamp, 'run "npm test" or "npm start" once: the libraries are not those of package-lock.json').toBe(
		createHash('sha256').update(lock).digest('hex'),
	);
	place = await makePlace(program);
	const start = [program.node, path.join(root, 'scripts', 'start.mjs')];
	const options = ['--non-interactive', '--json', '--pace', 'fast', '--state-dir', place.state];
	// The home of this user: there the start script finds the helm that was fetched before.
	const ended = await runQuietly([...start, ...options], place, {HOME: process.env.HOME ?? ''});
	expect(ended.err).toContain('ZenML Pro is installed and verified');
	expect(ended.code).toBe(0);
	expect(ended.out.endsWith('\n')).toBe(true);
	const events = ended.out
		.trimEnd()
		.split('\n')
		.map((line) => JSON.parse(line) as Event);
	expect(events[0]?.type).toBe('run-started');
	expect(events.at(-1)).toMatchObject({type: 'run-finished', outcome: 'done', exitCode: 0});
	expect(events.filter(({type}) => type === 'step-finished')).toHaveLength(plans.install.stepIds.length);
	expect(events.every(({at}) => Number.isInteger(at))).toBe(true);

	// Once more, everything is there already; without a terminal, colors or control sequences.
	const again = await runQuietly(rehearsal('--pace', 'fast', '--non-interactive'), place, {NO_COLOR: '1'});
	expect(again.code).toBe(0);
	expect(again.out).toContain(`[${plans.install.stepIds.length}/${plans.install.stepIds.length}] Verification: ok: `);
	expect(again.out).not.toMatch(/: done/u);
	expect(again.out + again.err).not.toContain('\u001B');
});

journey('a dumb terminal and one without a name get plain lines instead of a screen', async () => {
	for (const environment of [{TERM: 'dumb'}, {TERM: ''}]) {
		place = await makePlace(program);
		const terminal = await openTerminal(
			[
				'env',
				...Object.entries(environment).map(([key, value]) => `${key}=${value}`),
				...rehearsal('--pace', 'fast', '--non-interactive', '--until', 'bundle'),
			],
			place,
		);
		try {
			expect(await terminal.exitCode(60_000)).toBe(0);
			const shown = await terminal.frame(true);
			expect(shown).toContain('Bundle: ok: ');
			// The row of the step is wider than the terminal, and is broken between words, below its own indent.
			expect(shown).toMatch(/^ {2}Bundle +ok: 5 images\b.{0,60}\n {2}\S/mu);
			expect(await terminal.written()).not.toContain('\u001B');
		} finally {
			await terminal.close();
			await place.remove();
		}
	}
});

/** Waits until a program that runs has printed something. */
const printed = async (running: ReturnType<typeof startQuietly>, wanted: string): Promise<void> => {
	let over = false;
	void running.ended.then(() => {
		over = true;
	});
	while (!running.out().includes(wanted)) {
		if (over) throw new Error(`it ended without printing ${wanted}:\n${running.out()}\n${running.err()}`);
		await sleep(50);
	}
};

test('a second run on the same folder, and one from another folder on the same cluster, name the holder and end with 10', async () => {
	place = await makePlace(program);
	const first = startQuietly(rehearsal('--non-interactive'), place);
	await printed(first, 'Control plane: working');
	const same = await runQuietly(rehearsal('--non-interactive'), place);
	expect(same.err).toMatch(new RegExp(`A rehearsal is up in \\S+ already: process ${first.pid} `, 'u'));
	expect(same.code).toBe(10);

	// Another operator with the same answers, as from another jump host: only the cluster knows of the first run.
	const journal = JSON.parse(await readFile(path.join(place.state, 'state.json'), 'utf8')) as {answers: unknown};
	const file = path.join(place.work, 'answers.yaml');
	await writeFile(file, JSON.stringify(journal.answers));
	const other = await runQuietly(
		[
			program.node,
			program.cli,
			'install',
			'--non-interactive',
			'--answers',
			file,
			'--state-dir',
			path.join(place.folder, 'other'),
		],
		place,
	);
	expect(other.out).toMatch(new RegExp(`process ${first.pid}\\b`, 'u'));
	expect(other.code).toBe(10);
	process.kill(first.pid, 'SIGINT');
	const {code} = await first.ended;
	expect(code).toBe(130);
});
