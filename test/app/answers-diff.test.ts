import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {differences} from '../../source/answers/file/differences.ts';
import {writeJournal} from '../../source/engine/journal.ts';
import {load, replaced, shortest} from '../answers/samples.ts';
import {createStage, type Stage} from './stage.ts';

let stage: Stage;
beforeEach(async () => {
	stage = await createStage();
});
afterEach(async () => stage.remove());

const other = `${replaced('registry.corp.internal:5000', 'new.corp.internal')}organization:\n  users:\n    - username: ada\n      password: env:ADA\n`;

test('two files are compared with their defaults, secrets by their references', () => {
	const found = differences(load(shortest), load(other));
	expect(found).toContainEqual({
		answer: 'registry.host',
		before: 'registry.corp.internal:5000',
		after: 'new.corp.internal',
	});
	expect(found).toContainEqual({answer: 'organization.users.0.password', before: undefined, after: 'env:ADA'});
	expect(
		differences(load(shortest), load(`${shortest}helm:\n  timeoutMinutes: ${load(shortest).helm.timeoutMinutes}\n`)),
	).toEqual([]);
});

test('a file is compared with another one, or with the last run, and both ways are told as text and as JSON', async () => {
	await stage.write('a.yaml', shortest);
	await stage.write('b.yaml', other);
	const {code, out} = await stage.run('answers', 'diff', 'a.yaml', 'b.yaml');
	expect(code).toBe(0);
	expect(out).toContain('registry.host:\n- registry.corp.internal:5000\n+ new.corp.internal\n');
	expect((await stage.run('answers', 'diff', 'a.yaml', 'a.yaml')).out).toBe('No answer differs\n');
	const none = await stage.run('answers', 'diff', 'b.yaml');
	expect(none.code).toBe(2);
	expect(none.err).toContain('There are no answers to compare with.');
	await writeJournal(path.join(stage.stateDirectory, 'state.json'), {
		schema: 3,
		plan: 'install',
		tool: '1',
		runId: 'r1',
		savedAt: 1,
		startedAt: 1,
		host: 'h',
		pid: 1,
		outcome: 'done',
		steps: [],
		acknowledged: [],
		answers: load(shortest),
	});
	const last = await stage.run('answers', 'diff', 'b.yaml', '--json');
	expect(JSON.parse(last.out)).toContainEqual({
		answer: 'registry.host',
		before: 'registry.corp.internal:5000',
		after: 'new.corp.internal',
	});
});
