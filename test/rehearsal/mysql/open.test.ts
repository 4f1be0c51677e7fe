import {chmod, mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createConnection} from 'mysql2/promise';
import {afterEach, expect, onTestFinished, test, vi} from 'vitest';
import {createAuthority} from '../../../rehearsal/authority/index.ts';
import {type MysqlKind, openMysql, type SiteMysql} from '../../../rehearsal/mysql/index.ts';
import {findMysql} from '../../../rehearsal/mysql/program.ts';

afterEach(() => {
	vi.unstubAllEnvs();
});

/** Opens the MySQL of a site in a folder that is removed at the end. */
const open = async (more: {known?: MysqlKind; wanted?: 'played' | 'unpacked'}): Promise<SiteMysql> => {
	const directory = await mkdtemp(join(tmpdir(), 'zenml-open-mysql-'));
	await chmod(directory, 0o711);
	onTestFinished(() => rm(directory, {recursive: true, force: true}));
	const authority = await createAuthority({name: 'Database CA'});
	const pair = await authority.issue({hosts: ['mysql.test.internal'], ips: ['127.0.0.1']});
	const opened = await openMysql({
		directory,
		kept: {
			load: async () => undefined,
			open: () => ({touch: () => undefined, flush: async () => undefined}),
		},
		port: 0,
		adminPassword: 'root word',
		tls: {...pair, ca: authority.caPem},
		offersTls: () => true,
		log: () => undefined,
		...more,
	});
	onTestFinished(opened.stop);
	return opened;
};

test.each([
	['is asked for', {wanted: 'played'}],
	['was what the world began with, whatever is asked for now', {known: 'played', wanted: 'unpacked'}],
] as const)('a played server stands in where it %s', async (_why, more) => {
	const {kind, port} = await open(more);
	expect(kind).toBe('played');
	const connection = await createConnection({host: '127.0.0.1', port, user: 'root', password: 'root word'});
	await connection.end();
});

const hostHasOne = findMysql('/') !== undefined;

test.skipIf(hostHasOne)(
	'a host without a server gets a played one, unless its world began with a real one',
	async () => {
		vi.stubEnv('PATH', '/nowhere');
		expect((await open({})).kind).toBe('played');
		await expect(open({known: 'of this host'})).rejects.toMatchObject({
			problem: {
				code: 'rehearsal-mysql-missing',
				cause: expect.stringContaining('is not there any more'),
				fix: expect.stringContaining('--fresh'),
			},
		});
	},
);

test('packages that cannot be fetched are told, with the way on', async () => {
	vi.stubEnv('XDG_CACHE_HOME', '/dev/null');
	await expect(open({wanted: 'unpacked'})).rejects.toMatchObject({
		problem: {code: 'rehearsal-mysql-missing', fix: expect.stringContaining('the played one needs nothing')},
	});
});
