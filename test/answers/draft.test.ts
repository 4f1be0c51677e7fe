import {describe, expect, it} from 'vitest';
import {
	addItem,
	type Draft,
	getAt,
	parseField,
	removeAt,
	removeItem,
	setAt,
	setUnlessDefault,
	showField,
	suggest,
	validateDraft,
	validateField,
} from '../../source/answers/draft.ts';
import {loadDraft} from '../../source/answers/file/load.ts';
import {topics} from '../../source/answers/questions.ts';
import {canBeMade} from '../../source/answers/secret/reference-forms.ts';
import {base, shortest} from './samples.ts';

const full = loadDraft({text: shortest, ...base}).draft;

describe('a draft', () => {
	it('is never changed in place', () => {
		const before = structuredClone(full);
		setAt(full, 'workspaces.0.database.name', 'x');
		removeAt(full, 'workspaces.0.host');
		addItem(full, 'workspaces');
		removeItem(full, 'workspaces', 0);
		expect(full).toEqual(before);
	});

	it('makes the maps and lists on the way to a value', () => {
		expect(setAt({}, 'workspaces.0.database.name', 'x')).toEqual({workspaces: [{database: {name: 'x'}}]});
		expect(setAt({}, 'organization.users.1.username', 'x')).toEqual({organization: {users: [{}, {username: 'x'}]}});
	});

	it('finds nothing where nothing is, even under names that every object has', () => {
		expect(getAt({}, 'registry.host')).toBeUndefined();
		expect(getAt({}, 'constructor')).toBeUndefined();
		expect(getAt({registry: 'x'}, 'registry.length')).toBeUndefined();
	});

	it('takes a value out with undefined', () => {
		expect(setAt({registry: {host: 'a', prefix: 'b'}}, 'registry.prefix', undefined)).toEqual({registry: {host: 'a'}});
		expect(removeAt({}, 'registry.host')).toEqual({});
	});

	it('adds and removes an optional group by yes and no', () => {
		const added = setAt({}, 'database.admin', true);
		expect(added).toEqual({database: {admin: {}}});
		const filled = setAt(added, 'database.admin.username', 'dba');
		expect(setAt(filled, 'database.admin', true)).toEqual(filled);
		expect(setAt(filled, 'database.admin', false)).toEqual({database: {}});
	});
});

describe('a default that was agreed to', () => {
	it.each([
		['ingress.httpsPort', 443],
		['ingress.annotations', {'nginx.ingress.kubernetes.io/proxy-body-size': '256m'}],
		['registry.password', undefined],
		['database.admin', false],
	])('stays a default: %s is not written down', (path, value) => {
		expect(setUnlessDefault(full, path, value)).toEqual(full);
	});

	it('replaces what was written before, and anything else is written', () => {
		expect(
			getAt(setUnlessDefault(setAt(full, 'ingress.httpsPort', 7), 'ingress.httpsPort', 443), 'ingress.httpsPort'),
		).toBe(443);
		expect(getAt(setUnlessDefault(full, 'database.port', 7), 'database.port')).toBe(7);
		expect(getAt(setUnlessDefault(full, 'database.admin', true), 'database.admin')).toEqual({});
		expect(
			getAt(setUnlessDefault(setAt(full, 'registry.prefix', 'a'), 'registry.prefix', undefined), 'registry.prefix'),
		).toBe(undefined);
	});
});

