import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {expect} from 'vitest';
import {filesIn} from '../../rehearsal/index.ts';
import {worldOf} from './helpers/place.ts';
import {takeSeat} from './helpers/seat.ts';
import {journey, type Terminal} from './helpers/terminal.ts';

const seat = takeSeat();

const open = async (environment: Readonly<Record<string, string>>, ...words: readonly string[]): Promise<Terminal> => {
	// tmux sets TERM itself: what the program shall see is set behind it.
	const own = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
	return seat.open(({node, cli}, {state}) => ['env', ...own, node, cli, ...words, '--state-dir', state]);
};

journey('for a screen reader a wrong password is mended line by line, and the right one is never echoed', async () => {
	const {waitFor, press, type, alternate, exitCode, frame, written} = await open(
		{INK_SCREEN_READER: 'true'},
		'rehearse',
		'--pace',
		'fast',
		'--fault',
		'wrong-database-password',
	);
	await waitFor('Start on rehearsal? yes/no/details/change/save/papers:', 40_000);
	expect(await alternate()).toBe(false);
	await type('maybe');
	await press('Enter');
	await waitFor('Please answer yes, no, details, change, save or papers.');
	await type('yes');
	await press('Enter');
	await waitFor('What now? retry/edit', 60_000);
	await type('edit');
	await press('Enter');
	await waitFor('Database admin password [from');
	const secret = (await readFile(filesIn(worldOf(seat.place().state)).rightDatabasePassword, 'utf8')).trim();
	await type(secret);
	await press('Enter');
	await waitFor('Database admin login [postgres]:');
	await press('Enter');
	await waitFor('ZenML Pro is installed and verified', 60_000);
	expect(await exitCode()).toBe(0);
	expect(await frame(true)).toContain('2 databases, PostgreSQL');
	expect(await written()).not.toContain(secret);
	expect(await readFile(path.join(seat.place().state, 'state.json'), 'utf8')).not.toContain(secret);
});

journey(
	'a hand-over is looked at again by word, and Ctrl-C stops at a safe point that can be gone on from',
	async () => {
		const {waitFor, press, type, exitCode} = await open(
			{TERM: 'dumb'},
			'rehearse',
			'--pace',
			'fast',
			'--fault',
			'dns-missing',
		);
		await waitFor('Start on rehearsal? yes/no/details/change/save/papers:', 40_000);
		await type('yes');
		await press('Enter');
		await waitFor('This goes on by itself', 60_000);
		await type('look');
		await press('Enter');
		await waitFor('Looking again.');
		await press('C-c');
		await waitFor('Stopping at a safe point');
		expect(await exitCode()).toBe(130);
	},
);

journey(
	'a screen reader is asked one question after the other, and Ctrl-C before the start changes nothing',
	async () => {
		const {waitFor, press, type, alternate, exitCode} = await open({INK_SCREEN_READER: 'true'}, 'install');
		await waitFor('Bundle [./zenml-air-gapped-bundle]:', 30_000);
		expect(await alternate()).toBe(false);
		await type('./other');
		await press('Enter');
		await waitFor('kubeconfig');
		await type('back');
		await press('Enter');
		await waitFor('Bundle [./other]:');
		await press('C-c');
		await waitFor('Nothing was changed.');
		expect(await exitCode()).toBe(130);
	},
);
