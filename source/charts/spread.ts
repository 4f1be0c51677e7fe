import type {ComponentAnswers} from '../answers/schema.ts';

/**
 * What the charts call pods of a release that serve no requests of users at its host's API: they do not count when its servers are kept
 * apart. Old charts label none of their pods so, and have no others.
 */
const otherParts = ['dashboard', 'worker', 'scheduler', 'executor', 'resource-pool-reconciler'] as const;

/** Prefers nodes, or zones, that have no server of this release yet (Kubernetes documentation, "Assigning Pods to Nodes"). */
const awayFrom = (release: string, topologyKey: string, weight: number): unknown => ({
	weight,
	podAffinityTerm: {
		topologyKey,
		labelSelector: {
			matchExpressions: [
				{key: 'app.kubernetes.io/instance', operator: 'In', values: [release]},
				{key: 'app.kubernetes.io/component', operator: 'NotIn', values: [...otherParts]},
			],
		},
	},
});

/** Preferred, never demanded: a rollout has one pod more than there are replicas, and must not wait for a further node. */
export const affinityOf = ({release, spread}: ComponentAnswers): unknown => ({
	podAntiAffinity: {
		preferredDuringSchedulingIgnoredDuringExecution: [
			...(spread === 'zones' ? [awayFrom(release, 'topology.kubernetes.io/zone', 100)] : []),
			awayFrom(release, 'kubernetes.io/hostname', spread === 'zones' ? 50 : 100),
		],
	},
});