describe('reading what was typed', () => {
	it.each([
		['registry.host', ' r.corp ', 'r.corp'],
		['registry.host', '', undefined],
		['registry.prefix', '', ''],
		['registry.username', '', undefined],
		['database.port', '5433', 5433],
		['database.port', '54x', '54x'],
		['database.port', '', undefined],
		['registry.plainHttp', 'Yes', true],
		['registry.plainHttp', 'n', false],
		['registry.plainHttp', 'maybe', 'maybe'],
		['database.tls', 'require', 'require'],
		['version', '1', 1],
		['registry.password', 'env:A', 'env:A'],
		['registry.password', 'hunter2', 'prompt'],
		['registry.password', '', undefined],
		['ingress.annotations', 'a/b=c, d=e=f', {'a/b': 'c', d: 'e=f'}],
		['ingress.annotations', '{"a": "b, c"}', {a: 'b, c'}],
		['ingress.annotations', 'nonsense', 'nonsense'],
		[
			'workloadManager.podResources',
			'requests.cpu=1, limits.memory=2Gi',
			{requests: {cpu: '1'}, limits: {memory: '2Gi'}},
		],
		['workspaces.*.environment', '{A: 1}', {A: '1'}],
		['database.admin', 'yes', {}],
		['database.admin', 'no', undefined],
	])('reads %s typed as "%s"', (path, text, expected) => {
		expect(parseField({path}, text)).toEqual(expected);
	});

	it.each([
		['ingress.annotations', {'a.b/c': 'd'}],
		['ingress.annotations', {a: 'b, c'}],
		['workloadManager.podResources', {requests: {cpu: '1', 'nvidia.com/gpu': '1'}, limits: {memory: '2Gi'}}],
		['registry.plainHttp', true],
		['database.port', 5433],
		['registry.host', 'r.corp'],
	])('reads back what it shows of %s', (path, value) => {
		expect(parseField({path}, showField(value))).toEqual(value);
	});

	it('throws for a path that is no answer', () => {
		expect(() => parseField({path: 'registry.colour'}, 'x')).toThrow(TypeError);
	});
});

describe('validating one answer', () => {
	it.each([
		['registry.host', undefined, 'is missing'],
		['registry.host', 'https://r', 'must be host or host:port in lower case, without https://'],
		['registry.prefix', undefined, undefined],
		['database.port', '54x', 'must be a whole number, not text'],
		[
			'controlPlane.host',
			'zenml-workspace.corp.internal',
			'is the same host name as workspaces.0.host: "zenml-workspace.corp.internal"; they must differ',
		],
		[
			'workspaces.0.host',
			'zenml-pro.corp.internal',
			'is the same host name as controlPlane.host: "zenml-pro.corp.internal"; they must differ',
		],
		['registry.username', 'ada', undefined],
		['database.admin.password', 'generate', 'cannot be generated: this login exists already'],
		['backup.passphrase', 'generate', 'cannot be generated: it would be kept in the cluster alone'],
		['registry.password', 'hunter2', 'must be a reference to a secret, not the secret itself'],
		['workloadManager.podResources', 'x', 'must be a map, not text'],
		[
			'workloadManager.podResources',
			{limits: {cpu: 'x'}},
			'limits.cpu must be a Kubernetes quantity such as 500m or 2Gi',
		],
		[
			'controlPlane.resources.limits.cpu',
			'100m',
			'is less than controlPlane.resources.requests.cpu; Kubernetes refuses such pods',
		],
		[
			'controlPlane.namespace',
			'zenml-workspace',
			'is the same namespace as workspaces.0.namespace: "zenml-workspace"; they must differ',
		],
		['workspaces', [], 'must have at least one entry'],
		['workspaces', undefined, 'is missing'],
	])('judges %s as %o', (path, value, expected) => {
		expect(validateField(setAt(full, path, value), path)).toBe(expected);
	});

	it.each([
		'registry.username',
		'database.admin.username',
		'controlPlane.admin.username',
		'organization.users.0.username',
	])('does not take a reference for the name that %s is', (path) => {
		const words = 'must be the name itself: references such as file:PATH are for passwords and keys';
		for (const slip of ['file:/run/secrets/admin', 'env:ADMIN', 'k8s:zenml/db/name'])
			expect(validateField(setAt(full, path, slip), path)).toBe(words);
		expect(validateField(setAt(full, path, 'file-keeper'), path)).not.toBe(words);
	});

	it.each(topics.flatMap(({questions}) => questions.flatMap(({kind, path}) => (kind === 'secret' ? [path] : []))))(
		'takes generate at %s only where this tool can make it',
		(general) => {
			const path = general.replace('*', '0');
			const refused = validateField(setAt(full, path, 'generate'), path)?.startsWith('cannot be generated') ?? false;
			expect(refused).toBe(!canBeMade(path));
		},
	);

	it('asks for the password where a login is given', () => {
		expect(validateField(setAt(full, 'registry.username', 'ada'), 'registry.password')).toBe(
			'is needed with registry.username',
		);
	});

	it('judges one answer whatever is wrong with the others', () => {
		expect(
			validateField({workspaces: 'x', controlPlane: {replicas: 0, host: 'a.bc'}}, 'controlPlane.host'),
		).toBeUndefined();
	});
});

