import * as z from 'zod';
import type {Answers} from '../../answers/schema.ts';
import {printable} from '../../base/printable.ts';
import {byText, cutTo, oneLine} from '../../base/text.ts';
import type {ClusterPort, KubeObject} from '../../cluster/types.ts';
import {scheduleName, scheduleNamespace, watchName} from './names.ts';

const words = z
	.string()
	.max(300)
	.regex(/^\P{C}*$/u);

/** What the script tells of a backup, a line of JSON; a node keeps 4096 bytes of it. */
const told = z.object({
	id: z.string().regex(/^\d{8}T\d{6}Z-[0-9a-f]{6}$/u),
	finishedAt: z.iso.datetime(),
	bytes: z.int().nonnegative(),
	parts: z.int().nonnegative(),
	lacks: z.array(words).max(200),
	manifest: z.string().regex(/^[0-9a-f]{64}$/u),
	usedAt: z.iso.datetime().optional(),
});

/** What a pod of the schedule told of a whole backup that it made, or that is the newest in the storage. Times are ISO 8601, UTC. */
export type ScheduledReport = z.infer<typeof told> & {
	readonly pod: string;
	/** When the pod ended. */
	readonly toldAt: string;
};

/** What the pods of the schedule left that are still known to the cluster. */
export type ScheduleReports = {
	/** What was told last comes first. */
	readonly good: readonly ScheduledReport[];
	/** Why the last look into the storage failed, where it did and nothing good was told since. */
	readonly watchSays?: string | undefined;
};

const podShape = z.object({
	metadata: z.object({name: z.string(), labels: z.record(z.string(), z.string())}),
	status: z.object({
		containerStatuses: z
			.array(
				z.object({
					state: z.object({
						terminated: z.object({
							exitCode: z.int(),
							finishedAt: z.iso.datetime(),
							message: z.string().default(''),
						}),
					}),
				}),
			)
			.length(1),
	}),
});

/** A container that ended. */
type Ended = {
	readonly pod: string;
	readonly of: string;
	readonly exitCode: number;
	readonly at: string;
	readonly message: string;
};

const nameLabel = 'app.kubernetes.io/name';

const endedOf = (object: KubeObject): readonly Ended[] => {
	const {data} = podShape.safeParse(object);
	const terminated = data?.status.containerStatuses[0]?.state.terminated;
	const of = data?.metadata.labels[nameLabel];
	if (!data || !terminated || (of !== scheduleName && of !== watchName)) return [];
	const {exitCode, finishedAt: at, message} = terminated;
	return [{pod: data.metadata.name, of, exitCode, at, message}];
};

const reportOf = ({pod, exitCode, at, message}: Ended): readonly ScheduledReport[] => {
	if (exitCode !== 0) return [];
	try {
		const {data} = told.safeParse(JSON.parse(message));
		return data ? [{...data, pod, toldAt: at}] : [];
	} catch {
		// A pod of an earlier version, or a program that says something else: it tells nothing of a backup.
		return [];
	}
};

const newestFirst = (one: Ended, other: Ended): number =>
	byText(other.at, one.at) || byText(other.message, one.message);

/**
 * Reads what the ended pods of the schedule say of themselves. The script leaves it with the node that it ran on (the termination message
 * of its container), for which it needs no right in the cluster.
 * @throws ProblemError what the API server refuses
 */
export const scheduleReports = async ({
	answers,
	cluster,
	signal,
}: {
	readonly answers: Answers;
	readonly cluster: Pick<ClusterPort, 'list'>;
	readonly signal: AbortSignal;
}): Promise<ScheduleReports> => {
	const labelSelector = `${nameLabel} in (${scheduleName},${watchName})`;
	const pods = await cluster.list(
		{apiVersion: 'v1', kind: 'Pod', namespace: scheduleNamespace(answers), labelSelector},
		signal,
	);
	const ended = pods.flatMap(endedOf).toSorted(newestFirst);
	const watch = ended.find(({of}) => of === watchName);
	const good = ended.flatMap(reportOf);
	const isOver = watch !== undefined && good[0] !== undefined && good[0].toldAt > watch.at;
	if (!watch || watch.exitCode === 0 || isOver) return {good};
	const said = printable(cutTo(oneLine(watch.message), 300));
	return {good, watchSays: said === '' ? `pod ${watch.pod} ended with exit code ${watch.exitCode}` : said};
};
