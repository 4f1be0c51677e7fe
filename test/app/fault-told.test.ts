import {expect, test} from 'vitest';
import {faultTold} from '../../source/app/rehearsal/fault-told.ts';

const fault = ['Fault wrong-database-password (still on): the file is out of date.', 'The right one lies beside it'];
const world = {faultOn: 'wrong-database-password', faultBegins: false, faultFile: '/world/"old"', fault} as const;
const naming = (file: string) => ({database: {admin: {password: `file:${file}`}}});

test('a fault is told as long as the answers name the file that it broke', () => {
	expect(faultTold(world, naming('/world/"old"'))).toBe(fault);
	expect(faultTold(world, naming('/world/right'))).toEqual([
		'Fault wrong-database-password is over: the answers name another file than the one that it broke.',
	]);
});

test('a fault that begins, or that broke no file, is told in any case', () => {
	expect(faultTold({...world, faultBegins: true}, naming('/world/right'))).toBe(fault);
	expect(faultTold({...world, faultFile: undefined}, naming('/world/right'))).toBe(fault);
});