describe('validating a draft', () => {
	it('gives complete answers, with absolute paths where a folder is given', () => {
		const judged = validateDraft(setAt(full, 'tls.key', 'k'), {baseDirectory: '/srv'});
		expect(judged).toMatchObject({ok: true, answers: {tls: {key: '/srv/k'}, network: {waitMinutes: 60}}});
		expect(validateDraft(setAt(full, 'tls.key', 'k'))).toMatchObject({ok: true, answers: {tls: {key: 'k'}}});
	});

	it('tells every issue with its path and the next move', () => {
		const judged = validateDraft(removeAt(setAt(full, 'ingress.httpsPort', 0), 'tls.key'));
		expect(judged).toEqual({
			ok: false,
			issues: [
				{path: 'tls.key', message: 'is missing', fix: 'Add tls.key. For example: /etc/pki/zenml/tls.key'},
				{path: 'ingress.httpsPort', message: 'must be between 1 and 65535', fix: 'Change it. For example: 443'},
			],
		});
	});
});

describe('lists', () => {
	it('gives a second workspace names of its own, so that only its name and host are missing', () => {
		const two = addItem(full, 'workspaces');
		expect(getAt(two, 'workspaces.1')).toEqual({
			namespace: 'zenml-workspace-2',
			database: {name: 'zenml_workspace_2', username: 'zenml_workspace_2_user'},
		});
		const judged = validateDraft(two);
		expect(judged.ok ? [] : judged.issues.map(({path}) => path)).toEqual(['workspaces.1.name', 'workspaces.1.host']);
	});

	it('never gives a name that another workspace has, even after one was removed', () => {
		const three = addItem(addItem(full, 'workspaces'), 'workspaces');
		const again = addItem(removeItem(three, 'workspaces', 1), 'workspaces');
		expect(getAt(again, 'workspaces.2.namespace')).not.toBe(getAt(again, 'workspaces.1.namespace'));
		expect(getAt(again, 'workspaces.2.database.name')).not.toBe(getAt(again, 'workspaces.1.database.name'));
	});

	it('gives a complete draft when each suggestion is taken', () => {
		let draft: Draft = addItem(full, 'workspaces');
		for (const key of ['name', 'host'] as const)
			draft = setAt(draft, `workspaces.1.${key}`, suggest(draft, `workspaces.1.${key}`));
		expect(validateDraft(draft)).toMatchObject({ok: true});
	});

	it('adds a user without names', () => {
		expect(addItem({}, 'organization.users')).toEqual({organization: {users: [{}]}});
	});
});

describe('suggesting answers', () => {
	const known: Draft = {controlPlane: {host: 'zenml-pro.corp.internal'}, tls: {certificate: '/pki/site.crt'}};
	it.each([
		['workspaces.0.host', 'zenml-workspace.corp.internal'],
		['workspaces.1.host', 'zenml-workspace-2.corp.internal'],
		['workspaces.0.name', 'default'],
		['workspaces.1.name', 'workspace-2'],
		['workspaces.0.namespace', 'zenml-workspace'],
		['registry.host', 'internal-registry.corp.internal'],
		['database.host', 'mysql.corp.internal'],
		['controlPlane.database.server.host', 'mysql.corp.internal'],
		['tls.key', '/pki/site.key'],
		['tls.ca', '/pki/ca.crt'],
		['ingress.httpsPort', 443],
		['database.tls', 'verify-full'],
		['database.port', undefined],
		['controlPlane.database.server', false],
		['database.admin', false],
		['registry.username', undefined],
		['organization.users.0.username', undefined],
	])('suggests for %s', (path, expected) => {
		expect(suggest(known, path)).toBe(expected);
	});

	it.each([
		['registry.corp.internal:5000', 'zenml-pro.corp.internal'],
		['registry', undefined],
		['10.0.0.7:5000', undefined],
	])('takes the domain from the registry %s', (host, expected) => {
		expect(suggest({registry: {host}}, 'controlPlane.host')).toBe(expected);
	});
});
