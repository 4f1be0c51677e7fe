import {fileURLToPath} from 'node:url';
import {afterEach, expect} from 'vitest';
import {makePlace, type Place} from '../journeys/helpers/place.ts';
import {journey, openTerminal, type Terminal} from '../journeys/helpers/terminal.ts';
import {labFacts} from './lab.ts';
import {helm} from './program.ts';
import {clearWorld, enterNames} from './world.ts';

const facts = labFacts();
// tsx looks for it in the working folder, which is the operator's.
const environment = {TSX_TSCONFIG_PATH: fileURLToPath(new URL('../../tsconfig.json', import.meta.url))};
const cli = fileURLToPath(new URL('../../cli.tsx', import.meta.url));
let place: Place | undefined;
let terminal: Terminal | undefined;
afterEach(async () => {
	await terminal?.close();
	await place?.remove();
	await clearWorld();
}, 180_000);

journey(
	'the install typed into the full-screen program goes through on the real cluster',
	async () => {
		await clearWorld();
		await enterNames();
		place = await makePlace({node: process.execPath, cli, helm});
		const program = [process.execPath, '--import', import.meta.resolve('tsx'), cli, 'install'];
		const options = ['--answers', facts.answers ?? '', '--set', `helm.binary=${helm}`, '--state-dir', place.state];
		terminal = await openTerminal([...program, ...options], place, {columns: 100, rows: 30, environment});
		const {waitFor, press, exitCode, frame} = terminal;
		const welcome = await waitFor('Kubernetes v1.');
		expect(welcome).not.toContain('This is a rehearsal');
		await press('2');
		await waitFor('1/12 Bundle and cluster');
		await press('C-s');
		await waitFor(/plan: \d+ changes/u);
		await press('Enter');
		await waitFor(/Installing: \d+ of \d+ steps/u);
		await waitFor('ZenML Pro is installed and verified', 180_000);
		await press('q');
		expect(await exitCode()).toBe(0);
		expect(await frame(true)).toContain('ZenML Pro is installed and verified');
	},
	400_000,
);
