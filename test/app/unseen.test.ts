import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {shortest} from '../answers/samples.ts';
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
	expect((await validate(yaml('registry.corp\u202e'))).err.replaceAll(/\s+/gu, ' ')).toContain(
		'holds an invisible character',
	);
	expect((await validate(yaml('“registry.corp”'))).err).toContain('<curly quote U+201C>registry.corp<curly');
	expect((await validate(yaml('registry.corp:CANARY'))).err).not.toContain('CANARY');
});

test('no value of a secret is shown, whatever it holds', async () => {
	const {err} = await validate('registry:\n  password: "CANARY\u00a0word"\n');
	expect(err).toContain('registry.password must be a reference');
	expect(err).not.toContain('CANARY');
});

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const otherEncoding =
	'A character here is in another encoding, such as Latin-1; letters with accents are written differently there.';

test.each([
	[
		'UTF-16',
		Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(yaml('r.corp'), 'utf16le')]),
		'answers.yaml:1:1',
		'It is in UTF-16, as PowerShell 5 and Notepad write it.',
		'Save it as UTF-8.',
	],
	['Latin-1', latin1('# über\nregistry:\n'), 'answers.yaml:1:3', otherEncoding, 'Save the file as UTF-8.'],
	['Latin-1', latin1('a: 1\nb: 2\nname: "Jürgen"\n'), 'answers.yaml:3:9', otherEncoding, 'Save the file as UTF-8.'],
	[
		'no text',
		Buffer.from('a: 1\nb: \0'),
		'answers.yaml:2:4',
		'It holds bytes of zero, so it is no text.',
		'Give the path of the answer file.',
	],
])('an answer file in %s is refused by name and line', async (name, content, place, cause, fix) => {
	const {code, err} = await validate(content);
	expect(code).toBe(2);
	expect(err.split('\n')[0]).toBe(`${place}: The answer file is not text in UTF-8`);
	expect(err.replaceAll(/\s+/gu, ' ')).toContain(`why: ${cause} do: ${fix}`);
	expect(err).toContain('code:  answers-encoding');
	const converts = /^ *iconv -f \S+ -t UTF-8 (\S*answers\.yaml) > \1\.utf8$/mu;
	expect(converts.test(err.replaceAll(/^ *run: */gmu, ''))).toBe(name !== 'no text');
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

test.each([
	['signs', `"\\'%&+$/<>`.repeat(600)],
	['base64', Buffer.alloc(11_000, 'CANARY-file').toString('base64')],
])(
	'one secret of some kilobytes of %s shows neither itself nor the others, whatever the command',
	async (_name, long) => {
		const environment = {LONG: long, SHORT: 'CANARY-short-1'};
		const own = await createStage({environment});
		const withSecrets = shortest
			.replace('registry:', 'registry:\n  username: robot\n  password: env:SHORT')
			.replace('database:', 'database:\n  admin:\n    username: postgres\n    password: env:LONG');
		await own.write('answers.yaml', withSecrets);
		for (const command of [
			['answers', 'validate'],
			['plan', '--non-interactive'],
			['install', '--non-interactive'],
		]) {
			const {code, out, err} = await own.run(...command, '--answers', 'answers.yaml');
			expect(code).toBeGreaterThan(1);
			const told = `database.admin.password: the secret in the environment variable LONG has ${long.length} bytes`;
			// An install without its bundle does not come to the secrets.
			if (!command.includes('install')) expect(out + err).toContain(told);
			for (const leak of ['CANARY', long.slice(0, 40)]) expect(out + err).not.toContain(leak);
		}
		await own.remove();
	},
);
