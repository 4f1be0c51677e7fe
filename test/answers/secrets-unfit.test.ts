import {execFileSync, spawn} from 'node:child_process';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {resolveSecret, type SecretSources} from '../../source/answers/secrets.ts';
import {type Problem, ProblemError} from '../../source/base/problem.ts';

let folder = '';
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'unfit-'));
});
afterAll(async () => rm(folder, {recursive: true}));

const warned: string[] = [];
const sources = (over: Partial<SecretSources> = {}): SecretSources => ({
	answer: 'database.admin.password',
	environment: {},
	readKubernetesSecret: async () => undefined,
	onWarning: (text) => warned.push(text),
	...over,
});
const inFile = async (content: string | Uint8Array): Promise<string> => {
	const file = join(folder, 'secret');
	await writeFile(file, content, {mode: 0o600});
	return `file:${file}`;
};
const refusal = async (reference: string, over: Partial<SecretSources> = {}): Promise<Problem> => {
	const error = await resolveSecret(reference, sources(over)).catch((reason: unknown) => reason);
	if (error instanceof ProblemError) return error.problem;
	throw new Error(`It was not refused: ${String(error)}`);
};
const utf16 = (text: string): Buffer => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
const tooLong = {
	code: 'answers-secret-unfit',
	area: 'usage',
	answers: ['database.admin.password'],
	cause:
		'Passwords and tokens are shorter; most often the reference names another thing: a key, a certificate, an archive.',
	fix: 'Let database.admin.password refer to the password or token alone.',
};

describe('a secret that is too long', () => {
	const value = 'CANARY"\\'.repeat(700);

	it('is refused by name and size, wherever it is read', async () => {
		const reference = await inFile(value);
		const message = (place: string): string =>
			`database.admin.password: the secret in ${place} has 5600 bytes; 4096 bytes are the most`;
		const data = {key: Buffer.from(value).toString('base64')};
		const all = [
			[await refusal(reference), `the file ${folder}/secret`],
			[await refusal('env:LONG', {environment: {LONG: value}}), 'the environment variable LONG'],
			[await refusal('k8s:ns/s/key', {readKubernetesSecret: async () => ({data})}), 'key key of secret ns/s'],
			[await refusal('prompt', {prompted: value}), 'what was typed'],
		] as const;
		for (const [problem, place] of all) {
			expect(problem).toMatchObject({...tooLong, message: message(place)});
			expect(JSON.stringify(problem)).not.toContain('CANARY');
		}
	});

	it('is refused when it is base64 of 15 KB, a device without end, or a letter of two bytes too much', async () => {
		expect((await refusal(await inFile(Buffer.alloc(11_000, 7).toString('base64')))).message).toMatch(
			/has 14668 bytes;/u,
		);
		expect(await refusal('file:/dev/zero')).toMatchObject({
			...tooLong,
			message:
				'database.admin.password: the secret in the file /dev/zero has more than 4096 bytes; 4096 bytes are the most',
		});
		expect((await refusal(await inFile(`${'a'.repeat(4095)}é\n`))).message).toMatch(/has 4097 bytes;/u);
	});

	it('is taken when it has 4 KiB and a line break', async () => {
		expect(await resolveSecret(await inFile(`${'a'.repeat(4096)}\r\n`), sources())).toBe('a'.repeat(4096));
	});
});

describe('a secret that is not the text a person sees', () => {
	it.each([
		[
			'begins with a byte order mark (U+FEFF)',
			'\ufeffCANARY\n',
			'An editor put three bytes before the text that nobody sees; they would be sent as part of the secret.',
			'Save it as UTF-8 without byte order mark.',
		],
		[
			'is in UTF-16',
			utf16('CANARY\r\n'),
			'Every character has two bytes there, and no server would know the secret again. PowerShell 5 and Notepad write such files.',
			'Save it as UTF-8 without byte order mark.',
		],
		[
			'is in UTF-16',
			Buffer.from('CANARY', 'utf16le'),
			'Every character has two bytes there, and no server would know the secret again. PowerShell 5 and Notepad write such files.',
			'Save it as UTF-8 without byte order mark.',
		],
		[
			'holds bytes of zero',
			'CANARY\0more',
			'That is no text; most often the reference names another file.',
			'Let database.admin.password refer to the password or token alone.',
		],
		[
			'is not text in UTF-8',
			Buffer.from('CANARY-pässwörd', 'latin1'),
			'It is in another encoding, such as Latin-1, or no text at all; what would be sent is not what was meant.',
			'Save it as UTF-8.',
		],
	])('%s, and is refused', async (what, content, cause, fix) => {
		const reference = await inFile(content);
		const data = {key: Buffer.from(content).toString('base64')};
		const told = [
			await refusal(reference),
			await refusal('k8s:ns/s/key', {readKubernetesSecret: async () => ({data})}),
		];
		for (const [index, place] of [`the file ${folder}/secret`, 'key key of secret ns/s'].entries()) {
			const message = `database.admin.password: the secret in ${place} ${what}`;
			expect(told[index]).toMatchObject({code: 'answers-secret-unfit', message, cause, fix});
		}
		expect(JSON.stringify(told)).not.toContain('CANARY');
	});

	it.each([
		['CANARY \n', 'ends with a blank, which is part of it'],
		['\tCANARY\n', 'begins with a blank, which is part of it'],
		['CANARY\nsecond\n', 'has 2 lines, which are all part of it'],
		['CANARY\n\n', 'has 2 lines, which are all part of it'],
		['CANARY\u00a07', 'holds a no-break space U+00A0'],
		['CANARY\u200b', 'holds a zero-width space U+200B'],
		['“CANARY”', 'holds a curly quote U+201C'],
	])('%j is taken as it is, and what is odd is told without it', async (content, what) => {
		warned.length = 0;
		const value = await resolveSecret(await inFile(content), sources());
		expect(value).toBe(content.replace(/\n$/u, ''));
		expect(warned).toContain(`database.admin.password: the secret in the file ${folder}/secret ${what}`);
		expect(warned.join()).not.toContain('CANARY');
	});

	it.each(['s3cret!', 'postgres', 'Secret', 'CHANGEME'])(
		'%s stands in other texts as well: that this program masks it there is told, and not what it is',
		async (value) => {
			warned.length = 0;
			expect(await resolveSecret(await inFile(`${value}\n`), sources())).toBe(value);
			expect(warned).toEqual([expect.stringMatching(/is short or a plain word: it is masked wherever that stands/u)]);
			expect(warned.join()).not.toContain(value);
		},
	);

	it('is told of nothing when nothing is odd', async () => {
		warned.length = 0;
		await resolveSecret(await inFile('pass word-ß€\n'), sources());
		expect(warned).toEqual([]);
	});
});

describe('a secret in a pipe', () => {
	it('is read when its writer comes later', async () => {
		const pipe = join(folder, 'pipe');
		execFileSync('mkfifo', ['-m', '600', pipe]);
		const read = resolveSecret(`file:${pipe}`, sources());
		const writer = spawn('sh', ['-c', 'sleep 0.2; printf "from a pipe\\n" > "$0"', pipe], {stdio: 'ignore'});
		expect(await read).toBe('from a pipe');
		writer.kill();
	});
});
