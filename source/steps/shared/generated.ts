import type {KubeObject} from '../../cluster/types.ts';
import {stepProblems} from '../problems.ts';
import type {World} from '../world.ts';
import {generatedSecretName, managedBy} from './names.ts';
import type {SecretSource} from './secret-sources.ts';

/** Keys and values of a Secret, as the API has them: in base64. */
type Data = Readonly<Record<string, string>>;

/** Tries to write while somebody else writes too. */
const mostTries = 5;

/** Where everything that is generated is kept. */
const generatedSecret = ({answers}: World) => ({
	apiVersion: 'v1',
	kind: 'Secret',
	namespace: answers.controlPlane.namespace,
	name: generatedSecretName,
});

/** The same in words: `zenml-pro/zenml-airgap-generated`. */
export const generatedSecretPlace = ({answers}: World): string =>
	`${answers.controlPlane.namespace}/${generatedSecretName}`;

const dataOf = (object: KubeObject | undefined): Data => (object?.data ?? {}) as Data;

const encoded = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
const decoded = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8');

/** Keys of a Secret may hold letters, digits, `-`, `_` and `.` only; other characters are written as their code point. */
const keyOf = (name: string): string =>
	name.replaceAll(/[^\w.-]/gu, (character) => `_${character.codePointAt(0)?.toString(16)}_`);

/** A generated secret, or undefined when it was not made yet. Read-only. */
export const readGenerated = async (world: World, name: string): Promise<string | undefined> => {
	const kept = dataOf(await world.cluster.get(generatedSecret(world), world.signal))[keyOf(name)];
	if (kept === undefined) return undefined;
	const value = decoded(kept);
	world.registerSecret(value);
	return value;
};

/** The Secret with more in it, or undefined when somebody else was faster. */
const write = async (world: World, live: KubeObject | undefined, additions: Data): Promise<KubeObject | undefined> => {
	const {cluster, signal} = world;
	if (live) return cluster.replace({...live, data: {...dataOf(live), ...additions}}, signal);
	const {apiVersion, kind, namespace, name} = generatedSecret(world);
	const metadata = {name, namespace, labels: managedBy};
	return cluster.create({apiVersion, kind, metadata, type: 'Opaque', data: additions}, signal);
};

/**
 * Stores generated secrets in the cluster before anybody uses them. A name that is there already keeps its value:
 * a second encryption key would make the first one's data unreadable.
 * @throws ProblemError `generated-secret-contended` when somebody else keeps writing to it.
 */
export const storeGenerated = async (world: World, wanted: Readonly<Record<string, string>>): Promise<void> => {
	for (const value of Object.values(wanted)) world.registerSecret(value);
	for (let tries = 0; tries < mostTries; tries += 1) {
		const live = await world.cluster.get(generatedSecret(world), world.signal);
		const missing = Object.entries(wanted).filter(([name]) => dataOf(live)[keyOf(name)] === undefined);
		if (missing.length === 0) return;
		const additions = Object.fromEntries(missing.map(([name, value]) => [keyOf(name), encoded(value)]));
		if (await write(world, live, additions)) return;
	}
	throw stepProblems.error('generated-secret-contended', {secret: generatedSecretName});
};

/** The secret behind an answer: read from where its reference points, or the generated one; undefined when that is not made yet. */
export const secretFor = async (
	world: World,
	{reference, answer, generated}: SecretSource,
): Promise<string | undefined> =>
	reference === 'generate' ? readGenerated(world, generated) : world.resolveSecret(reference, answer);

/** The same where an earlier step has made it. @throws ProblemError `generated-secret-missing` */
export const requireSecret = async (world: World, source: SecretSource): Promise<string> => {
	const value = await secretFor(world, source);
	if (value !== undefined) return value;
	throw stepProblems.error('generated-secret-missing', {
		name: source.generated,
		secret: generatedSecretPlace(world),
	});
};
