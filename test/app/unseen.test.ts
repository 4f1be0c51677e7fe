import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {createStage, type Stage} from './stage.ts';

let stage: Stage;
beforeAll(async () => {
	stage = await createStage();
});
afterAll(async () => stage.remove());

const validate = async (content: string | Uint8Array) => {
	await writeFile(path.join(stage.folder, 'answers.yaml'), content);
	return stage.run('answers', 'validate', '--answers', 'answers.yaml');
};
const yaml = (host: string): string => `registry:\n  host: "${host}"\n`;

test('a value that does not fit is shown when it holds what nobody sees, with that by name', async () => {
	const {code, err} = await validate(yaml('registry.corp\u00a0'));
	expect(code).toBe(2);
	expect(err).toContain('registry.host must');
	expect(err.replaceAll(/\s+/gu, ' ')).toContain(
		'The value given does not fit: it holds a no-break space U+00A0, as "registry.corp<no-break space U+00A0>".',
	);
	expect((await validate(yaml('“registry.corp”'))).err).toContain('<curly quote U+201C>registry.corp<curly');
	expect((await validate(yaml('registry.corp:CANARY'))).err).not.toContain('CANARY');
});

test('no value of a secret is shown, whatever it holds', async () => {
	const {err} = await validate('registry:\n  password: "CANARY\u00a0word"\n');
	expect(err).toContain('registry.password must be a reference');
	expect(err).not.toContain('CANARY');
});

test.each([
	['UTF-16', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(yaml('r.corp'), 'utf16le')]), 'answers.yaml'],
	['Latin-1', Buffer.from('# über\nregistry:\n  username: "Jürgen"\n', 'latin1'), 'answers.yaml:1:3'],
	['Latin-1', Buffer.from('a: 1\nregistry:\n  username: "Jürgen"\n', 'latin1'), 'answers.yaml:3:15'],
])('an answer file in %s is refused by name and line', async (_name, content, place) => {
	const {code, err} = await validate(content);
	expect(code).toBe(2);
	expect(err).toContain('The answer file is not text in UTF-8');
	expect(err).toContain(place);
	expect(err).not.toContain('\ufffd');
});

test('an answer file with the mark of UTF-8 is read', async () => {
	expect((await validate(`\ufeff${yaml('registry.corp:99999999')}`)).err).toContain('registry.host must');
});

test('a path of a secret is told with the characters in it that nobody sees', async () => {
	const {err} = await stage.run(
		'registry',
		'push',
		'--bundle',
		'x',
		'--registry',
		'r.corp',
		'--set',
		'registry.username=a',
		'--set',
		'registry.password=file:/none\u00a0here',
	);
	expect(err).not.toContain('\u00a0');
});
