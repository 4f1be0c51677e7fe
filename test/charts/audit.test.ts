import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {gzipSync} from 'node:zlib';
import {execa} from 'execa';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {fetchHelm} from '../../scripts/fetch-helm.mjs';
import {ProblemError} from '../../source/base/problem.ts';
import {auditProblem, auditValues, knows, readChart} from '../../source/charts/index.ts';
import {chartFolder, oldChart} from './samples.ts';

let folder = '';
beforeAll(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'zenml-airgap-charts-'));
});
afterAll(() => rm(folder, {recursive: true, force: true}));

/** Chart, a key as somebody might write it, and what the audit says. */
test.each<[string, unknown, string, string | undefined]>([
	['zenml', {server: {resources: {limits: {cpu: '1'}}}}, 'server.resources', 'resources'],
	['zenml', {server: {database: {external: {host: 'h'}}}}, 'server.database.external', 'server.database.url'],
	['zenml', {server: {pro: {tenantID: 'x'}}}, 'server.pro.tenantID', 'server.pro.workspaceID'],
	['zenml', {server: {replicacount: 2}}, 'server.replicacount', 'server.replicaCount'],
	['zenml', {server: {ingress: {anotations: {}}}}, 'server.ingress.anotations', 'server.ingress.annotations'],
	['zenml', {podDisruptionBudget: {enabled: true}}, 'podDisruptionBudget', undefined],
	['zenml', {server: {image: 'zenml:1'}}, 'server.image', 'server.image.repository'],
	['zenml-0.93.0', {server: {serverURL: 'https://a'}}, 'server', 'zenml'],
	['zenml-0.73.0', {zenml: {pro: {workspaceID: 'x'}}}, 'zenml.pro.workspaceID', 'zenml.pro.tenantID'],
	['zenml-0.73.0', {zenml: {certificates: {secretRefs: []}}}, 'zenml.certificates', undefined],
	[
		'zenml-0.73.0',
		{zenml: {database: {passwordSecretRef: {name: 'a'}}}},
		'zenml.database.passwordSecretRef',
		undefined,
	],
])('%s: %j is refused at %s, with the hint %s', async (name, values, at, suggestion) => {
	const contents = await readChart(name === 'zenml' ? chartFolder(name) : oldChart(name));
	const unknown = auditValues(values, contents);
	expect(unknown).toEqual([{path: at, ...(suggestion === undefined ? {} : {suggestion})}]);
	expect(auditProblem(unknown, contents.metadata)).toMatchObject({code: 'chart-keys-unknown', area: 'bundle'});
});

/** Keys that stand in values.yaml only as comments or empty maps, and maps whose children are free. */
test.each<[string, unknown]>([
	['zenml', {server: {threadPoolSize: 20, database: {poolSize: '10', maxOverflow: '-1', backupPVStorageSize: '1Gi'}}}],
	['zenml', {server: {environment: {ANY: 'x'}, ingress: {annotations: {'a.b/c': 'd'}}}, nodeSelector: {a: 'b'}}],
	['zenml', {securityContext: {seccompProfile: {type: 'RuntimeDefault'}}, resources: {limits: {memory: '1Gi'}}}],
	['zenml', {server: {database: {sslCa: {secretRef: {name: 'a', key: 'b'}}}}, tolerations: [{key: 'a'}]}],
	['zenml', {zenml: {serverURL: 'https://old.name', pro: {workspaceID: 'x'}}}],
	['zenml-0.93.0', {zenml: {threadPoolSize: 20, database: {poolSize: '10', sslCa: {secretRef: {name: 'a'}}}}}],
	['zenml-0.73.0', {zenml: {threadPoolSize: 20, database: {poolSize: '10'}}, global: {anything: 1}}],
])('%s: %j is known', async (name, values) => {
	const contents = await readChart(name === 'zenml' ? chartFolder(name) : oldChart(name));
	expect(auditValues(values, contents)).toEqual([]);
});

test('a packed chart reads like its folder', async () => {
	const {helm} = await fetchHelm('4.2.3');
	await execa(helm, ['package', chartFolder('zenml'), '--destination', folder], {env: {HOME: folder}});
	const packed = await readChart(path.join(folder, 'zenml-0.95.1.tgz'));
	const plain = await readChart(chartFolder('zenml'));
	expect(packed.metadata).toEqual(plain.metadata);
	expect(packed.known).toEqual(plain.known);
	expect(knows(packed.known, 'server.database.poolSize')).toBe(true);
});

test.each([
	['text instead of an archive', Buffer.from('hello')],
	['an archive without Chart.yaml', gzipSync(Buffer.alloc(1024))],
])('%s is a problem of the bundle that names the file', async (what, bytes) => {
	const file = path.join(folder, `${what}.tgz`);
	await writeFile(file, bytes);
	const error = await readChart(file).catch((caught: unknown) => caught);
	if (!(error instanceof ProblemError)) throw error;
	expect(error.problem).toMatchObject({code: 'chart-unreadable', area: 'bundle', location: {file}});
});
