import {afterAll, beforeAll, expect, test} from 'vitest';
import {createStage, type Stage} from './stage.ts';

let stage: Stage;
beforeAll(async () => {
	stage = await createStage();
});
afterAll(async () => stage.remove());

test('a code is explained with every cause, what to do then, who acts and the exit code', async () => {
	const {code, out, err} = await stage.run('explain', 'state-unreadable');
	expect([code, err]).toEqual([0, '']);
	expect(out).toMatchInlineSnapshot(`
		"state-unreadable
		  says     The state file <file> cannot be used.

		  why      It cannot be read: <reason>
		  do       Mend its owner or mode, or name another folder with --state-dir.

		  why      It is not JSON: <reason>.
		  do       Move it away and start again: the tool finds out from the world itself what is done.

		  why      It is not a journal: <reason>.
		  do       Move it away and start again: the truth is in the world, and is looked at anew.

		  who      operator
		  exit     2 (usage)
		"
	`);
});

test('without a code all of them are listed, each with what it says', async () => {
	const {code, out} = await stage.run('explain');
	expect(code).toBe(0);
	expect(out).toMatch(/^drift {2,}<step>: the world differs from the answers\.$/mu);
	const codes = out.split('\n').map((line) => line.split(' ')[0]);
	expect(codes.slice(0, -1)).toEqual([...codes.slice(0, -1)].sort());
});

test('a mistyped code is refused, and the nearest one is named', async () => {
	const {code, out, err} = await stage.run('explain', 'state-unredable');
	expect([code, out]).toEqual([2, '']);
	expect(err).toBe(
		[
			'There is no problem state-unredable.',
			'  why:   Codes are written as they stand at the end of a problem; the nearest one is state-unreadable.',
			'  do:    Write zenml-airgap explain state-unreadable, or leave the code out to see all of them.',
			'  code:  explain-unknown-code',
			'',
		].join('\n'),
	);
});

test('where no code is near none is named', async () => {
	const {code, out, err} = await stage.run('explain', 'nonsense');
	expect([code, out]).toEqual([2, '']);
	expect(err).toBe(
		[
			'There is no problem nonsense.',
			'  why:   Codes are written as they stand at the end of a problem, such as registry-unauthorized.',
			'  do:    Leave the code out to see all of them.',
			'  code:  explain-unknown-code',
			'',
		].join('\n'),
	);
});
