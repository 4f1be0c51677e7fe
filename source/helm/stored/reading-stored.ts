import * as z from 'zod';
import {isDeep} from '../session.ts';
import {type HelmPort, type Release, releaseStatuses} from '../types.ts';
import {unpackRevision} from './packed.ts';

/** Secrets of a namespace by a label selector, as the API has them now. */
export type ListSecrets = (
	namespace: string,
	labelSelector: string,
	signal: AbortSignal,
) => Promise<readonly unknown[]>;

const secretSchema = z.object({type: z.literal('helm.sh/release.v1'), data: z.object({release: z.string()})});

/** What Helm keeps of a revision (pkg/release/v1), as far as it is read here. */
const revisionSchema = z.object({
	name: z.string(),
	namespace: z.string(),
	version: z.int(),
	info: z.object({
		status: z.enum(releaseStatuses),
		last_deployed: z.string(),
		description: z.string().default(''),
	}),
	chart: z.object({metadata: z.object({name: z.string(), version: z.string(), appVersion: z.string().default('')})}),
	config: z.record(z.string(), z.unknown()).nullish(),
});
type Revision = z.infer<typeof revisionSchema>;

/** As many as the program is asked for. */
const mostRevisions = 256;

const releaseOf = ({name, namespace, version, info, chart}: Revision): Release => ({
	name,
	namespace,
	revision: version,
	status: info.status,
	chart: `${chart.metadata.name}-${chart.metadata.version}`,
	appVersion: chart.metadata.appVersion,
	updated: info.last_deployed,
	description: info.description,
});

const readSecret = async (secret: unknown): Promise<Revision> => {
	const {data} = secretSchema.parse(secret);
	return revisionSchema.parse(await unpackRevision(data.release));
};

/**
 * The same helm, which reads history and values of a release where Helm itself keeps them, with one request instead of a program that
 * starts and asks the same: a look at twenty workspaces asks for some forty. Whatever cannot be read so (a shape of a Helm of the future,
 * a Secret that is damaged, a cluster that refuses) is asked of the program, which tells it in its own words.
 */
export const readingStored = (helm: HelmPort, list: ListSecrets): HelmPort => {
	/** Oldest first; undefined where the program is to be asked. */
	const revisions = async (
		name: string,
		namespace: string,
		signal: AbortSignal,
	): Promise<readonly Revision[] | undefined> => {
		await helm.version(signal);
		try {
			const secrets = await list(namespace, `owner=helm,name=${name}`, signal);
			const read = await Promise.all(secrets.map(readSecret));
			const isAsked = (one: Revision): boolean => one.name === name && one.namespace === namespace;
			return read.every(isAsked) ? read.toSorted((a, b) => a.version - b.version).slice(-mostRevisions) : undefined;
		} catch {
			signal.throwIfAborted();
			return undefined;
		}
	};
	const history: HelmPort['history'] = async (name, namespace, signal) =>
		(await revisions(name, namespace, signal))?.map(releaseOf) ?? helm.history(name, namespace, signal);
	return {
		...helm,
		history,
		release: async (name, namespace, signal) => (await history(name, namespace, signal)).at(-1),
		values: async (name, namespace, signal, revision) => {
			const kept = await revisions(name, namespace, signal);
			const asked = revision === undefined ? kept?.at(-1) : kept?.find(({version}) => version === revision);
			const isReadable = asked !== undefined && !isDeep(asked.config);
			return isReadable ? (asked.config ?? {}) : helm.values(name, namespace, signal, revision);
		},
	};
};
