import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {answersSchema} from '../../source/answers/schema.ts';
import {acquireFileLock, liveHolder} from '../../source/base/lock/lock.ts';
import {createStage, type Stage} from './stage.ts';

let stage: Stage;
beforeAll(async () => {
	stage = await createStage();
});
afterAll(async () => stage.remove());

test.each([
	[['instal'], 'unknown command "instal"; did you mean install?'],
	[['verfy', '--plain'], 'unknown command "verfy"; did you mean verify?'],
	[['xyzzy'], 'unknown command "xyzzy"'],
	[['keygen'], 'unknown command "keygen"; did you mean bundle keygen?'],
	[['rollback'], 'unknown command "rollback"; did you mean back?'],
	[['update'], 'unknown command "update"; did you mean upgrade?'],
	[['--answers', 'a.yaml', 'plan'], 'the command comes first, its options after it: zenml-airgap plan ...'],
	[['--state-dir', 'x', 'status'], 'the command comes first, its options after it: zenml-airgap status ...'],
	[['bundle', 'verify', ''], 'There is an empty word on the command line.'],
	[['install', '--bundle', ''], 'There is an empty word on the command line.'],
	[['rehearse', '--fault', 'dns-mising'], 'Did you mean dns-missing?'],
	[['rehearse', 'fault', 'pod-crash-lop', 'on'], 'Did you mean pod-crash-loop?'],
	[['handover', 'dns', 'databse'], 'Did you mean database?'],
	[
		['rehearse', '--fault', 'dns-missing', '--non-interactive', '--fault', 'pod-crash-loop'],
		'It was given before as dns-missing; name one.',
	],
	[['rehearse', '--pace', 'fast', '--pace', 'real'], 'It was given before as fast; name one.'],
	[['rehearse', '--fault', 'nonsense'], 'Allowed choices are registry-drops, wrong-database-password,'],
	[['rehearse', 'answers'], "value 'answers' is invalid for argument 'plan'"],
])('%j is refused by what is wrong with it', async (words, says) => {
	const {code, err} = await stage.run(...words);
	expect(code).toBe(2);
	expect(err).toContain(says);
});

test.each([
	[['nosuch', '--help'], 'unknown command "nosuch"'],
	[['verfy', '-h'], 'unknown command "verfy"; did you mean verify?'],
	[['help', 'verfy'], 'unknown command "verfy"; did you mean verify?'],
	[['uninstall', '--help'], 'this program takes no installation away'],
	[['bundle', 'sing', '--help'], 'unknown command "bundle sing"; did you mean bundle sign?'],
	[['help', 'bundle', 'sing'], 'unknown command "bundle sing"; did you mean bundle sign?'],
	[['bundle', 'help', 'sing'], 'unknown command "bundle sing"; did you mean bundle sign?'],
])('%j, which asks for help of what is no command, is refused, and no other help is shown', async (words, says) => {
	const {code, out, err} = await stage.run(...words);
	expect(code).toBe(2);
	expect(err).toContain(says);
	expect(out + err).not.toContain('Usage:');
});

test.each([
	[['help'], 'Usage: zenml-airgap [options] [command]'],
	[['help', 'verify'], 'Usage: zenml-airgap verify'],
	[['help', 'bundle', 'sign'], 'Usage: zenml-airgap bundle '],
	[['bundle', 'sign', '--help'], 'Usage: zenml-airgap bundle sign'],
	[['--set', 'registry.prefix=zenml', '--help'], 'Usage: zenml-airgap [options] [command]'],
])('%j shows its help', async (words, says) => {
	const {code, out} = await stage.run(...words);
	expect(code).toBe(0);
	expect(out).toContain(says);
});

test.each(['uninstall', 'uninstal', 'unistall', 'remove', 'delete', 'destroy', 'purge'])(
	'%s is not led to the contrary: it is said that it is not built',
	async (word) => {
		const {code, err} = await stage.run(word);
		expect(code).toBe(2);
		expect(err).toContain('is not built; this program takes no installation away');
		expect(err).not.toMatch(/did you mean/iu);
	},
);

test('a lock names its holder while that lives, and nobody after a kill', async () => {
	const file = path.join(stage.folder, 'lock');
	const me = {pid: process.pid, host: 'here', user: 'me', runId: 'r', startedAt: 1};
	expect(await liveHolder(file, 'here')).toBeUndefined();
	const unlock = await acquireFileLock(file, me);
	expect(await liveHolder(file, 'here')).toMatchObject(me);
	const text = await readFile(file, 'utf8');
	await unlock();
	await writeFile(file, text.replace(/"birth":"[^"]*"/u, '"birth":"1"'));
	expect(await liveHolder(file, 'here')).toBeUndefined();
	expect(await liveHolder(file, 'here', {place: {boot: 'another'}})).toMatchObject(me);
});

test('the port of a registry is a port', () => {
	const issues = answersSchema.safeParse({registry: {host: 'registry.example.org:99999'}}).error?.issues ?? [];
	expect(issues.find(({path: at}) => at.join('.') === 'registry.host')?.message).toContain('between 1 and 65535');
});
