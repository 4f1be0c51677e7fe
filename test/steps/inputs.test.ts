import {describe, expect, it} from 'vitest';
import {type Answers, answersSchema} from '../../source/answers/schema.ts';
import {fingerprintOf} from '../../source/engine/fingerprint.ts';
import {installPlan} from '../../source/plans/install.ts';

const given = {
	registry: {host: 'registry.example.com', username: 'installer', password: 'env:REGISTRY'},
	tls: {certificate: '/tls/tls.crt', key: '/tls/tls.key', ca: '/tls/ca.crt'},
	database: {host: 'db.example.com', admin: {password: 'env:DBA'}},
	controlPlane: {host: 'zenml.example.com'},
	organization: {users: [{username: 'ada'}]},
	workspaces: [{name: 'default', host: 'workspace.example.com'}],
	workloadManager: {enabled: true},
};

type Mutable = {[key: string]: Mutable};

/** The answers with one of them changed. */
const withAnswer = (at: string, value: unknown): Answers => {
	const copy = structuredClone(answersSchema.parse(given)) as unknown as Mutable;
	const keys = at.split('.');
	const last = keys.pop() ?? '';
	const parent = keys.reduce((inner, key) => (inner[key] ??= {} as Mutable), copy);
	(parent as Record<string, unknown>)[last] = value;
	return answersSchema.parse(copy);
};

const before = answersSchema.parse(given);
const staleAfter = (at: string, value: unknown): readonly string[] => {
	const after = withAnswer(at, value);
	return installPlan.steps
		.filter(({inputs}) => fingerprintOf(inputs(before)) !== fingerprintOf(inputs(after)))
		.map(({id}) => id);
};

/** A changed answer and exactly the steps that depend on it, in the order of the install. */
const table: readonly (readonly [at: string, value: unknown, stale: string])[] = [
	['bundle.path', '/other', 'bundle prerequisites images control-plane workspaces verification'],
	['kubernetes.context', 'other', 'prerequisites'],
	['registry.host', 'other.example.com', 'prerequisites images secrets control-plane workspaces verification'],
	['registry.prefix', 'team/zenml', 'prerequisites images control-plane workspaces verification'],
	['registry.password', 'env:OTHER', 'prerequisites images secrets'],
	['registry.pullSecretName', 'pull', 'prerequisites secrets control-plane workspaces workload-manager'],
	['tls.certificate', '/tls/other.crt', 'prerequisites secrets control-plane workspaces'],
	[
		'tls.ca',
		'/tls/other-ca.crt',
		'prerequisites secrets databases control-plane workspaces ca artifact-storage verification',
	],
	['ingress.className', 'traefik', 'prerequisites control-plane workspaces'],
	['ingress.address', '10.1.2.3', 'prerequisites dns verification'],
	['ingress.httpsPort', 8443, 'prerequisites control-plane workspaces ca verification'],
	['database.host', 'db2.example.com', 'prerequisites databases control-plane workspaces'],
	['database.admin.password', 'env:OTHER', 'prerequisites databases'],
	['controlPlane.replicas', 3, 'prerequisites databases control-plane verification'],
	['controlPlane.admin.password', 'env:ADMIN', 'prerequisites secrets control-plane onboarding verification'],
	['controlPlane.database.name', 'pro', 'prerequisites databases control-plane verification'],
	['organization.name', 'acme', 'onboarding workspaces'],
	['organization.users.0.role', 'admin', 'onboarding'],
	['organization.users.0.password', 'env:ADA', 'prerequisites secrets onboarding'],
	['workspaces.0.environment', {ZENML_DEBUG: 'true'}, 'prerequisites workspaces verification'],
	['workspaces.0.host', 'other.example.com', 'prerequisites workspaces dns ca verification'],
	['workspaces.0.namespace', 'other', 'prerequisites namespaces secrets workspaces workload-manager verification'],
	['workloadManager.maxConcurrentRuns', 5, 'prerequisites workspaces workload-manager'],
	['network.podChecks', false, 'databases dns ca workload-manager artifact-storage'],
	['artifacts', {kind: 'nfs', nfs: {server: 'nfs.example.com', path: '/x'}}, 'prerequisites artifact-storage'],
	['network.dnsHandover', 'confirm', 'dns'],
	['network.caHandover', 'wait', 'ca'],
	['network.waitMinutes', 5, ''],
	['hooks.started', {command: '/bin/tell'}, 'prerequisites'],
	['helm.timeoutMinutes', 30, ''],
];

describe('inputs of the steps', () => {
	it.each(table)('%s = %j makes exactly these steps stale: %s', (at, value, stale) => {
		expect(staleAfter(at, value)).toEqual(stale.split(' ').filter((id) => id !== ''));
	});

	it('nothing is stale while nothing changed, whatever the order of keys', () => {
		const turned = Object.fromEntries(Object.entries(before).reverse()) as Answers;
		for (const {inputs} of installPlan.steps) expect(fingerprintOf(inputs(turned))).toBe(fingerprintOf(inputs(before)));
	});
});
