import {execFile} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {readdir} from 'node:fs/promises';
import {join} from 'node:path';
import {PassThrough, Readable} from 'node:stream';
import {text} from 'node:stream/consumers';
import {promisify} from 'node:util';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {productVersions} from '../../lab/image-bundle.ts';
import {labPaths} from '../../lab/paths.ts';
import {createCluster} from '../../source/cluster/cluster.ts';
import type {ToolPlace} from '../../source/cluster/types.ts';
import {until} from '../cluster/rehearsal.ts';
import {send, targetFromFile} from './api-client.ts';
import {labFacts} from './lab.ts';
import {packaged} from './program.ts';

const run = promisify(execFile);
const facts = labFacts();
const {kubeconfig} = facts.kubernetes;
const cluster = createCluster({kubeconfig, homeDirectory: '/', environment: {}});
const {signal} = new AbortController();
const namespace = 'client-tools-lab';
const passwordIn = (file: string): string => readFileSync(file, 'utf8').trim();
const {host, username, passwordFile} = facts.registry;

const bundleFolder = async (): Promise<string> => {
	const {cache} = labPaths(process.env);
	const name = (await readdir(cache)).find((one) => one.startsWith(`bundle-${productVersions.workspace}-`));
	return join(cache, name ?? '');
};

const pullSecret = () => {
	const auth = Buffer.from(`${username}:${passwordIn(passwordFile)}`).toString('base64');
	const config = JSON.stringify({auths: {[host]: {auth}}});
	return {
		...{apiVersion: 'v1', kind: 'Secret', metadata: {name: 'pull', namespace}, type: 'kubernetes.io/dockerconfigjson'},
		data: {'.dockerconfigjson': Buffer.from(config).toString('base64')},
	};
};

beforeAll(async () => {
	const archive = join(await bundleFolder(), 'images/client-tools.tar');
	const words = ['registry', 'push', '--bundle', archive, '--to', `${host}/zenml`, '--ca', facts.ca];
	const login = ['--username', username, '--password-ref', `file:${passwordFile}`];
	const [file = '', ...all] = await packaged(...words, ...login);
	await run(file, all, {timeout: 240_000});
	await cluster.create({apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}}, signal);
	const account = {apiVersion: 'v1', kind: 'ServiceAccount', namespace, name: 'default'};
	await until(() => cluster.get(account, signal), 'the namespace has its account');
	await cluster.create(pullSecret() as never, signal);
}, 300_000);
afterAll(async () => {
	await send(targetFromFile('lab', kubeconfig), 'DELETE', `/api/v1/namespaces/${namespace}`);
});

const exec = async (place: ToolPlace, command: readonly string[], input: string) => {
	const stdout = new PassThrough();
	const said = text(stdout);
	const stdin = Readable.from([input]);
	const {exitCode, stderr} = await cluster.exec({...place, command, stdin, stdout, signal});
	stdout.end();
	return {exitCode, stderr, out: await said};
};

it('an image of client tools dumps both databases from a pod, over TLS that is verified', async () => {
	const tool = {
		...{namespace, name: 'dump', image: `${host}/zenml/client-tools:1.0`, env: {}, pullSecret: 'pull'},
		resources: {requests: {cpu: '50m', memory: '64Mi'}, limits: {cpu: '1', memory: '512Mi'}},
		podSecurityContext: {runAsNonRoot: true, runAsUser: 10001, fsGroup: 10001},
		...{scratch: {path: '/tmp', sizeLimit: '64Mi'}, startMs: 180_000, lifeMs: 600_000},
	};
	const ca = readFileSync(facts.ca, 'utf8');
	const postgres = new URL(facts.postgres.url);
	const read = 'IFS= read -r password; cat > /tmp/ca.pem; ';
	await cluster.withToolPod(
		tool,
		async (place) => {
			const pg = `${read} PGPASSWORD=$password PGSSLROOTCERT=/tmp/ca.pem PGSSLMODE=verify-full exec pg_dump "$@"`;
			const address = ['-h', postgres.hostname, '-p', postgres.port || '5432', '-U', 'postgres', 'postgres'];
			const input = `${passwordIn(facts.postgres.passwordFile)}\n${ca}`;
			const one = await exec(place, ['sh', '-c', pg, 'sh', ...address], input);
			expect(one).toMatchObject({exitCode: 0, out: expect.stringContaining('PostgreSQL database dump complete')});
			const wrong = await exec(place, ['sh', '-c', pg, 'sh', ...address], `wrong\n${ca}`);
			expect(wrong).toMatchObject({exitCode: 1, stderr: [expect.stringContaining('authentication failed')]});
			const my = `${read} export MYSQL_PWD=$password; exec mysqldump --ssl-ca=/tmp/ca.pem --ssl-mode=VERIFY_IDENTITY "$@"`;
			const words = [`--host=${facts.mysql.host}`, `--port=${facts.mysql.port}`, '--user=root', '--no-data', 'mysql'];
			const other = await exec(
				place,
				['sh', '-c', my, 'sh', ...words],
				`${passwordIn(facts.mysql.passwordFile)}\n${ca}`,
			);
			expect(other).toMatchObject({exitCode: 0, out: expect.stringContaining('-- Dump completed')});
			expect((await exec(place, ['age', '--version'], '')).exitCode).toBe(0);
		},
		signal,
	);
}, 300_000);
