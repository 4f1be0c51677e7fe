import {createHash} from 'node:crypto';
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {proveProgram, usualSums} from '../../source/app/commands/self/check.ts';
import {ProblemError} from '../../source/base/problem.ts';
import {publicKeyLine, publicKeyText} from '../../source/minisign/public-key.ts';
import {generateSigningKey} from '../../source/minisign/secret-key.ts';
import {writeMinisig} from '../../source/minisign/write-minisig.ts';
import {createStage} from './stage.ts';

const key = generateSigningKey();
const line = publicKeyLine(key.public);
const {signal} = new AbortController();
const sha256 = createHash('sha256').update('the program').digest('hex');
const name = 'zenml-airgap-linux-x64';

let folder = '';
beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'zenml-airgap-self-'));
	await writeFile(at(name), 'the program');
	await sign(`${sha256}  ${name}\n`);
});
afterEach(async () => rm(folder, {recursive: true, force: true}));

const at = (file: string): string => path.join(folder, file);
const sign = async (sums: string, by = key): Promise<void> => {
	await writeFile(at('SHA256SUMS'), sums);
	await writeFile(at('SHA256SUMS.minisig'), writeMinisig(Buffer.from(sums), by, 'version:1'));
};
const prove = async (pinned: string | undefined = line, program = at(name)) =>
	proveProgram(program, at('SHA256SUMS'), pinned, signal);
/** What is told of a refusal; places in the folder by their names. */
const refusal = async (work: Promise<unknown>) => {
	const error = await work.then(
		() => undefined,
		(thrown: unknown) => thrown,
	);
	if (!(error instanceof ProblemError)) throw error;
	const {code, message, cause, fix} = error.problem;
	return JSON.parse(JSON.stringify({code, message, cause, fix}).replaceAll(`${folder}/`, ''));
};
const carry = 'Carry this program in again, with SHA256SUMS and SHA256SUMS.minisig from the same place.';

test('a program whose checksum was signed is proven, by a file with the key and by its line', async () => {
	const proof = {file: at(name), sha256, name, signer: key.public.id, comment: 'version:1'};
	expect(await prove()).toEqual(proof);
	await writeFile(at('release.pub'), publicKeyText(key.public));
	expect(await prove(at('release.pub'))).toEqual(proof);
});

test('it may be called otherwise here, and lie elsewhere in the list', async () => {
	await writeFile(at('zenml-airgap'), 'the program');
	await sign(`${sha256}  bin/${name}\n`);
	expect(await prove(line, at('zenml-airgap'))).toMatchObject({name: `bin/${name}`});
});

test('on a medium the checksums of its release count, or those of the bundle where only these are signed', async () => {
	await mkdir(at('tool'));
	const program = at('tool/zenml-airgap-linux-x64');
	await writeFile(at('tool/SHA256SUMS'), '');
	expect(usualSums(program)).toBe(at('SHA256SUMS'));
	await writeFile(at('tool/SHA256SUMS.minisig'), '');
	expect(usualSums(program)).toBe(at('tool/SHA256SUMS'));
	expect(usualSums(at(name))).toBe(at('SHA256SUMS'));
});

test('another program under its name is refused', async () => {
	await writeFile(at(name), 'another');
	expect(await refusal(prove())).toEqual({
		code: 'self-check-failed',
		message: 'This program is not the one that the checksums name.',
		cause: `Its SHA-256 is ${createHash('sha256').update('another').digest('hex')}; of ${name} ${sha256} stands in SHA256SUMS.`,
		fix: `Do not use it. ${carry}`,
	});
});

test('one that the list does not name is refused', async () => {
	await sign(`${'0'.repeat(64)}  another\n`);
	expect(await refusal(prove())).toEqual({
		code: 'self-check-failed',
		message: 'The checksums do not name this program.',
		cause: `Its SHA-256, ${sha256}, does not stand in SHA256SUMS, and nothing of its name either.`,
		fix: carry,
	});
});

test('what is missing is named: checksums, signature, key', async () => {
	expect(await refusal(proveProgram(at(name), at('SHA256SUMS'), undefined, signal))).toEqual({
		code: 'self-check-missing',
		message: 'No public key is given to check the signature with.',
		cause: 'SHA256SUMS fits this program, but whoever exchanges one can exchange both.',
		fix: 'Give the public key of the release, which came another way than this program: --public-key FILE, or the line in it that begins with RW.',
	});
	await rm(at('SHA256SUMS.minisig'));
	expect(await refusal(prove())).toEqual({
		code: 'self-check-missing',
		message: 'The checksums are not signed.',
		cause: 'SHA256SUMS.minisig cannot be read: There is no such file or folder.',
		fix: 'Carry SHA256SUMS.minisig of the release in beside SHA256SUMS.',
	});
	await rm(at('SHA256SUMS'));
	expect(await refusal(prove())).toEqual({
		code: 'self-check-missing',
		message: 'There are no checksums to prove this program with.',
		cause: 'SHA256SUMS cannot be read: There is no such file or folder.',
		fix: 'Carry SHA256SUMS of the release in beside this program, or name it with --sums FILE.',
	});
});

test('a signature that is cut, of another key, of another list or with another comment is refused', async () => {
	const text = writeMinisig(Buffer.from(`${sha256}  ${name}\n`), key, 'version:1');
	await writeFile(at('SHA256SUMS.minisig'), text.replace('version:1', 'version:2'));
	expect(await refusal(prove())).toEqual({
		code: 'self-check-failed',
		message: 'The comment of the signature is not the one that was signed.',
		cause: 'The checksums are those that were signed, but somebody changed what the signer says of them.',
		fix: carry,
	});
	await writeFile(at('SHA256SUMS.minisig'), text.slice(0, 100));
	expect(await refusal(prove())).toEqual({
		code: 'self-check-failed',
		message: 'SHA256SUMS.minisig is not a whole signature.',
		cause: 'It is cut, or something else: a signature of minisign has four lines.',
		fix: carry,
	});
	await writeFile(at('SHA256SUMS.minisig'), writeMinisig(Buffer.from('another list'), key, 'version:1'));
	expect(await refusal(prove())).toEqual({
		code: 'self-check-failed',
		message: 'The signature does not fit the checksums.',
		cause: 'SHA256SUMS was changed after it was signed, or the signature belongs to another release.',
		fix: `Do not use this program. ${carry}`,
	});
	const other = generateSigningKey();
	await sign(`${sha256}  ${name}\n`, other);
	expect(await refusal(prove())).toEqual({
		code: 'self-check-failed',
		message: 'The checksums are signed by another key.',
		cause: `SHA256SUMS.minisig is of key ${other.public.id}; ${key.public.id} is given.`,
		fix: 'Give the public key of the release. If that is the one, do not use this program.',
	});
});

test('a program that Node runs from files has no checksum', async () => {
	const stage = await createStage({programDirectory: '/opt/dist'});
	const {code, err} = await stage.run('self-check', '--json');
	expect(code).toBe(2);
	expect(JSON.parse(err).problem).toMatchObject({
		code: 'self-check-no-executable',
		message: 'This program is not one executable, so there is no checksum for it.',
		cause: 'Node runs it from the files in /opt/dist.',
		fix: 'Check its package in the way of npm, or use the executable of the release.',
	});
	await stage.remove();
});
