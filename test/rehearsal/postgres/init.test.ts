import {chmod, mkdir, mkdtemp, readdir, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {librariesOf, preparePrograms} from '../../../rehearsal/postgres/binaries.ts';
import {prepareDataFolder} from '../../../rehearsal/postgres/data-folder.ts';
import {chooseOwner} from '../../../rehearsal/servers/owner.ts';
import type {ProblemError} from '../../../source/base/problem.ts';

let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'zenml-airgap-init-test-'));
	await chmod(folder, 0o755);
});
afterAll(async () => rm(folder, {recursive: true, force: true}));

/** The real initdb, below a limit of the shell. */
const initBelow = async (limit: string) => {
	const owner = chooseOwner();
	const real = await preparePrograms(owner);
	const bin = await mkdtemp(join(folder, 'bin-'));
	await chmod(bin, 0o755);
	const libraries = Object.entries(librariesOf(real)).map(([name, value]) => `${name}='${value}'`);
	const script = `#!/bin/sh\nulimit ${limit}\n${libraries.join(' ')} exec '${join(real, 'initdb')}' "$@"\n`;
	await writeFile(join(bin, 'initdb'), script, {mode: 0o755});
	const data = join(folder, `data${limit.replaceAll(' ', '')}`);
	await mkdir(data);
	const {problem} = await prepareDataFolder(data, {bin, owner, adminPassword: 'a-password'}).then(
		() => Promise.reject(new Error('it was made')),
		(error: ProblemError) => error,
	);
	expect(await readdir(data)).toEqual([]);
	return problem;
};

test('a database that cannot be made is told by the first error of initdb and what explains it, not by what is removed then', async () => {
	const {code, cause, evidence = []} = await initBelow('-n 8');
	expect(code).toBe('rehearsal-postgres-init-failed');
	expect(cause).toMatch(/^initdb says: .*FATAL: {2}insufficient file descriptors available to start server process$/u);
	expect(evidence[0]).toContain('FATAL:');
	expect(evidence[1]).toMatch(/DETAIL: {2}System allows \d+, server needs at least \d+/u);
	expect(evidence.join('\n')).toContain('removing contents of data directory');
});

test('an initdb that is ended without a word is told by how it ended', async () => {
	const {cause, evidence} = await initBelow('-f 40');
	expect(cause).toBe('initdb says: nothing, and was ended by SIGXFSZ.');
	expect(evidence).toBeUndefined();
});
