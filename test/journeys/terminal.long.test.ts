import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterEach, beforeAll, expect} from 'vitest';
import {builtProgram, type Program, root} from '../helpers/built-program.ts';
import {descendants, makePlace, type Place, waitUntilGone} from './helpers/place.ts';
import {journey, openTerminal, type Terminal} from './helpers/terminal.ts';

let program: Program;
let place: Place;
let terminal: Terminal;

beforeAll(async () => {
	program = await builtProgram();
});
afterEach(async () => {
	await terminal.close();
	await place.remove();
});

journey('keys that are typed while the rehearsal starts are neither echoed nor acted on, but for Ctrl-C', async () => {
	place = await makePlace(program);
	const words = [program.node, program.cli, 'rehearse', '--pace', 'fast', '--state-dir', place.state];
	terminal = await openTerminal(words, place);
	await terminal.waitFor('rehearsal:');
	await terminal.type('z3z3z3');
	const welcome = await terminal.waitFor('Kubernetes v1.', 40_000);
	expect(welcome).not.toContain('z3');
	expect(await terminal.written()).not.toContain('z3');
	await terminal.press('3', 'y');
	expect(await terminal.exitCode()).toBe(0);
	await terminal.close();

	terminal = await openTerminal(words, place);
	await terminal.waitFor('rehearsal:');
	await terminal.press('C-c');
	expect(await terminal.exitCode()).toBe(130);
});

journey(
	'kill -9 of the program below npm start leaves the ordinary screen, and the exit code of the signal',
	async () => {
		place = await makePlace(program);
		// Helm was fetched already: <cache>/zenml-airgap/helm/<version>/helm.
		const cache = path.resolve(program.helm, '../../../..');
		const start = path.join(root, 'scripts', 'start.mjs');
		terminal = await openTerminal([program.node, start, '--state-dir', place.state], place, {
			environment: {XDG_CACHE_HOME: cache},
		});
		await terminal.waitFor('Kubernetes v1.', 120_000);
		expect(await terminal.alternate()).toBe(true);
		const family = await descendants(await terminal.pid());
		const lines = await Promise.all(family.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8')));
		const installer = family[lines.findIndex((line) => line.includes('cli.js'))] ?? 0;
		expect(installer).toBeGreaterThan(0);
		process.kill(installer, 'SIGKILL');
		expect(await terminal.exitCode()).toBe(137);
		// Whoever gives the terminal back is one of them.
		await waitUntilGone(family, 20_000);
		expect(await terminal.alternate()).toBe(false);
	},
);

journey('kill -9 of the program leaves the ordinary screen with its cursor, its keys and no process', async () => {
	place = await makePlace(program);
	const words = `'${program.node}' '${program.cli}' install --state-dir '${place.state}'`;
	// A shell without line editing, which leaves the terminal as its programs left it.
	terminal = await openTerminal(
		['sh', '-c', `${words}; echo "ended $?"; stty -a; read -r word; echo "read $word"`],
		place,
	);
	await terminal.waitFor('Begin');
	await terminal.press('Enter');
	await terminal.waitFor('Images and charts are taken from here');
	const family = await descendants(await terminal.pid());
	const lines = await Promise.all(family.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8')));
	process.kill(family[lines.findIndex((line) => line.includes('cli.js'))] ?? 0, 'SIGKILL');
	// The shell may speak before the screen is left, and then on that screen: its words are there, seen or not.
	const end = Date.now() + 60_000;
	while (!(await terminal.written()).includes('ended 137') && Date.now() < end) await sleep(100);
	await waitUntilGone(family, 20_000);
	expect(await terminal.written()).toContain('ended 137');
	expect(await terminal.frame()).not.toContain('Images and charts');
	expect(await terminal.alternate()).toBe(false);
	expect((await terminal.written()).split('\u001B[?1049l').at(-1)).not.toContain('\u001B[?25l');
	await terminal.type('typed');
	await terminal.waitFor('typed');
	await terminal.press('Enter');
	await terminal.waitFor('read typed');
	expect(await terminal.exitCode()).toBe(0);
});

journey('on a terminal of a name that nobody knows, beside a CI, the cursor of a field is seen', async () => {
	place = await makePlace(program);
	const words = ['env', 'TERM=foot', 'CI=true', program.node, program.cli, 'install', '--state-dir', place.state];
	terminal = await openTerminal(words, place);
	await terminal.waitFor('Begin');
	await terminal.press('Enter');
	await terminal.waitFor('Images and charts are taken from here');
	expect(await terminal.written()).toContain('\u001B[7m');
	const family = await descendants(await terminal.pid());
	await terminal.press('C-c', 'y');
	expect(await terminal.exitCode()).toBe(0);
	// Who watches over the terminal ends with the program.
	await waitUntilGone(family, 5000);
});
