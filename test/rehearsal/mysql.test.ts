import {chmod, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {findMysql} from '../../rehearsal/mysql/program.ts';
import {startMysql} from '../../rehearsal/mysql/server.ts';
import type {ProblemCode} from '../../source/base/problem.ts';
import {caught} from '../database/server.ts';

let folder = '';
const code = (name: ProblemCode): ProblemCode => name;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'zenml-airgap-mysql-start-'));
	await chmod(folder, 0o755);
});
afterEach(() => rm(folder, {recursive: true, force: true}));

/** A program that says something and ends: at once, or only where it is to serve. */
const startOf = async (script: string) => {
	const path = join(folder, 'mysqld');
	await writeFile(path, `#!/bin/sh\n${script}\n`, {mode: 0o755});
	const program = {product: 'MySQL', command: [path], share: folder, base: folder} as const;
	return caught(
		startMysql({program, dataDirectory: join(folder, 'data'), adminPassword: 'canary', log: join(folder, 'log')}),
	);
};

test('a server that cannot make its data, and one that ends by itself, are told with their last words', async () => {
	expect(await startOf('echo "no space" >&2; exit 1')).toMatchObject({
		problem: {
			code: code('rehearsal-mysql-init-failed'),
			cause: 'The server says: no space',
			fix: 'Check free space and rights of that folder, then start again.',
		},
	});
	const whenServing = 'case "$*" in *initialize*) exit 0;; esac; echo "broken" >&2; exit 3';
	expect(await startOf(whenServing)).toMatchObject({
		problem: {
			code: code('rehearsal-mysql-start-failed'),
			cause: 'It ended by itself with 3.',
			evidence: ['broken'],
		},
	});
});

test('there is no program where none lies', () => {
	expect(findMysql(folder)).toBeUndefined();
});
