import {existsSync} from 'node:fs';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterAll, describe, expect, type TestContext, test} from 'vitest';
import {plans} from '../../source/plans/index.ts';
import {descendants, runQuietly, startQuietly, waitUntilGone} from '../journeys/helpers/place.ts';
import {journey, openTerminal} from '../journeys/helpers/terminal.ts';
import {debianReleases, debianRoot, type Root} from './root.ts';

const roots = new Map<keyof typeof debianReleases, Promise<Root>>();
afterAll(async () => {
	for (const root of roots.values()) await root.then(({remove}) => remove()).catch(() => undefined);
});

/** The root of a release, made once; without its packages the test is left out, and says why. */
const rootOf = async (release: keyof typeof debianReleases, leaveOut: (why: string) => never): Promise<Root> => {
	const made = roots.get(release) ?? debianRoot(release);
	roots.set(release, made);
	return made.catch((error: unknown) => leaveOut(`the packages of Debian ${release} cannot be had: ${error}`));
};

const rehearsal = ['rehearse', '--pace', 'fast', '--state-dir', '/home/state'];
const headless = [...rehearsal, '--non-interactive'];
const verification = `[${plans.install.stepIds.length}/${plans.install.stepIds.length}] Verification:`;

/** Starts a rehearsal and kills it with -9 once it has said something. @returns its processes and those below */
const killAt = async (root: Root, said: string): Promise<readonly number[]> => {
	const running = startQuietly(root.command(headless), {work: root.folder, environment: {}});
	let isOver = false;
	void running.ended.then(() => {
		isOver = true;
	});
	while (!running.out().includes(said)) {
		if (isOver) throw new Error(`it ended before it said "${said}":\n${running.out()}${running.err()}`);
		await sleep(20);
	}
	const family = [running.pid, ...(await descendants(running.pid))];
	process.kill(running.pid, 'SIGKILL');
	await running.ended;
	return family;
};

const isRoot = process.getuid?.() === 0;

describe.skipIf(!isRoot)('the executable with the libraries of a Debian alone (left out where nobody is root)', () => {
	const releases = Object.entries(debianReleases) as readonly [keyof typeof debianReleases, string][];
	test.for(releases)(
		'of %s, with glibc %s, as a stranger without environment: killed with -9 in the middle of a rehearsal, it leaves nothing running, goes on to the end, and then has nothing to do',
		{timeout: 300_000},
		async ([release], {skip}: TestContext) => {
			const root = await rootOf(release, skip);
			const family = await killAt(root, 'Control plane: working');
			expect(family.length).toBeGreaterThan(3);
			await waitUntilGone(family, 20_000);

			const place = {work: root.folder, environment: {}};
			const whole = await runQuietly(root.command(headless), place);
			expect(whole.err + whole.out).toContain('ZenML Pro is installed and verified');
			expect(whole.out).toContain('from inside this program');
			expect(whole.code).toBe(0);

			const again = await runQuietly(root.command(headless), place);
			expect(again.out).toContain(`${verification} ok: `);
			expect(again.out).not.toMatch(/: done/u);
			expect(again.code).toBe(0);
			expect(existsSync(root.at('proc'))).toBe(false);
		},
	);

	journey('opens its screen, installs by hand and leaves the terminal as it was', async ({skip}) => {
		const root = await rootOf('bullseye', skip);
		// For tmux alone: the command makes an environment of its own.
		const environment = {PATH: process.env.PATH ?? '', LANG: 'C.UTF-8'};
		const place = {folder: root.folder, work: root.folder, state: '', environment, remove: root.remove};
		const words = [...rehearsal.slice(0, -1), '/home/screen'];
		const terminal = await openTerminal(root.command(words, {TERM: 'screen-256color'}), place);
		try {
			expect(await terminal.waitFor('Kubernetes v1.')).toContain('This is a rehearsal');
			expect(await terminal.alternate()).toBe(true);
			await terminal.press('2');
			await terminal.waitFor('1/13 Bundle and cluster');
			await terminal.press('C-s');
			await terminal.waitFor(/plan: \d+ changes/u);
			await terminal.press('Enter');
			await terminal.waitFor('ZenML Pro is installed and verified', 120_000);
			// Keys that come with a page of their own accord may be meant for the one before.
			await sleep(1000);
			await terminal.press('q');
			expect(await terminal.exitCode()).toBe(0);
			expect(await terminal.alternate()).toBe(false);
			expect(await terminal.frame(true)).toContain('ZenML Pro is installed and verified');
		} finally {
			await terminal.close();
		}
	});
});
