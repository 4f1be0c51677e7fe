import {generateHexKey, generateSecret} from '../answers/secrets.ts';
import {type ProblemInput, problem} from '../base/problem.ts';
import type {KubeObject} from '../cluster/types.ts';
import type {Change, Finding} from '../engine/plan.ts';
import {readGenerated, requireSecret, storeGenerated} from './shared/generated.ts';
import {
	caSecretName,
	componentsOf,
	databaseSecretName,
	generatedSecretName,
	managedBy,
	namespacesOf,
	workspaceId,
} from './shared/names.ts';
import {type Step, shortTimeouts, type World} from './world.ts';

/** Everything that has to be generated for these answers: name to the function that makes it. */
export const generatedNames = (answers: World['answers']): ReadonlyMap<string, () => string> => {
	const {controlPlane, organization, workspaces} = answers;
	const passwords = [
		{name: 'controlPlane.admin.password', ref: controlPlane.admin.password},
		...componentsOf(answers).map(({id, answers: {database}}) => ({
			name: `${id}.database.password`,
			ref: database.password,
		})),
		...organization.users.map(({username, password}) => ({name: `users.${username}.password`, ref: password})),
	].filter(({ref}) => ref === 'generate');
	return new Map<string, () => string>([
		...passwords.map(({name}) => [name, generateSecret] as const),
		...workspaces.flatMap((workspace) => [
			[`${workspaceId(workspace)}.encryptionKey`, generateHexKey] as const,
			[`${workspaceId(workspace)}.jwtSecretKey`, generateHexKey] as const,
		]),
	]);
};

const secret = (namespace: string, name: string, type: string, data: Readonly<Record<string, string>>): KubeObject => ({
	apiVersion: 'v1',
	kind: 'Secret',
	metadata: {name, namespace, labels: managedBy},
	type,
	data: Object.fromEntries(
		Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'utf8').toString('base64')]),
	),
});

/** `auths` of a Docker config for one registry, as `kubectl create secret docker-registry` writes it. */
const pullSecretData = (host: string, username: string, password: string): string =>
	JSON.stringify({
		auths: {[host]: {username, password, auth: Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}},
	});

const read = async (world: World) => {
	const {answers, host} = world;
	const {tls, database, registry} = answers;
	const key = await host.readFile(tls.key, 'tls.key');
	world.registerSecret(key);
	const password =
		registry.password === undefined ? undefined : await world.resolveSecret(registry.password, 'registry.password');
	return {
		certificate: await host.readFile(tls.certificate, 'tls.certificate'),
		key,
		ca: await host.readFile(tls.ca, 'tls.ca'),
		databaseCa: await host.readFile(database.ca ?? tls.ca, database.ca === undefined ? 'tls.ca' : 'database.ca'),
		pull:
			registry.username !== undefined && password !== undefined
				? pullSecretData(registry.host, registry.username, password)
				: undefined,
	};
};

/** The secrets of every namespace; those that need a password not generated yet are left out by the caller's choice. */
const wishes = async (
	world: World,
	passwords: ReadonlyMap<string, string | undefined>,
): Promise<readonly KubeObject[]> => {
	const {answers} = world;
	const files = await read(world);
	if (files.pull !== undefined) {
		world.registerSecret(files.pull);
		world.registerSecret(Buffer.from(files.pull, 'utf8').toString('base64'));
	}
	const everywhere = namespacesOf(answers).flatMap((namespace) => [
		...(files.pull === undefined
			? []
			: [
					secret(namespace, answers.registry.pullSecretName, 'kubernetes.io/dockerconfigjson', {
						'.dockerconfigjson': files.pull,
					}),
				]),
		secret(namespace, caSecretName, 'Opaque', {'ca.crt': files.ca}),
	]);
	const components = componentsOf(answers).flatMap(({id, answers: {namespace}}) => {
		const password = passwords.get(id);
		return [
			secret(namespace, answers.tls.secretName, 'kubernetes.io/tls', {
				'tls.crt': files.certificate,
				'tls.key': files.key,
			}),
			...(password === undefined
				? []
				: [secret(namespace, databaseSecretName, 'Opaque', {password, 'ca.pem': files.databaseCa})]),
		];
	});
	return [...everywhere, ...components];
};

const databasePasswords = async (
	world: World,
	lookUp: (ref: string, name: string, answer: string) => Promise<string | undefined>,
) =>
	new Map(
		await Promise.all(
			componentsOf(world.answers).map(
				async ({id, path, answers: {database}}) =>
					[id, await lookUp(database.password, `${id}.database.password`, `${path}.database.password`)] as const,
			),
		),
	);

