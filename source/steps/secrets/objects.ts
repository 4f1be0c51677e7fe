import type {KubeObject} from '../../cluster/types.ts';
import {clientCertificateOf, databaseCa, serverOf} from '../shared/database-logins.ts';
import {
	type Component,
	caSecretName,
	componentsOf,
	databaseKeys,
	databaseSecretName,
	managedBy,
	namespacesOf,
	secretTarget,
} from '../shared/names.ts';
import type {World} from '../world.ts';

type Data = Readonly<Record<string, string>>;

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

const secret = (namespace: string, name: string, type: string, data: Data): KubeObject => ({
	apiVersion: 'v1',
	kind: 'Secret',
	metadata: {name, namespace, labels: managedBy},
	type,
	data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, base64(value)])),
});

/** `auths` of a Docker config for one registry, as `kubectl create secret docker-registry` writes it. */
const dockerConfig = (host: string, username: string, password: string): string =>
	JSON.stringify({auths: {[host]: {username, password, auth: base64(`${username}:${password}`)}}});

/** What lets pods pull; undefined for a registry without login. */
const pullConfig = async ({answers, resolveSecret, registerSecret}: World): Promise<string | undefined> => {
	const {host, username, password: reference} = answers.registry;
	if (username === undefined || reference === undefined) return undefined;
	const password = await resolveSecret(reference, 'registry.password');
	const config = dockerConfig(host, username, password);
	// Not the whole as it is read: it names host and user, which are no secrets, and parts of a secret are masked, too.
	registerSecret(base64(`${username}:${password}`));
	registerSecret(base64(config));
	return config;
};

const ofPulling = (namespace: string, name: string, config: string): KubeObject =>
	secret(namespace, name, 'kubernetes.io/dockerconfigjson', {'.dockerconfigjson': config});

/** The pull secret in one more namespace; none for a registry without login. */
export const pullSecretIn = async (world: World, namespace: string): Promise<readonly KubeObject[]> => {
	const config = await pullConfig(world);
	return config === undefined ? [] : [ofPulling(namespace, world.answers.registry.pullSecretName, config)];
};

/** Certificate and key of all host names. */
const tlsPair = async ({answers, host, registerSecret}: World): Promise<Data> => {
	const key = await host.readFile(answers.tls.key, 'tls.key');
	registerSecret(key);
	return {'tls.crt': await host.readFile(answers.tls.certificate, 'tls.certificate'), 'tls.key': key};
};

/** What pods of every namespace need: leave to pull, and the CA. */
const ofNamespaces = async (world: World): Promise<readonly KubeObject[]> => {
	const {answers, host} = world;
	const pull = await pullConfig(world);
	const ca = await host.readFile(answers.tls.ca, 'tls.ca');
	const {pullSecretName} = answers.registry;
	return namespacesOf(answers).flatMap((namespace) => [
		...(pull === undefined ? [] : [ofPulling(namespace, pullSecretName, pull)]),
		secret(namespace, caSecretName, 'Opaque', {'ca.crt': ca}),
	]);
};

/** Login of a component to its own database server, and what both show each other. */
const databaseData = async (world: World, component: Component, password: string): Promise<Data> => {
	const server = serverOf(world, component);
	const client = await clientCertificateOf(world, server);
	return {
		[databaseKeys.password]: password,
		[databaseKeys.ca]: await databaseCa(world, server),
		...(client && {[databaseKeys.clientCertificate]: client.certificate, [databaseKeys.clientKey]: client.key}),
	};
};

const databaseSecret = async (world: World, component: Component, password: string): Promise<KubeObject> =>
	secret(component.answers.namespace, databaseSecretName, 'Opaque', await databaseData(world, component, password));

/** What the servers themselves need: their certificate, and their login to the database. */
const ofComponents = async (world: World, passwords: Passwords): Promise<readonly KubeObject[]> => {
	const {answers} = world;
	const pair = await tlsPair(world);
	const ofOne = async (component: Component): Promise<readonly KubeObject[]> => {
		const {namespace} = component.answers;
		const ofTls = secret(namespace, answers.tls.secretName, 'kubernetes.io/tls', pair);
		const password = passwords.get(component.id);
		if (password === undefined) return [ofTls];
		return [ofTls, await databaseSecret(world, component, password)];
	};
	return (await Promise.all(componentsOf(answers).map(ofOne))).flat();
};

/** Passwords of the components' database roles, by the component's id; undefined for one that is not made yet. */
export type Passwords = ReadonlyMap<string, string | undefined>;

/** The Secrets of every namespace; one that needs a password that is not made yet is left out. */
export const secretObjects = async (world: World, passwords: Passwords): Promise<readonly KubeObject[]> => [
	...(await ofNamespaces(world)),
	...(await ofComponents(world, passwords)),
];

/** The Secrets that `secretObjects` leaves out, with an empty password in place of the one that is generated first. */
export const secretsToFollow = async (world: World, passwords: Passwords): Promise<readonly KubeObject[]> =>
	Promise.all(
		componentsOf(world.answers)
			.filter(({id}) => passwords.get(id) === undefined)
			.map(async (component) => databaseSecret(world, component, '')),
	);

/** `secret zenml-pro/zenml-tls`. */
export const secretName = ({metadata: {namespace = '', name}}: KubeObject): string => secretTarget(namespace, name);
