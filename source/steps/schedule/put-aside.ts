import * as z from 'zod';
import {printable} from '../../base/printable.ts';
import type {ClusterPort, KubeObject} from '../../cluster/types.ts';

const cronJob = z.object({
	spec: z.object({
		jobTemplate: z.object({
			spec: z.object({
				template: z.object({
					spec: z.object({
						containers: z
							.array(z.object({env: z.array(z.object({name: z.string(), value: z.string().default('')}))}))
							.length(1),
					}),
				}),
			}),
		}),
	}),
});

const components = z
	.array(z.object({name: z.string(), release: z.string(), namespace: z.string(), revision: z.int()}))
	.max(1000);

type PutAside = z.infer<typeof components>;

/** The releases that a CronJob knows: their Secrets and values were put aside for it. */
const componentsIn = (live: KubeObject): PutAside => {
	const [container] = cronJob.safeParse(live).data?.spec.jobTemplate.spec.template.spec.containers ?? [];
	const text = container?.env.find(({name}) => name === 'COMPONENTS')?.value;
	try {
		return components.safeParse(JSON.parse(text ?? '[]')).data ?? [];
	} catch {
		// Somebody changed it: the schedule step says that it differs.
		return [];
	}
};

/** Where Helm keeps a revision (helm.sh, "Storage Backends"). */
const secretOf = ({release, namespace, revision}: PutAside[number]) => ({
	...{apiVersion: 'v1', kind: 'Secret', namespace},
	name: `sh.helm.release.v1.${release}.v${revision}`,
});

/**
 * What was put aside for a CronJob and is older than what is installed. Each release is asked for the revision after the one that is
 * known: mostly it is not there, which is a short answer.
 * @throws ProblemError what the API server refuses
 */
export const putAsideWarnings = async (
	live: KubeObject,
	cluster: Pick<ClusterPort, 'get'>,
	signal: AbortSignal,
): Promise<readonly string[]> => {
	const warnings: string[] = [];
	for (const one of componentsIn(live)) {
		const revision = one.revision + 1;
		if (!(await cluster.get(secretOf({...one, revision}), signal))) continue;
		warnings.push(
			`scheduled backups hold Secrets and values of revision ${one.revision} of release ${printable(one.release)}, and revision ${revision} is there: zenml-airgap backup schedule`,
		);
	}
	return warnings;
};
