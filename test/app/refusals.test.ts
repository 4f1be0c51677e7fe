import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {appProblems} from '../../source/app/base/problems.ts';
import {rehearsalRunProblems} from '../../source/app/base/rehearsal-problems.ts';
import {main} from '../../source/app/main.ts';
import {createStage, type Stage} from './stage.ts';

let stage: Stage;
beforeEach(async () => {
	stage = await createStage();
});
afterEach(async () => stage.remove());

/** What a refused command line prints: the code, why, and what to do. */
const refusalOf = async (...words: readonly string[]) => {
	const {code, err} = await stage.run(...words);
	const line = (label: string): string => new RegExp(`^  ${label}: +(.*)$`, 'mu').exec(err)?.[1] ?? '';
	return {exit: code, code: line('code'), cause: line('why'), fix: line('do')};
};

test('an empty word on the command line is refused before anything else', async () => {
	expect(await refusalOf('install', '--bundle', '')).toEqual({
		exit: 2,
		code: 'word-empty',
		cause: 'Mostly a variable of the shell is not set.',
		fix: 'Set it, or leave the word out; the current folder is called "."',
	});
});

test('on a terminal a refusal is broken at blanks, and a command in it is not', async () => {
	const said: string[] = [];
	const stderr = {isTTY: true, columns: 60} as const;
	await main({...stage.context, stderr, err: (text) => void said.push(text)}, ['verify', '--state-dir', 'none']);
	const rows = said.join('').split('\n');
	expect(rows.length).toBeGreaterThan(6);
	expect(rows.filter((row) => row.length > 60)).toEqual([]);
	expect(rows.filter((row) => /^ {9}\S/u.test(row)).length).toBeGreaterThan(0);
});

test('status without an earlier run names the file that is not there', async () => {
	expect(await refusalOf('status', '--state-dir', 'elsewhere')).toEqual({
		exit: 2,
		code: 'no-earlier-run',
		cause: `There is no ${path.join(stage.folder, 'elsewhere', 'state.json')}.`,
		fix: 'Name the folder of the run you mean with --state-dir, or start an install.',
	});
});

test.each(['status', 'report'])('%s names the folder of a rehearsal where nothing else was run', async (command) => {
	const folder = path.join(stage.folder, 'played here');
	await mkdir(path.join(folder, 'rehearsal'), {recursive: true});
	await writeFile(path.join(folder, 'rehearsal', 'state-backup.json'), '{}');
	expect(await refusalOf(command, '--state-dir', folder)).toMatchObject({
		code: 'no-earlier-run',
		fix: expect.stringContaining(`"zenml-airgap ${command} --state-dir '${folder}/rehearsal'"`),
	});
});

test('a rehearsal cannot be led to another registry', async () => {
	expect(await refusalOf('rehearse', '--non-interactive', '--set', 'registry.host=real-registry:5000')).toEqual({
		exit: 2,
		code: 'rehearsal-stays-inside',
		cause: 'A rehearsal only touches the cluster, registry and database that it started itself.',
		fix: 'Leave it out: the rehearsal gives its own.',
	});
});

test('the state of another install is not removed by a fresh rehearsal', async () => {
	const folder = path.join(stage.folder, 'mine');
	await mkdir(folder);
	const journal = {schema: 2, plan: 'install', tool: '1', runId: 'r', savedAt: 1, startedAt: 1, host: 'h', pid: 1};
	const answers = {kubernetes: {kubeconfig: '/etc/real/kubeconfig'}};
	await writeFile(path.join(folder, 'state.json'), JSON.stringify({...journal, steps: [], acknowledged: [], answers}));
	expect(await refusalOf('rehearse', '--non-interactive', '--fresh', '--state-dir', 'mine')).toMatchObject({
		exit: 2,
		code: 'rehearsal-state-foreign',
		cause: 'Its state.json was not written by a rehearsal in this folder.',
		fix: 'Name another --state-dir for the rehearsal.',
	});
});

test('a folder of another user in the place of the world is told with its name', () => {
	expect(rehearsalRunProblems.problem('rehearsal-folder-foreign', {folder: '/var/tmp/w'})).toMatchObject({
		message: 'The folder /var/tmp/w belongs to somebody else.',
		cause: 'The rehearsal of root keeps its world there, and will not trust a folder that another user made.',
		fix: 'Remove that folder, or name another --state-dir.',
	});
	expect(appProblems.table['no-earlier-run'].area).toBe('usage');
});
