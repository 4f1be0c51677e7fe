import {expect, test} from 'vitest';
import {foundLines, planLines} from '../../source/app/plain/pages.ts';
import {found} from '../ui/helpers/fake-session.ts';

test('the first lines of a rehearsal name its fault before all else that was found', () => {
	const fault = ['Fault wrong-database-password: it is out of date.', 'The right password lies in /w/right'];
	const lines = foundLines({...found, rehearsal: true, fault});
	expect(lines).toEqual(expect.arrayContaining(fault));
	expect(lines.indexOf(fault[0] ?? '')).toBeLessThan(lines.findIndex((line) => line.startsWith('Bundle')));
	expect(foundLines(found).join('\n')).not.toContain('Fault');
});

test('the plan in lines tells what is only waited for apart from changes', () => {
	const check = {action: 'check', target: 'look'} as const;
	expect(
		planLines({steps: [{id: 'verification', title: 'Verification', state: 'todo', changes: [check, check]}]})[0],
	).toBe('  Verification: 2 checks later');
});