/** Workspaces that are installed, while the keys their data is encrypted with are not in the cluster any more. */
const keysLost = async (
	{answers, helm, signal}: World,
	missing: readonly string[],
): Promise<ProblemInput | undefined> => {
	const {namespace} = answers.controlPlane;
	for (const workspace of answers.workspaces) {
		if (!missing.includes(`${workspaceId(workspace)}.encryptionKey`)) continue;
		if (!(await helm.release(workspace.release, workspace.namespace, signal))) continue;
		return {
			code: 'generated-secret-lost',
			area: 'cluster',
			message: `Workspace ${workspace.name} is installed, but its keys are not in the cluster.`,
			cause: `The Secret ${namespace}/${generatedSecretName} was deleted or lost its keys. A new encryption key would make all secrets that the workspace stores unreadable, so none is made.`,
			fix: 'Restore that Secret from a backup; the keys also stand in the values of the release.',
			nextSteps: [`helm -n ${workspace.namespace} get values ${workspace.release}`],
		};
	}
	return undefined;
};

const check = async (world: World): Promise<Finding> => {
	const {answers, cluster, signal} = world;
	const names = [...generatedNames(answers).keys()];
	const present = await Promise.all(names.map(async (name) => readGenerated(world, name)));
	const missing = names.filter((_name, index) => present[index] === undefined);
	const lost = await keysLost(world, missing);
	if (lost) return {status: 'blocked', problem: problem(lost)};
	const passwords = await databasePasswords(world, async (ref, name, answer) =>
		ref === 'generate' ? readGenerated(world, name) : world.resolveSecret(ref, answer),
	);
	const objects = await wishes(world, passwords);
	const diffs = await Promise.all(
		objects.map(async (object): Promise<Change[]> => {
			const {name, namespace} = object.metadata;
			const target = `secret ${namespace}/${name}`;
			const live = await cluster.get(
				{apiVersion: 'v1', kind: 'Secret', name, ...(namespace ? {namespace} : {})},
				signal,
			);
			if (!live) return [{action: 'create', target}];
			const fields = await cluster.diff(object, signal);
			return fields.length === 0 ? [] : [{action: 'update', target, detail: fields.join(', ')}];
		}),
	);
	const changes: readonly Change[] = [
		...(missing.length > 0
			? [
					{
						action: 'create' as const,
						target: `secret ${answers.controlPlane.namespace}/${generatedSecretName}`,
						detail: `${missing.length} generated values`,
					},
				]
			: []),
		...componentsOf(answers)
			.filter(({id}) => passwords.get(id) === undefined)
			.map(
				({answers: {namespace}}): Change => ({action: 'create', target: `secret ${namespace}/${databaseSecretName}`}),
			),
		...diffs.flat(),
	];
	return changes.length > 0
		? {status: 'todo', changes}
		: {status: 'ok', note: `${objects.length} secrets in ${namespacesOf(answers).length} namespaces`};
};

const apply = async (world: World): Promise<void> => {
	const names = [...generatedNames(world.answers)];
	await storeGenerated(world, Object.fromEntries(names.map(([name, make]) => [name, make()])));
	const passwords = await databasePasswords(world, async (ref, name, answer) =>
		requireSecret(world, ref, name, answer),
	);
	for (const object of await wishes(world, passwords)) {
		await world.cluster.apply(object, {signal: world.signal, force: true});
		world.report({
			kind: 'line',
			level: 'info',
			text: `secret ${object.metadata.namespace}/${object.metadata.name} applied`,
		});
	}
};

/** Guide step 4: pull, TLS, CA and database secrets in every namespace that uses them, and everything that is generated. */
export const secretsStep: Step = {
	id: 'secrets',
	title: 'Secrets',
	why: 'Helm hooks run before anything else of a release, so pull, TLS, CA and database secrets must be there first.',
	area: 'cluster',
	inputs: (answers) => ({
		registry: {
			host: answers.registry.host,
			username: answers.registry.username,
			password: answers.registry.password,
			secret: answers.registry.pullSecretName,
		},
		tls: answers.tls,
		databaseCa: answers.database.ca,
		components: componentsOf(answers).map(({id, answers: {namespace, database}}) => ({
			id,
			namespace,
			password: database.password,
		})),
		users: answers.organization.users.map(({username, password}) => ({username, password})),
		admin: answers.controlPlane.admin.password,
		namespaces: namespacesOf(answers),
	}),
	timeouts: shortTimeouts,
	check,
	apply,
};
