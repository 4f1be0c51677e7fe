import {expect, test} from 'vitest';
import {escrowLines} from '../../source/app/commands/backup/escrow-text.ts';

const told = {
	keys: [
		{name: 'workspaces.default.encryptionKey', fingerprint: '0123456789abcdef'},
		{name: 'workspaces.default.jwtSecretKey', fingerprint: 'fedcba9876543210'},
	],
	place: 'zenml-pro/zenml-airgap-generated',
	file: '/root/keys.age',
	record: {at: '2026-01-31T18:30:00.000Z', by: 'root on vm', where: 'safe', keys: []},
	fault: undefined,
	next: undefined,
	isRehearsal: false,
};

test('keys are told by name and fingerprint, with their copy, the file that was written and what is next', () => {
	expect(escrowLines(told)).toEqual([
		'Keys in the secret zenml-pro/zenml-airgap-generated, by name and fingerprint:',
		'  workspaces.default.encryptionKey  0123456789abcdef',
		'  workspaces.default.jwtSecretKey   fedcba9876543210',
		'Written for the safe, encrypted with age: /root/keys.age',
		'Copy outside:  2026-01-31T18:30:00.000Z by root on vm: safe',
	]);
	const none = {
		...told,
		file: undefined,
		record: undefined,
		fault: 'nobody has',
		next: 'When a copy lies in a safe: X',
	};
	expect(escrowLines(none).slice(3)).toEqual([
		'Copy outside:  never confirmed',
		'Not well:      nobody has',
		'When a copy lies in a safe: X',
	]);
});

test('of a rehearsal the page, the file and the confirmation say so', () => {
	const lines = escrowLines({...told, isRehearsal: true});
	expect(lines[0]).toBe('REHEARSAL: keys of a simulated site. They open nothing, and are not for the safe.');
	for (const begin of ['Written, encrypted', 'Copy outside:'])
		expect(lines.find((line) => line.startsWith(begin))).toMatch(/ \*\*\* REHEARSAL \*\*\*$/u);
});
