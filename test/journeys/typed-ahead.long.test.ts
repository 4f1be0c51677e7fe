import {readdir} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {expect} from 'vitest';
import {takeSeat} from './helpers/seat.ts';
import {journey, type Terminal} from './helpers/terminal.ts';

const seat = takeSeat();

/** A shell, as an operator has one, in which the rehearsal is started. */
const fromShell = async (...options: readonly string[]): Promise<Terminal> => {
	const shell = await seat.open(() => ['sh', '-i'], {environment: {PS1: 'prompt> '}});
	const {node, cli} = seat.program();
	await shell.waitFor('prompt>');
	await shell.type(
		['exec_me()', `{ '${node}' '${cli}' rehearse --pace fast --state-dir '${seat.place().state}' "$@"; }`].join(' '),
	);
	await shell.press('Enter');
	await shell.type(`exec_me ${options.join(' ')}; echo ended=$?`);
	await shell.press('Enter');
	await shell.waitFor('Kubernetes v1.');
	await shell.press('1');
	await shell.waitFor(/plan: \d+ change/u);
	await shell.press('Enter');
	return shell;
};

journey('keys that are typed while the end comes leave nothing open, and none of them reaches the shell', async () => {
	const {waitFor, press, type, frame} = await fromShell();
	// All the time keys are pressed that mean something on the page of the run; the last page comes among them.
	for (;;) {
		await press('v', 'Escape', 'Up');
		if ((await frame()).includes('is installed and verified')) break;
	}
	await press('v', 'Escape', 'Up', 'Escape', 'Down');
	await sleep(1000);
	// The last of these keys may have come after the rest, and have scrolled.
	expect(await frame()).toContain('q leave; this is printed again then');
	await type('qecho leaked into the shell\r');
	await waitFor('ended=0');
	await sleep(500);
	await type('echo whole');
	await press('Enter');
	const shell = await waitFor(/^whole$/mu);
	expect(shell).not.toContain('leaked');
});

journey('letters of a search open no page, press no button, and the page that waited comes behind it', async () => {
	const {waitFor, meet, press, type, frame} = await fromShell('--fault', 'pod-crash-loop');
	await waitFor(/Installing: \d+ of \d+/u);
	await press('/');
	await waitFor('Search the log:');
	await type('rqswe');
	await waitFor('waits for you: Enter or Esc', 60_000);
	await type('rqswey');
	await waitFor('rqswerqswey');
	expect(await frame()).toContain('Search the log:');
	await press('Escape');
	await meet('Problem: Workspaces');
	expect(await readdir(path.join(seat.place().state, 'reports')).catch(() => [])).toEqual([]);
	await press('q');
	await waitFor('y/n');
	await press('n', 'r');
	await meet('is installed and verified', 60_000);
	await press('q');
	await waitFor('ended=0');
});
