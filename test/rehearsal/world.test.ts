import {copyFile, mkdtemp, readFile, rm, stat} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterAll, afterEach, beforeAll, expect, it} from 'vitest';
import {filesIn, rehearsalHosts} from '../../rehearsal/answers.ts';
import type {FaultName} from '../../rehearsal/faults.ts';
import {paces} from '../../rehearsal/paces.ts';
import {type Rehearsal, startRehearsal} from '../../rehearsal/world.ts';
import {databaseServerOf} from '../../source/answers/database-server.ts';
import {answersSchema} from '../../source/answers/schema.ts';
import {createCluster} from '../../source/cluster/cluster.ts';
import {createMysql} from '../../source/database/mysql/index.ts';
import {createPostgres} from '../../source/database/postgres/index.ts';
import {createDns} from '../../source/network/dns.ts';
import {createTls} from '../../source/network/tls.ts';
import {createRegistry} from '../../source/registry/registry.ts';

const signal = new AbortController().signal;
const bundleBytes = 240_000;
let directory: string;
const running = new Set<Rehearsal>();

const open = async (folder: string, fault?: FaultName, isAttended = false): Promise<Rehearsal> => {
	const rehearsal = await startRehearsal({
		directory: join(directory, folder),
		pace: 'fast',
		bundleBytes,
		log: () => undefined,
		isAttended,
		...(fault ? {fault} : {}),
	});
	running.add(rehearsal);
	return rehearsal;
};
const close = async (rehearsal: Rehearsal): Promise<void> => {
	await rehearsal.stop();
	running.delete(rehearsal);
};

const answersOf = ({answers}: Rehearsal) => answersSchema.parse(answers);
const secretOf = (reference: string | undefined) => readFile((reference ?? '').replace('file:', ''), 'utf8');
const clusterOf = (rehearsal: Rehearsal) =>
	createCluster({kubeconfig: filesIn(rehearsal.directory).kubeconfig, environment: {}} as never);

const ingress = {
	apiVersion: 'networking.k8s.io/v1',
	kind: 'Ingress',
	metadata: {name: 'zenml-pro', namespace: 'default'},
	spec: {
		ingressClassName: 'nginx',
		rules: [
			{
				host: rehearsalHosts.controlPlane,
				http: {paths: [{path: '/', pathType: 'Prefix', backend: {service: {name: 'none', port: {number: 80}}}}]},
			},
		],
	},
};

/** Polls until the condition holds; the test's own time-out is the bound. */
const until = async (holds: () => Promise<boolean>): Promise<void> => {
	while (!(await holds())) await sleep(30);
};

beforeAll(async () => {
	directory = await mkdtemp(join(tmpdir(), 'zenml-world-'));
	// PostgreSQL runs as another user when the tests run as root.
	const {chmod} = await import('node:fs/promises');
	await chmod(directory, 0o711);
});
afterEach(async () => {
	for (const rehearsal of [...running]) await close(rehearsal);
});
afterAll(() => rm(directory, {recursive: true, force: true}));

it('a rehearsal answers as cluster, registry, database and name server with the answers it hands out', async () => {
	const rehearsal = await open('parts');
	const answers = answersOf(rehearsal);
	expect(await clusterOf(rehearsal).version(signal)).toMatch(/^v1\./u);
	const password = await secretOf(answers.registry.password);
	const registry = createRegistry({
		host: answers.registry.host,
		plainHttp: true,
		username: answers.registry.username ?? '',
		password: async () => password,
	});
	await registry.ping(signal);
	registry.close();
	const ports = {postgresql: createPostgres(), mysql: createMysql()};
	for (const component of ['controlPlane', 'workspaces.0'] as const) {
		const {engine, admin, ...server} = databaseServerOf(answers, component);
		const {username = '', database = ''} = admin ?? {};
		const password = await secretOf(admin?.password);
		const ca = await readFile(answers.tls.ca, 'utf8');
		const login = {...server, clientCertificate: undefined, ca, username, password, database, from: 'database.admin'};
		const facts = await ports[engine].probe(login, signal);
		expect(facts).toMatchObject({canCreate: true, tls: 'TLSv1.3', isPooled: false, warnings: []});
	}
	const dns = createDns({server: answers.network.nameServer ?? ''});
	expect(await dns.resolve(rehearsalHosts.controlPlane, signal)).toEqual([]);
	expect(await createTls().readPair(answers.tls, Object.values(rehearsalHosts), Date.now())).toHaveProperty('pair');
}, 60_000);

it('a rehearsal keeps its secrets to the user it runs as, and out of its description', async () => {
	const rehearsal = await open('parts');
	const files = filesIn(rehearsal.directory);
	for (const file of [files.registryPassword, files.databasePassword, files.mysqlPassword, files.key, files.kubeconfig])
		expect((await stat(file)).mode & 0o077).toBe(0);
	const password = await readFile(files.databasePassword, 'utf8');
	expect(rehearsal.describe().join('\n')).not.toContain(password);
	// A low screen cuts the end.
	expect(rehearsal.describe()[0]).toMatch(/^MySQL .*: /u);
}, 60_000);

it('a rehearsal has colleagues who add the record and hand out the CA once the Ingress is there', async () => {
	const rehearsal = await open('colleagues');
	const {network, tls} = answersOf(rehearsal);
	const {hostTrusts} = createTls({trustStore: network.trustStore ?? ''});
	const ca = await readFile(tls.ca, 'utf8');
	expect((await hostTrusts(ca)).trusted).toBe(false);
	await clusterOf(rehearsal).apply(ingress, {signal});
	const dns = createDns({server: network.nameServer ?? ''});
	await until(async () => (await dns.resolve(rehearsalHosts.controlPlane, signal)).includes('127.0.0.1'));
	await until(async () => (await hostTrusts(ca)).trusted);
}, 60_000);

