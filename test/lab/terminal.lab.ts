import {afterEach, expect} from 'vitest';
import {makePlace, type Place} from '../journeys/helpers/place.ts';
import {journey, openTerminal, type Terminal} from '../journeys/helpers/terminal.ts';
import {labFacts} from './lab.ts';
import {helm, packaged} from './program.ts';
import {clearWorld, enterNames} from './world.ts';

const facts = labFacts();
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
		place = await makePlace({helm});
		const options = ['--answers', facts.answers ?? '', '--set', `helm.binary=${helm}`, '--state-dir', place.state];
		terminal = await openTerminal(await packaged('install', ...options), place, {columns: 100, rows: 30});
		const {waitFor, meet, press, exitCode, frame} = terminal;
		const welcome = await waitFor('Kubernetes v1.');
		expect(welcome).not.toContain('This is a rehearsal');
		await press('2');
		await waitFor('1/13 Bundle and cluster');
		await press('C-s');
		await waitFor(/plan: \d+ changes/u);
		await press('Enter');
		await waitFor(/Installing: \d+ of \d+ steps/u);
		await meet('ZenML Pro is installed and verified', 180_000);
		await press('q');
		expect(await exitCode()).toBe(0);
		expect(await frame(true)).toContain('ZenML Pro is installed and verified');
	},
	400_000,
);
