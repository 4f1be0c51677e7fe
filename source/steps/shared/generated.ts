import {ProblemError} from '../../base/problem.ts';
import type {KubeObject} from '../../cluster/types.ts';
import type {World} from '../world.ts';
import {generatedSecretName, managedBy} from './names.ts';

type Data = Readonly<Record<string, string>>;

const reference = (world: World) => ({
	apiVersion: 'v1',
	kind: 'Secret',
	namespace: world.answers.controlPlane.namespace,
	name: generatedSecretName,
});

const dataOf = (object: KubeObject | undefined): Data => (object?.data ?? {}) as Data;

/** Keys of a Secret may hold letters, digits, `-`, `_` and `.` only; other characters are written as their code point. */
const keyOf = (name: string): string =>
	name.replaceAll(/[^\w.-]/gu, (character) => `_${character.codePointAt(0)?.toString(16)}_`);

/** A generated secret, or undefined when it was not made yet. Read-only. */
export const readGenerated = async (world: World, name: string): Promise<string | undefined> => {
	const encoded = dataOf(await world.cluster.get(reference(world), world.signal))[keyOf(name)];
	if (encoded === undefined) return undefined;
	const value = Buffer.from(encoded, 'base64').toString('utf8');
	world.registerSecret(value);
	return value;
};

/**
 * Stores generated secrets in the cluster before anybody uses them. A name that is there already keeps its value:
 * a second encryption key would make the first one's data unreadable.
 * @returns the values that count from now on.
 */
export const storeGenerated = async (world: World, wanted: Data): Promise<Data> => {
	for (const value of Object.values(wanted)) world.registerSecret(value);
	for (let attempt = 0; attempt < 5; attempt += 1) {
		const live = await world.cluster.get(reference(world), world.signal);
		const present = dataOf(live);
		const missing = Object.entries(wanted).filter(([name]) => present[keyOf(name)] === undefined);
		const additions = Object.fromEntries(
			missing.map(([name, value]) => [keyOf(name), Buffer.from(value, 'utf8').toString('base64')]),
		);
		const {apiVersion, kind, namespace, name} = reference(world);
		const written =
			missing.length === 0
				? live
				: live
					? await world.cluster.replace({...live, data: {...present, ...additions}}, world.signal)
					: await world.cluster.create(
							{apiVersion, kind, metadata: {name, namespace, labels: managedBy}, type: 'Opaque', data: additions},
							world.signal,
						);
		if (written) {
			const data = dataOf(written);
			const values = Object.fromEntries(
				Object.keys(wanted).map((key) => [key, Buffer.from(data[keyOf(key)] ?? '', 'base64').toString('utf8')]),
			);
			for (const value of Object.values(values)) world.registerSecret(value);
			return values;
		}
	}
	throw new ProblemError({
		code: 'generated-secret-contended',
		area: 'cluster',
		message: `The Secret ${generatedSecretName} keeps changing while it is written.`,
		cause: 'Another program writes to it at the same time.',
		fix: 'End the other run, then try again.',
	});
};

/** The secret behind an answer: read from where its reference points, or the generated one; undefined when that is not made yet. */
export const secretFor = async (
	world: World,
	ref: string,
	generatedName: string,
	answer: string,
): Promise<string | undefined> =>
	ref === 'generate' ? readGenerated(world, generatedName) : world.resolveSecret(ref, answer);

/** The same where an earlier step has made it. */
export const requireSecret = async (
	world: World,
	ref: string,
	generatedName: string,
	answer: string,
): Promise<string> => {
	const value = await secretFor(world, ref, generatedName, answer);
	if (value !== undefined) return value;
	throw new ProblemError({
		code: 'generated-secret-missing',
		area: 'cluster',
		message: `The generated secret ${generatedName} is not in the cluster.`,
		cause: `The Secret ${world.answers.controlPlane.namespace}/${generatedSecretName} has no such key: the step "secrets" has not run, or the Secret was deleted.`,
		fix: 'Restore that Secret from a backup if this is an existing installation; otherwise run the install from the step "secrets".',
	});
};
