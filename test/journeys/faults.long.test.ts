import {spawnSync} from 'node:child_process';
import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {expect} from 'vitest';
import {filesIn} from '../../rehearsal/index.ts';
import {worldOf} from './helpers/place.ts';
import {takeSeat} from './helpers/seat.ts';
import {journey, type Terminal} from './helpers/terminal.ts';

const seat = takeSeat();

const rehearse = async (...options: readonly string[]): Promise<Terminal> => {
	const terminal = await seat.open(({node, cli}, {state}) => [
		...[node, cli, 'rehearse', '--pace', 'fast', '--state-dir', state],
		...options,
	]);
	await terminal.waitFor('Kubernetes v1.');
	await terminal.press('1');
	await terminal.waitFor(/plan: \d+ change|plan: .*problem/u);
	return terminal;
};

journey('a wrong database password is named, and the answer with the right one leads on to the end', async () => {
	const {waitFor, meet, press, type, exitCode, frame, written} = await rehearse('--fault', 'wrong-database-password');
	// The plan has a problem: what is proposed is to change an answer.
	await press('1');
	const page = await meet(/Problem: /u, 40_000);
	expect(page).toContain('Why');
	expect(page).toContain('What to do');
	expect(page).toMatch(/refuses the password of role postgres/u);
	await press('e');
	await waitFor('Database');
	await waitFor('Database admin password');
	const right = filesIn(worldOf(seat.place().state)).rightDatabasePassword;
	await type(`file:${right}`);
	await press('C-s');
	await meet('ZenML Pro is installed and verified', 60_000);
	await press('q');
	expect(await exitCode()).toBe(0);
	expect(await frame(true)).toContain('2 databases, PostgreSQL');
	const secret = (await readFile(right, 'utf8')).trim();
	expect(await written()).not.toContain(secret);
	expect(await readFile(path.join(seat.place().state, 'state.json'), 'utf8')).not.toContain(secret);
});

journey('a pod that crashes is shown with its own last words, and a retry leads on to the end', async () => {
	const {waitFor, meet, press, exitCode} = await rehearse('--fault', 'pod-crash-loop');
	await press('Enter');
	const page = await meet('Problem: Workspaces', 60_000);
	expect(page).toContain('Why');
	await press('End');
	await waitFor('No space left on device');
	await press('r');
	await meet('ZenML Pro is installed and verified', 60_000);
	await press('q');
	expect(await exitCode()).toBe(0);
});

journey('a missing DNS record is handed over with its exact text, and the run goes on once it is there', async () => {
	const {waitFor, meet, press, exitCode, frame} = await rehearse('--fault', 'dns-missing');
	await press('Enter');
	await meet('DNS records for the ingress', 60_000);
	await press('2', 'End');
	await waitFor(/zenml-workspace\.rehearsal\.internal\. 300 IN A 127\.0\.0\.1/u);
	await press('w');
	const folder = path.join(seat.place().state, 'handover', 'dns');
	await waitFor('saved:');
	expect((await readdir(folder)).length).toBeGreaterThan(2);
	await press('4');
	await waitFor(/\[4 Windows DNS/u);
	const team = 'To remind the network team, in another shell: zenml-airgap rehearse fault dns-missing off';
	expect((await frame()).replaceAll(/\s+/gu, ' ')).toContain(team);
	const played = spawnSync(
		seat.program().node,
		[seat.program().cli, 'rehearse', 'fault', 'dns-missing', 'off', '--state-dir', seat.place().state],
		{encoding: 'utf8'},
	);
	expect(played.stdout).toBe('Fault dns-missing is off: the network team makes the records now.\n');
	await meet('ZenML Pro is installed and verified', 60_000);
	await press('q');
	expect(await exitCode()).toBe(0);
	expect(await frame(true)).toContain('2 names lead to 127.0.0.1');
});
