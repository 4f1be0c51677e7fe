import * as z from 'zod';
import {generatedSecretName, keyInGenerated} from '../../answers/secret/generated.ts';
import type {ReadBackup} from '../../backup/types.ts';
import {stepProblems} from '../problems.ts';
import type {World} from '../world.ts';
import {restoreWith} from './options.ts';
import {partOf, type Restoring, type Source, textOfPart} from './source.ts';

const listSchema = z.object({
	items: z.array(z.object({metadata: z.object({name: z.string()}), data: z.record(z.string(), z.string()).optional()})),
});

/** Values of the Secret of what was generated, by key, in base64 as the API has them. */
export type GeneratedData = Readonly<Record<string, string>>;

const parsed = (text: string): GeneratedData | undefined => {
	try {
		const {items} = listSchema.parse(JSON.parse(text));
		return items.find(({metadata}) => metadata.name === generatedSecretName)?.data;
	} catch {
		return undefined;
	}
};

/** Every value is known to the redactor from here on; of an enrolment its key alone, as ids and names beside it are shown. */
const register = ({registerSecret}: World, data: GeneratedData): void => {
	for (const [key, base64] of Object.entries(data)) {
		const value = Buffer.from(base64, 'base64').toString('utf8');
		if (!key.endsWith('.enrollment')) registerSecret(value);
		else registerSecret(/"enrollmentKey":"([^"]+)"/u.exec(value)?.[1] ?? value);
	}
};

/** The prefixes of the values that belong to one component. */
const ownKey = ({component}: Restoring): string => keyInGenerated(`${component.id}.`);

/**
 * What was generated for the site, as the backup has it: all of it, or that of the workspace which is restored.
 * @throws ProblemError `restore-part-missing`; what ReadBackup.read throws
 */
export const generatedIn = async (
	world: World,
	{options}: Source,
	read: ReadBackup,
	restoring: readonly Restoring[],
): Promise<GeneratedData> => {
	const {manifest} = read;
	const part = partOf(manifest, 'secrets', 'secrets');
	const data = part && parsed(await textOfPart(world, read, part));
	if (!data)
		throw stepProblems.error(
			'restore-part-missing',
			{
				case: 'secrets',
				backup: manifest.id,
				what: 'the secrets and encryption keys',
			},
			{
				nextSteps: restoring
					.map(({name}) => restoreWith(options, manifest.id, {only: {kind: 'database', name}}))
					.slice(0, 3),
			},
		);
	register(world, data);
	if (options.only.kind === 'whole') return data;
	const prefixes = restoring.map(ownKey);
	return Object.fromEntries(Object.entries(data).filter(([key]) => prefixes.some((prefix) => key.startsWith(prefix))));
};

/** The key of a workspace's data, among the generated values. */
const encryptionKeyOf = ({id}: Restoring['component']): string => keyInGenerated(`${id}.encryptionKey`);

/**
 * Decrypts the secrets of a backup and sees that the encryption key of each workspace is in it. Where data alone is restored, the keys
 * in the cluster count, and one part is decrypted to see that it can be.
 * @throws ProblemError `restore-part-missing`; what ReadBackup.read throws
 */
export const requireKeys = async (
	world: World,
	source: Source,
	read: ReadBackup,
	restoring: readonly Restoring[],
): Promise<void> => {
	const {manifest} = read;
	if (source.options.only.kind === 'database') {
		const smallest = partOf(manifest, 'inventory', 'inventory') ?? partOf(manifest, 'secrets', 'secrets');
		if (smallest) await textOfPart(world, read, smallest);
		return;
	}
	const data = await generatedIn(world, source, read, restoring);
	for (const {component} of restoring) {
		if (component.path === 'controlPlane' || data[encryptionKeyOf(component)] !== undefined) continue;
		throw stepProblems.error('restore-part-missing', {
			case: 'key',
			backup: manifest.id,
			what: `the encryption key of the ${component.label}`,
		});
	}
};