it('a rehearsal comes back as the same world from its folder', async () => {
	const first = await open('again');
	await clusterOf(first).apply(ingress, {signal});
	const dns = createDns({server: answersOf(first).network.nameServer ?? ''});
	await until(async () => (await dns.resolve(rehearsalHosts.controlPlane, signal)).length > 0);
	// The second waits for the first to let go of the folder.
	const opening = open('again');
	await close(first);
	const second = await opening;
	expect(second.answers).toEqual(first.answers);
	expect(await dns.resolve(rehearsalHosts.controlPlane, signal)).toEqual(['127.0.0.1']);
	const found = await clusterOf(second).get(
		{apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', namespace: 'default', name: 'zenml-pro'},
		signal,
	);
	expect(found?.metadata.name).toBe('zenml-pro');
}, 60_000);

it('a rehearsal hands out a wrong password or certificate when told to, and the right one beside it', async () => {
	const wrong = await open('wrong-password', 'wrong-database-password');
	const {databasePassword, rightDatabasePassword} = filesIn(wrong.directory);
	expect(await readFile(databasePassword, 'utf8')).not.toBe(await readFile(rightDatabasePassword, 'utf8'));
	expect(wrong.describe().join('\n')).toContain(rightDatabasePassword);
	const mysql = await open('wrong-mysql', 'wrong-mysql-password');
	const {mysqlPassword, rightMysqlPassword} = filesIn(mysql.directory);
	expect(await readFile(mysqlPassword, 'utf8')).not.toBe(await readFile(rightMysqlPassword, 'utf8'));
	expect(mysql.describe().join('\n')).toContain(rightMysqlPassword);
	const other = await open('other-host', 'certificate-other-host');
	const files = filesIn(other.directory);
	const hosts = Object.values(rehearsalHosts);
	const {readPair} = createTls();
	expect(await readPair(files, hosts, Date.now())).toHaveProperty('problems');
	const right = {certificate: files.rightCertificate, key: files.rightKey, ca: files.ca};
	expect(await readPair(right, hosts, Date.now())).toHaveProperty('pair');
	// A workspace that is added beside the others is covered; one of another domain, or a level deeper, is not.
	expect(await readPair(right, [...hosts, 'team-a.rehearsal.internal'], Date.now())).toHaveProperty('pair');
	for (const host of ['team-a.corp.internal', 'a.team.rehearsal.internal'])
		expect(await readPair(right, [...hosts, host], Date.now())).toHaveProperty('problems');
}, 60_000);

it('a rehearsal forgets the record of the workspace while its server is not up', async () => {
	const first = await open('forgotten', 'dns-missing');
	expect(first.describe().join('\n')).toContain('Fault dns-missing:');
	const host = rehearsalHosts.workspace;
	const workspace = {
		...ingress,
		metadata: {name: 'zenml', namespace: 'default'},
		spec: {...ingress.spec, rules: [{...ingress.spec.rules[0], host}]},
	};
	const cluster = clusterOf(first);
	await cluster.apply(workspace, {signal});
	await cluster.apply(ingress, {signal});
	const dns = createDns({server: answersOf(first).network.nameServer ?? ''});
	await until(async () => (await dns.resolve(rehearsalHosts.controlPlane, signal)).length > 0);
	expect(await dns.resolve(host, signal)).toEqual([]);
}, 60_000);

it('what another team forgets stays forgotten while somebody is there to remind it, and is mended then', async () => {
	const first = await open('reminded', 'dns-missing', true);
	expect(first.faultOn).toBe('dns-missing');
	const host = rehearsalHosts.workspace;
	const [rule] = ingress.spec.rules;
	const spec = {...ingress.spec, rules: [rule, {...rule, host}]};
	await clusterOf(first).apply({...ingress, spec}, {signal});
	const dns = createDns({server: answersOf(first).network.nameServer ?? ''});
	await until(async () => (await dns.resolve(rehearsalHosts.controlPlane, signal)).length > 0);
	// Asked for in vain for longer than the team would take by itself.
	const end = Date.now() + 1.5 * paces.fast.colleagues.forgottenMs;
	while (Date.now() < end) expect(await dns.resolve(host, signal)).toEqual([]);
	expect(await first.switchFault({name: 'dns-missing', on: false})).toEqual([
		'Fault dns-missing is off: the network team makes the records now.',
	]);
	await until(async () => (await dns.resolve(host, signal)).length > 0);
}, 60_000);

it('a fault whose file was put right is over at the next start, and is not told as if it were on', async () => {
	const first = await open('put-right', 'wrong-database-password');
	expect(first.fault[0]).toMatch(/^Fault wrong-database-password: .* is out of date/u);
	expect(first.faultFile).toBe(filesIn(first.directory).databasePassword);
	await close(first);
	const again = await open('put-right', 'wrong-database-password');
	expect(again.fault[0]).toMatch(/^Fault wrong-database-password \(still on\): .* is out of date/u);
	await close(again);
	const {databasePassword, rightDatabasePassword} = filesIn(first.directory);
	await copyFile(rightDatabasePassword, databasePassword);
	const mended = await open('put-right', 'wrong-database-password');
	expect(mended.faultOn).toBeUndefined();
	expect(mended.fault).toEqual(['Fault wrong-database-password is over.']);
}, 60_000);
