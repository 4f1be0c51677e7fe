import {createHash} from 'node:crypto';
import * as z from 'zod';
import {type ProblemCode, ProblemError} from '../../base/problem.ts';
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

const read = async (release: string): Promise<Revision> => revisionSchema.parse(await unpackRevision(release));

/** Revisions of twenty-five releases, ten each as Helm keeps them; what was read first goes first. */
const mostKept = 250;

/**
 * Reads Secrets of Helm, each text once: a run asks for the same revisions a dozen times, and to unpack one, with its charts, costs more
 * than to ask for it. Only its sum is kept beside what was read, for the text is a thousand times as long.
 */
const createReader = () => {
	const kept = new Map<string, Promise<Revision>>();
	const keep = (key: string, release: string): Promise<Revision> => {
		const reading = read(release);
		kept.set(key, reading);
		reading.catch(() => kept.delete(key));
		for (const oldest of kept.keys()) {
			if (kept.size <= mostKept) break;
			kept.delete(oldest);
		}
		return reading;
	};
	return async (secret: unknown): Promise<Revision> => {
		const {release} = secretSchema.parse(secret).data;
		const key = createHash('sha256').update(release).digest('hex');
		return kept.get(key) ?? keep(key, release);
	};
};

/** Why no answer came, where the program would go the same way to the same cluster: it would only tell it in other words. */
const nobodyGetsThere: ReadonlySet<ProblemCode> = new Set([
	'kubernetes-unreachable',
	'kubernetes-untrusted',
	'kubernetes-unauthorized',
	'kubernetes-no-api-server',
]);

const isNoWay = (error: unknown): error is ProblemError =>
	error instanceof ProblemError &&
	(error.problem.code.startsWith('kubeconfig-') || nobodyGetsThere.has(error.problem.code));

/**
 * The same helm, which reads history and values of a release where Helm itself keeps them, with one request instead of a program that
 * starts and asks the same: a look at twenty workspaces asks for some forty. Whatever cannot be read so (a shape of a Helm of the future,
 * a Secret that is damaged, a cluster that refuses) is asked of the program, which tells it in its own words; where there is no way to the
 * cluster at all, what was said of that is the answer.
 */
export const readingStored = (helm: HelmPort, list: ListSecrets): HelmPort => {
	const readSecret = createReader();
	/** Oldest first; undefined where the program is to be asked. */
	const revisions = async (
		name: string,
		namespace: string,
		signal: AbortSignal,
	): Promise<readonly Revision[] | undefined> => {
		await helm.version(signal);
		try {
			const secrets = await list(namespace, `owner=helm,name=${name}`, signal);
			const all = await Promise.all(secrets.map(readSecret));
			const isAsked = (one: Revision): boolean => one.name === name && one.namespace === namespace;
			return all.every(isAsked) ? all.toSorted((a, b) => a.version - b.version).slice(-mostRevisions) : undefined;
		} catch (error) {
			signal.throwIfAborted();
			if (isNoWay(error)) throw error;
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
			// A copy: what is kept must not be changed by whoever takes it.
			return isReadable ? structuredClone(asked.config ?? {}) : helm.values(name, namespace, signal, revision);
		},
	};
};
