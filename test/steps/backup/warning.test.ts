import {expect, test} from 'vitest';
import type {BackupSummary} from '../../../source/backup/types.ts';
import {backupWarnings} from '../../../source/steps/verification/backup.ts';
import {answersOf, worldOf} from '../world.ts';

const wanted = answersOf((input) => ({...input, backup: {passphrase: 'env:BACKUP'}}));
const none = ['there is no backup yet in /backups; the command "backup" makes one'];

const listing = (...states: readonly BackupSummary['state'][]) =>
	worldOf({
		answers: wanted,
		backups: {
			folder: '/backups',
			list: async () => states.map((state) => ({id: state, folder: '', state, bytes: 0, signed: false, uses: []})),
		},
	});

test.each([
	['none', [], none],
	['an unfinished one', ['unfinished'], none],
	['a broken one', ['broken'], none],
	['a whole one', ['unfinished', 'whole'], []],
] as const)('whoever asked for backups and has %s is told so', async (_what, states, warnings) => {
	expect(await backupWarnings(listing(...states))).toEqual(warnings);
});

test('whoever asked for none is told nothing, and nothing is looked at', async () => {
	expect(await backupWarnings(worldOf())).toEqual([]);
});

test('a folder that cannot be read is a warning, not the end of a verification', async () => {
	const broken = async () => {
		throw new Error('the disk is gone');
	};
	const world = worldOf({answers: wanted, backups: {folder: '/backups', list: broken}});
	const [warning] = await backupWarnings(world);
	expect(warning).toContain('whether there is a backup could not be seen: ');
});
