import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, expect, onTestFinished, test, vi} from 'vitest';
import {findPrograms, programsText} from '../../../rehearsal/client-tools/index.ts';
import {copyLibrary, hostLines} from '../../../rehearsal/client-tools/own-names.ts';
import {findClientTools} from '../../../rehearsal/parts.ts';
import type {Site} from '../../../rehearsal/site.ts';
import {ProblemError} from '../../../source/base/problem.ts';

afterEach(() => {
	vi.unstubAllEnvs();
});

const temporary = async (): Promise<string> => {
	const folder = await mkdtemp(join(tmpdir(), 'zenml-airgap-client-tools-test-'));
	onTestFinished(() => rm(folder, {recursive: true, force: true}));
	return folder;
};

test('programs that are asked for and cannot be fetched are told with the next move', async () => {
	const file = join(await temporary(), 'file');
	await writeFile(file, '');
	vi.stubEnv('XDG_CACHE_HOME', file);
	const site = {options: {clientTools: 'unpacked', log: () => undefined}} as unknown as Site;
	const error = await findClientTools(site).catch((reason: unknown) => reason);
	expect(error).toBeInstanceOf(ProblemError);
	expect((error as ProblemError).problem).toMatchObject({
		code: 'rehearsal-client-tools-missing',
		message: 'The rehearsal has no real programs of the databases to dump and restore with.',
		cause: expect.stringMatching(/^Debian's packages could not be fetched: ENOTDIR/u),
		fix: 'Start the rehearsal without --client-tools unpacked: it uses what this host has, and says what is missing.',
	});
});

test('an old pg_dump of this host is left alone, and what there is not is said', async () => {
	const folder = await temporary();
	const found = await findPrograms({postgresMajor: 99, cache: folder, search: folder});
	expect(found).toMatchObject({postgresql: 'absent', mysql: 'absent', versions: {}});
	expect(found.real.has('pg_dump')).toBe(false);
	expect(programsText(found)).toBe('no programs of PostgreSQL, no programs of MySQL');
	const text = programsText({...found, postgresql: 'unpacked', versions: {postgresql: '18.6'}});
	expect(text).toBe('PostgreSQL 18.6 unpacked, no programs of MySQL');
});

test('names in the words of a command are looked up in the played network, addresses and unknown names are not told', async () => {
	const asked: string[] = [];
	const resolve = async (name: string) => {
		asked.push(name);
		return name === 'db.corp.internal' ? ['127.0.0.1', '127.0.0.2'] : [];
	};
	const texts = ['--host=DB.corp.internal', 'postgres://u@other.corp:5432/x', '10.1.2.3', 'plain'];
	const lines = await hostLines(texts, ['known.internal'], {network: {resolve}, signal: new AbortController().signal});
	expect(lines).toBe('127.0.0.1 localhost\n127.0.0.1 db.corp.internal\n127.0.0.2 db.corp.internal\n');
	expect(asked).toEqual(['known.internal', 'db.corp.internal', 'other.corp']);
});

test('a C library that does not name its files as usual is refused', async () => {
	const folder = await temporary();
	await writeFile(join(folder, 'libc.so.6'), 'no library');
	await expect(copyLibrary(join(folder, 'libc.so.6'), join(folder, 'copy'))).rejects.toThrow(
		'does not name /etc/hosts',
	);
});
