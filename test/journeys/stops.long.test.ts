import {existsSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterEach, beforeAll, expect} from 'vitest';
import {builtProgram, type Program} from '../helpers/built-program.ts';
import {descendants, makePlace, type Place, runQuietly, waitUntilGone} from './helpers/place.ts';
import {journey, openTerminal, type Terminal} from './helpers/terminal.ts';

let program: Program;
let place: Place;
const terminals: Terminal[] = [];

beforeAll(async () => {
	program = await builtProgram();
});
afterEach(async () => {
	for (const terminal of terminals.splice(0)) await terminal.close();
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

/** Starts the rehearsal at a pace one can interrupt, and the install in it; returns while images are pushed. */
const interruptible = async (menu: string, pace = 'real'): Promise<Terminal> => {
	const terminal = await openTerminal(rehearsal('--pace', pace), place);
	terminals.push(terminal);
	await terminal.waitFor('Kubernetes v1.', 40_000);
	await terminal.press(menu);
	await terminal.waitFor(/plan: \d+ change/u, 40_000);
	await terminal.press('Enter');
	await terminal.waitFor(/Installing: \d+ of \d+/u, 40_000);
	return terminal;
};

const outcomeOf = async (): Promise<string | undefined> =>
	(JSON.parse(await readFile(path.join(place.state, 'state.json'), 'utf8')) as {readonly outcome?: string}).outcome;

/** Goes on without a screen, as fast as it can, to the end. */
const goOn = async (): Promise<void> => {
	const ended = await runQuietly(rehearsal('--pace', 'fast', '--non-interactive'), place);
	expect(ended.err).not.toContain('cannot');
	expect(ended.out).toContain('ZenML Pro is installed and verified');
	expect(ended.code).toBe(0);
};

journey(
	'killed with -9 while it works, it leaves no process behind, says so at the next start, and goes on',
	async () => {
		place = await makePlace(program);
		const first = await interruptible('1');
		await first.waitFor(/[✓] Bundle/u);
		const pid = await first.pid();
		const family = await descendants(pid);
		expect(family.length).toBeGreaterThan(2);
		await first.signal('SIGKILL');
		await waitUntilGone([pid, ...family], 20_000);
		expect(await outcomeOf()).toBeUndefined();

		const second = await openTerminal(rehearsal('--pace', 'fast'), place);
		terminals.push(second);
		const welcome = await second.waitFor('Kubernetes v1.', 40_000);
		expect(welcome).toContain('Earlier run of');
		expect(welcome).toMatch(/it was\s+killed, or could not write its\s+journal,\s+\d+\s+of\s+\d+\s+steps\s+done/u);
		expect(welcome).toContain('1 Go on with the earlier run');
		await second.press('1');
		await second.waitFor(/plan: \d+ change/u, 40_000);
		await second.press('Enter');
		await second.meet('ZenML Pro is installed and verified', 90_000);
		await second.press('q');
		expect(await second.exitCode()).toBe(0);
	},
);

journey(
	'Ctrl-C asks once: n goes on, y stops at a safe point with 130; twice leaves at once; each time it can be resumed',
	async () => {
		place = await makePlace(program);
		const first = await interruptible('1');
		await first.press('C-c');
		await first.waitFor('Stop at a safe point? y/n');
		await first.press('n');
		await first.waitFor(/Installing: \d+ of \d+/u);
		await first.press('C-c');
		await first.waitFor('Stop at a safe point? y/n');
		await first.press('y');
		await first.meet('Stopped after', 60_000);
		await first.press('q');
		expect(await first.exitCode()).toBe(130);
		expect(await first.alternate()).toBe(false);
		expect(await first.frame(true)).toContain('What is done stays done.');
		expect(await first.frame(true)).toMatch(/Go on with\s+zenml-airgap rehearse --state-dir/u);
		expect(await outcomeOf()).toBe('stopped');

		const second = await interruptible('1');
		const pid = await second.pid();
		const family = await descendants(pid);
		await second.press('C-c', 'C-c');
		expect(await second.exitCode()).toBe(130);
		expect(await second.alternate()).toBe(false);
		expect(await second.frame(true)).toMatch(/Stopped at once\.[\s\S]*Go on with {2}zenml-airgap rehearse/u);
		await waitUntilGone(family, 20_000);
		const status = await runQuietly([program.node, program.cli, 'status', '--state-dir', place.state], place);
		// While the journal gets to the disk the run may come to its safe point after all.
		expect(status.out).toMatch(/: (?:stopped|was stopped at once \(Ctrl-C twice\), or killed while it stopped)$/mu);
		await goOn();
	},
);

journey('a lost line and SIGTERM end the run at a safe point, and it can be resumed', async () => {
	place = await makePlace(program);
	const first = await interruptible('1');
	const pid = await first.pid();
	const family = await descendants(pid);
	await first.hangUp();
	await waitUntilGone([pid, ...family], 40_000);
	expect(await outcomeOf()).toBe('stopped');
	expect(existsSync(path.join(place.state, 'lock'))).toBe(false);

	const second = await interruptible('1');
	await sleep(200);
	await second.signal('SIGTERM');
	expect(await second.exitCode(40_000)).toBe(130);
	expect(await second.alternate()).toBe(false);
	expect(await second.frame(true)).toContain('Go on with');
	expect(await outcomeOf()).toBe('stopped');
	await goOn();
});
