import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {expect, test} from 'vitest';
import {errnoOf, errnoWords, isErrno, isSystemError} from '../../source/base/errno.ts';

const withCode = (code: unknown): Error => Object.assign(new Error('raw words'), {code});

test('the code of an error is its errno; others have none', () => {
	expect(errnoOf(withCode('ENOENT'))).toBe('ENOENT');
	expect(errnoOf(withCode(7))).toBeUndefined();
	expect(errnoOf(new Error('x'))).toBeUndefined();
	expect(errnoOf('ENOENT')).toBeUndefined();
	expect(isErrno(withCode('EEXIST'), 'ENOENT', 'EEXIST')).toBe(true);
	expect(isErrno(undefined, 'ENOENT')).toBe(false);
});

test('errors of Node itself are no errors of the operating system', () => {
	expect(isSystemError(withCode('EACCES'))).toBe(true);
	expect(isSystemError(withCode('ERR_INVALID_ARG_TYPE'))).toBe(false);
	expect(isSystemError(new Error('x'))).toBe(false);
});

test.each([
	['ENOENT', 'read', 'There is no such file or folder.'],
	['ENOENT', 'write', 'Its folder does not exist.'],
	['ENOENT', 'run', 'There is no such program.'],
	['EACCES', 'read', 'This user may not read it.'],
	['EPERM', 'write', 'This user may not write there.'],
	['EACCES', 'run', 'This user may not run it.'],
	['EISDIR', 'read', 'It is a folder, but a file was expected.'],
	['EISDIR', 'write', 'A folder lies in its place.'],
	['EEXIST', 'write', 'Something of that name is there already.'],
	['ENOSPC', 'write', 'The disk is full.'],
	['EROFS', 'write', 'The disk is read-only.'],
	['ECONNREFUSED', 'connect', 'Nothing listens on that port, or a firewall refuses it.'],
	['EXOTIC', 'read', 'The operating system says EXOTIC.'],
] as const)('%s where something was to be %s is told as %j', (code, deed, words) => {
	expect(errnoWords(withCode(code), deed)).toBe(words);
});

test('an error without a code is told by its own words', () => {
	expect(errnoWords(new Error('raw words'), 'read')).toBe('raw words');
	expect(errnoWords('thrown text', 'read')).toBe('thrown text');
});

test('what the system really says of a folder and of a missing file is understood', async () => {
	const folder = await mkdtemp(path.join(tmpdir(), 'zenml-airgap-errno-'));
	const said = async (work: Promise<unknown>, deed: 'read' | 'write') =>
		work.catch((error: unknown) => errnoWords(error, deed));
	expect(await said(readFile(folder), 'read')).toBe('It is a folder, but a file was expected.');
	expect(await said(writeFile(folder, ''), 'write')).toBe('A folder lies in its place.');
	expect(await said(readFile(path.join(folder, 'gone')), 'read')).toBe('There is no such file or folder.');
	await rm(folder, {recursive: true});
});
