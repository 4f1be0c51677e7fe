import {mkdtemp, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {createAuthority} from '../../../rehearsal/authority/index.ts';
import {startPlayedMysql} from '../../../rehearsal/mysql/played/server.ts';
import {runProbe} from '../../../rehearsal/product/probe.ts';
import type {DatabaseLogin} from '../../../source/database/types.ts';
import {hasPython, runScript} from '../../cluster/support/python.ts';
import {startServer} from '../../database/server.ts';
import {listening} from '../../helpers/loopback.ts';

const {signal} = new AbortController();
type Said = Readonly<Record<string, unknown>>;
type Login = Omit<DatabaseLogin, 'clientCertificate'> & {readonly engine: string};

const network = {
	resolve: async () => ['127.0.0.1'],
	request: async () => {
		throw new Error('no request is made');
	},
};

/** What the played probe says, and the real script where this host has Python. */
const logIn = async ({engine, host, port, tls, username, database, password, ca = ''}: Login) => {
	const folder = await mkdtemp(join(tmpdir(), 'probe-'));
	const files = {password: join(folder, 'password'), ca: join(folder, 'ca')};
	await writeFile(files.password, password);
	await writeFile(files.ca, ca);
	const args = {engine, host, port, tls, username, database, files};
	const {result} = await runProbe({
		environment: {PROBE_KIND: 'database', PROBE_ARGS: JSON.stringify(args)},
		files: new Map([
			[files.password, password],
			[files.ca, ca],
		]),
		network,
		signal,
	});
	return {played: result, real: hasPython ? await runScript('database', args) : undefined};
};

const facts = ({ok, kind, code, tls}: Said) => ({ok, kind, code, tls});

describe.each(['mysql', 'postgresql'] as const)(
	'a played pod logs in to %s as the script of a real one does',
	(engine) => {
		let login: Login;
		let [stop, plainPort] = [async () => {}, 0];

		beforeAll(async () => {
			if (engine === 'postgresql') {
				const server = await startServer();
				[login, stop] = [{...server.admin, engine}, server.stop];
				return;
			}
			const authority = await createAuthority({name: 'Database CA'});
			const pair = await authority.issue({hosts: ['db.example.internal'], ips: ['127.0.0.1']});
			const adminPassword = 'canary-root';
			const server = await startPlayedMysql({adminPassword, tls: {...pair, ca: authority.caPem}});
			const plain = await startPlayedMysql({adminPassword});
			plainPort = plain.port;
			stop = async () => {
				await Promise.all([server.stop(), plain.stop()]);
			};
			const {port} = server;
			login = {
				...{engine, host: '127.0.0.1', port, tls: 'verify-full', ca: authority.caPem},
				...{username: 'root', password: adminPassword, database: 'mysql'},
			};
		}, 60_000);
		afterAll(async () => stop());

		test.each([
			['as it should', {}, {ok: true, tls: 'TLSv1.3'}],
			['without a check', {tls: 'require', ca: ''}, {ok: true, tls: 'TLSv1.3'}],
			['without TLS', {tls: 'disable'}, {ok: true, tls: 'none'}],
			['with a wrong password', {password: 'canary-wrong'}, {kind: 'login', code: {mysql: 1045, postgresql: '28P01'}}],
			['to no database', {database: 'nowhere'}, {kind: 'login', code: {mysql: 1049, postgresql: '3D000'}}],
			['under another name', {host: 'localhost'}, {kind: 'certificate', code: 62}],
		] as const)('%s', async (_, more, told) => {
			const {played, real} = await logIn({...login, ...more});
			const code = 'code' in told && (typeof told.code === 'number' ? told.code : told.code[engine]);
			expect(facts(played)).toEqual({...facts({}), ...told, ...(code && {code})});
			if (real) expect(facts(played)).toEqual({...facts({}), ...facts({...real, code: real.code ?? undefined})});
			expect(JSON.stringify(played)).not.toContain('canary');
		});

		test('with another CA', async () => {
			const {caPem: ca} = await createAuthority({name: 'Other CA'});
			const {played, real} = await logIn({...login, ca});
			expect(played).toMatchObject({kind: 'certificate'});
			if (real) expect(facts(played)).toEqual(facts(real));
		});

		test('where TLS is not offered', async () => {
			const port =
				engine === 'mysql'
					? plainPort
					: await listening(createServer((socket) => socket.once('data', () => socket.write('N'))));
			for (const tls of ['verify-full', 'require'] as const) {
				const {played, real} = await logIn({...login, port, tls});
				expect(played).toEqual({kind: 'tls-not-offered', error: 'it offers no TLS'});
				if (real) expect(real).toMatchObject(played);
			}
		});
	},
);
