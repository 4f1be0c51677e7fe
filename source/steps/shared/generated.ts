import {generatedSecretName, keyInGenerated} from '../../answers/secret/generated.ts';
import {isMap} from '../../base/text.ts';
import type {KubeObject} from '../../cluster/types.ts';
import {stepProblems} from '../problems.ts';
import type {World} from '../world.ts';
import {managedBy} from './names.ts';
import type {SecretSource} from './secret-sources.ts';

/** What reading needs of the world. */
type Reader = Pick<World, 'answers' | 'registerSecret' | 'signal'> & {readonly cluster: Pick<World['cluster'], 'get'>};

/** The same for secrets that may stand elsewhere. */
export type SecretReader = Reader & Pick<World, 'resolveSecret'>;

/** Keys and values of a Secret, as the API has them: in base64. */
type Data = Readonly<Record<string, string>>;

/** Tries to write while somebody else writes too. */
const mostTries = 5;

/** Where everything that is generated is kept. */
const generatedSecret = ({answers}: Pick<World, 'answers'>) => ({
	apiVersion: 'v1',
	kind: 'Secret',
	namespace: answers.controlPlane.namespace,
	name: generatedSecretName,
});

/** The same in words: `zenml-pro/zenml-airgap-generated`. */
export const generatedSecretPlace = ({answers}: Pick<World, 'answers'>): string =>
	`${answers.controlPlane.namespace}/${generatedSecretName}`;

/** Does a Secret show what it holds: keys, each with a value? */
const isShown = (data: unknown): data is Data => {
	const values = isMap(data) ? Object.values(data) : [];
	return values.length > 0 && values.every((value) => typeof value === 'string' && value !== '');
};

/**
 * What the Secret holds. One that is there and shows nothing is not one without keys: it was emptied, or something on the way
 * keeps its data back. @throws ProblemError `generated-secret-hidden`
 */
const dataOf = (object: KubeObject): Data => {
	if (isShown(object.data)) return object.data;
	const {namespace = '', name} = object.metadata;
	throw stepProblems.error('generated-secret-hidden', {namespace, name});
};

const encoded = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
const decoded = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8');

/** What is secret of a value that is kept here: all of it, where nothing is said. */
type SecretsIn = (value: string) => readonly string[];

const itself: SecretsIn = (value) => [value];

/** A generated secret, or undefined when it was not made yet. Read-only. */
export const readGenerated = async (
	world: Reader,
	name: string,
	secretsIn: SecretsIn = itself,
): Promise<string | undefined> => {
	const kept = (await readData(world))?.[keyInGenerated(name)];
	if (kept === undefined) return undefined;
	const value = decoded(kept);
	for (const secret of secretsIn(value)) world.registerSecret(secret);
	return value;
};

/**
 * For one reading of several values that are generated: their Secret is asked for once, at the first of them. What is written afterwards is
 * seen by the next reading, so none may be kept.
 */
export const asOneReading = ({answers, registerSecret, resolveSecret, signal, cluster}: SecretReader): SecretReader => {
	const {namespace, name} = generatedSecret({answers});
	let live: ReturnType<typeof cluster.get> | undefined;
	const get: typeof cluster.get = (reference, inner) => {
		const isTheirs = reference.kind === 'Secret' && reference.namespace === namespace && reference.name === name;
		if (!isTheirs) return cluster.get(reference, inner);
		live ??= cluster.get(reference, inner);
		return live;
	};
	return {answers, registerSecret, resolveSecret, signal, cluster: {get}};
};

/** What is kept in the cluster now, in base64. @throws ProblemError `generated-secret-hidden` */
export const readData = async (world: Reader): Promise<Data | undefined> => {
	const live = await world.cluster.get(generatedSecret(world), world.signal);
	return live && dataOf(live);
};

/** Makes the Secret; undefined when somebody else was faster. */
const make = async (world: World, data: Data): Promise<KubeObject | undefined> => {
	const {apiVersion, kind, namespace, name} = generatedSecret(world);
	const metadata = {name, namespace, labels: managedBy};
	return world.cluster.create({apiVersion, kind, metadata, type: 'Opaque', data}, world.signal);
};

/**
 * Adds to the Secret, if it still holds just what was read; else undefined. The server compares: a read that was not shown
 * everything can then replace nothing.
 */
const add = async (world: World, before: Data, additions: Data): Promise<KubeObject | undefined> =>
	world.cluster.patch(
		generatedSecret(world),
		[
			{op: 'test', path: '/data', value: before},
			...Object.entries(additions).map(([key, value]) => ({op: 'add', path: `/data/${key}`, value}) as const),
		],
		world.signal,
	);

/**
 * Stores generated secrets in the cluster before anybody uses them. A name that is there already keeps its value:
 * a second encryption key would make the first one's data unreadable.
 * @throws ProblemError `generated-secret-contended` when somebody else keeps writing to it, `generated-secret-hidden`
 */
export const storeGenerated = async (
	world: World,
	wanted: Readonly<Record<string, string>>,
	secretsIn: SecretsIn = itself,
): Promise<void> => {
	for (const secret of Object.values(wanted).flatMap(secretsIn)) world.registerSecret(secret);
	for (let tries = 0; tries < mostTries; tries += 1) {
		const before = await readData(world);
		const missing = Object.entries(wanted).filter(([name]) => before?.[keyInGenerated(name)] === undefined);
		if (missing.length === 0) return;
		const additions = Object.fromEntries(missing.map(([name, value]) => [keyInGenerated(name), encoded(value)]));
		if (await (before ? add(world, before, additions) : make(world, additions))) return;
	}
	throw stepProblems.error('generated-secret-contended', {secret: generatedSecretName});
};

/**
 * Puts values of a backup into the Secret exactly as they were, in base64, in the place of others. Done again it goes on.
 * @throws ProblemError `generated-secret-contended`, `generated-secret-hidden`
 */
export const putGenerated = async (world: World, wanted: Data): Promise<void> => {
	for (let tries = 0; tries < mostTries; tries += 1) {
		const before = await readData(world);
		const differing = Object.entries(wanted).filter(([key, value]) => before?.[key] !== value);
		if (differing.length === 0) return;
		const values = Object.fromEntries(differing);
		if (await (before ? add(world, before, values) : make(world, values))) return;
	}
	throw stepProblems.error('generated-secret-contended', {secret: generatedSecretName});
};

/** The secret behind an answer: read from where its reference points, or the generated one; undefined when that is not made yet. */
export const secretFor = async (
	world: SecretReader,
	{reference, answer, generated}: SecretSource,
): Promise<string | undefined> =>
	reference === 'generate' ? readGenerated(world, generated) : world.resolveSecret(reference, answer);

/** The same where an earlier step has made it. @throws ProblemError `generated-secret-missing` */
export const requireSecret = async (world: SecretReader, source: SecretSource): Promise<string> => {
	const value = await secretFor(world, source);
	if (value !== undefined) return value;
	throw stepProblems.error('generated-secret-missing', {
		name: source.generated,
		secret: generatedSecretPlace(world),
	});
};
