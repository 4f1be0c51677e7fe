import * as z from 'zod';
import {generatedSecretName} from '../../answers/secret/generated.ts';
import type {ReadBackup} from '../../backup/types.ts';
import type {KubeObject} from '../../cluster/types.ts';
import {stepProblems} from '../problems.ts';
import {databaseKeys, databaseSecretName, enrollmentSecretName} from '../shared/names.ts';
import type {World} from '../world.ts';
import {smallPart} from './databases.ts';
import {drillLabels, drillNamespace} from './names.ts';
import type {Target} from './targets.ts';

const listSchema = z.object({
	items: z.array(
		z.object({
			metadata: z.object({name: z.string(), namespace: z.string().optional()}),
			type: z.string().optional(),
			data: z.record(z.string(), z.string()).optional(),
		}),
	),
});

/** A Secret as the backup has it. */
export type KeptSecret = z.infer<typeof listSchema>['items'][number];

/** The Secrets of the backup. @throws ProblemError `drill-part-missing` */
export const secretsOf = async (world: World, opened: ReadBackup): Promise<readonly KeptSecret[]> => {
	const text = await smallPart(world, opened, {kind: 'secrets', name: 'secrets'});
	try {
		return listSchema.parse(JSON.parse(text)).items;
	} catch {
		throw stepProblems.error('drill-part-missing', {kind: 'secrets', name: 'secrets', id: opened.manifest.id});
	}
};

/** What scratch servers must not have: who they are at the real control plane, and everything that was generated. */
const leftOut: ReadonlySet<string> = new Set([enrollmentSecretName, generatedSecretName]);

const encoded = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

const copyOf = ({type, data = {}}: KeptSecret, name: string): KubeObject => ({
	apiVersion: 'v1',
	kind: 'Secret',
	metadata: {name, namespace: drillNamespace, labels: drillLabels},
	...(type !== undefined && {type}),
	data,
});

/**
 * Copies of a component's Secrets for the one namespace of the drill, by their names of before. The login to the database becomes that
 * of the scratch.
 */
export const copiesFor = (
	kept: readonly KeptSecret[],
	{installed, id}: Target,
	password: string,
): {readonly names: ReadonlyMap<string, string>; readonly objects: readonly KubeObject[]} => {
	const own = kept.filter(({metadata: {name, namespace}}) => namespace === installed.namespace && !leftOut.has(name));
	const nameOf = (name: string): string => `${name}-${id}`;
	const objects = own.map((one) => {
		const {name} = one.metadata;
		const data = name === databaseSecretName ? {...one.data, [databaseKeys.password]: encoded(password)} : one.data;
		return copyOf({...one, data}, nameOf(name));
	});
	return {names: new Map(own.map(({metadata: {name}}) => [name, nameOf(name)])), objects};
};

/** The Secret that lets pods of ours pull, under its own name; undefined where the registry asks for no login. */
export const pullSecretOf = ({answers}: World, kept: readonly KeptSecret[]): KubeObject | undefined => {
	const {username, pullSecretName} = answers.registry;
	const found = username === undefined ? undefined : kept.find(({metadata}) => metadata.name === pullSecretName);
	return found && copyOf(found, pullSecretName);
};

/** The name of the Secret with the login that is tried at the restored control plane. */
export const loginSecretName = 'zenml-airgap-drill-login';

/** The password of the administrator, for a pod of ours alone. */
export const loginSecret = (password: string): KubeObject =>
	copyOf({metadata: {name: loginSecretName}, type: 'Opaque', data: {password: encoded(password)}}, loginSecretName);
