import {createHash} from 'node:crypto';
import {chmod, mkdir, readdir, readFile, stat, symlink, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {innerHelm, type PackedHelm, placeHelm} from '../../source/helm/index.ts';
import {problemOf, scratch} from './lab.ts';

const bytes = Buffer.from('#!/bin/sh\necho v4.2.3\n');
const sha256 = createHash('sha256').update(bytes).digest('hex');
const name = `helm-${sha256.slice(0, 16)}`;

let folder = '';
let remove: () => Promise<void>;
beforeEach(async () => {
	({folder, remove} = await scratch());
	opened = 0;
});
afterEach(() => remove());

let opened = 0;
const packed = (more: Partial<PackedHelm> = {}): PackedHelm => ({
	inside: 'bundle',
	version: '4.2.3',
	sha256,
	bytes: bytes.length,
	open: async function* () {
		opened += 1;
		yield bytes.subarray(0, 5);
		yield bytes.subarray(5);
	},
	...more,
});
const at = (...names: readonly string[]): string => path.join(folder, ...names);
const modeOf = async (file: string): Promise<string> => ((await stat(file)).mode & 0o777).toString(8);

test('a helm that lies in a bundle is unpacked for this user alone, once', async () => {
	const file = await placeHelm(packed(), [at('a', 'programs')]);
	expect(file).toBe(at('a', 'programs', name));
	expect([await modeOf(at('a', 'programs')), await modeOf(file)]).toEqual(['700', '700']);
	expect(await readFile(file)).toEqual(bytes);
	expect(await placeHelm(packed(), [at('a', 'programs')])).toBe(file);
	expect([opened, await readdir(at('a', 'programs'))]).toEqual([1, [name]]);
});

test('one of the same size with other bytes is put right, and so is a link in its place', async () => {
	await mkdir(at('a'), {mode: 0o700});
	await writeFile(at('a', name), Buffer.alloc(bytes.length));
	expect(await readFile(await placeHelm(packed(), [at('a')]))).toEqual(bytes);
	await mkdir(at('b'), {mode: 0o700});
	await writeFile(at('elsewhere'), bytes);
	await symlink(at('elsewhere'), at('b', name));
	await placeHelm(packed(), [at('b')]);
	expect((await stat(at('b', name))).ino).not.toBe((await stat(at('elsewhere'))).ino);
});

test('a folder where others may write is passed over; where there is no other, all are named', async () => {
	await mkdir(at('open'));
	await chmod(at('open'), 0o777);
	await writeFile(at('file'), '');
	expect(await placeHelm(packed(), [at('open'), at('mine')])).toBe(at('mine', name));
	const problem = await problemOf(placeHelm(packed(), [at('open', 'programs'), at('file', 'programs')]));
	expect(problem).toMatchObject({
		code: 'helm-no-place',
		area: 'prerequisites',
		message: 'There is no folder for the Helm that lies in the bundle.',
		cause: 'It must be unpacked before it can be run. None of the folders below takes it.',
		fix: 'Name a folder that lets programs run, that nobody else can write to, with 100 MB free: XDG_CACHE_HOME=FOLDER in front of the command. Or set helm.binary to a Helm on this host.',
		evidence: [
			`${at('open', 'programs')}: it cannot be made for this user alone`,
			`${at('file', 'programs')}: it cannot be made for this user alone`,
		],
	});
});

test.each([
	['other bytes', {sha256: '0'.repeat(64)}],
	['more bytes than it should have', {bytes: 3}],
	['fewer', {bytes: 300}],
])('of %s nothing stays, and whose fault it is', async (_what, more) => {
	const problem = await problemOf(placeHelm(packed(more), [at('a')]));
	expect(problem).toMatchObject({
		code: 'helm-copy-damaged',
		message: 'The Helm in the bundle is not the one that bundle.json names.',
		cause: expect.stringMatching(/^Its SHA-256 is [0-9a-f]{64}; [0-9a-f]{64} stands in bundle\.json\.$/u),
		fix: 'Carry the bundle in again. `zenml-airgap bundle verify BUNDLE` tells which files.',
	});
	expect(await readdir(at('a'))).toEqual([]);
});

test('a damaged one inside this program says so', async () => {
	const damaged = packed({inside: 'program', sha256: '0'.repeat(64)});
	expect(await problemOf(placeHelm(damaged, [at('a')]))).toMatchObject({
		code: 'helm-copy-damaged',
		message: 'The Helm inside this program is damaged.',
		cause: `Its SHA-256 is ${sha256}; the build wrote down ${'0'.repeat(64)}.`,
		fix: 'Carry this program in again. `zenml-airgap self-check` tells whether it is whole.',
	});
});

test('a program that Node runs from files carries none', () => {
	expect(innerHelm()).toBeUndefined();
});
