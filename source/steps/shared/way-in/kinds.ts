import type {Answers} from '../../../answers/schema.ts';
import {ProblemError} from '../../../base/problem.ts';
import type {KubeObject, Selection} from '../../../cluster/types.ts';
import type {World} from '../../world.ts';

/** A condition of the status (meta/v1 Condition). */
export type Condition = {
	readonly type: string;
	readonly status: string;
	readonly reason?: string;
	readonly message?: string;
	readonly observedGeneration?: number;
};

type Labels = Readonly<Record<string, string>>;

/** A label selector (meta/v1). */
export type LabelSelector = {
	readonly matchLabels?: Labels;
	readonly matchExpressions?: readonly {
		readonly key: string;
		readonly operator: string;
		readonly values?: readonly string[];
	}[];
};

/** A listener of a Gateway, as far as it is read here (Gateway API, "API specification", Listener). */
export type Listener = {
	readonly name: string;
	readonly hostname?: string;
	readonly protocol: string;
	readonly tls?: {readonly mode?: string};
	readonly allowedRoutes?: {
		readonly namespaces?: {readonly from?: string; readonly selector?: LabelSelector};
		readonly kinds?: readonly {readonly group?: string; readonly kind: string}[];
	};
};

export type Gateway = KubeObject & {
	readonly spec?: {readonly listeners?: readonly Listener[]};
	readonly status?: {
		readonly addresses?: readonly {readonly value?: string}[];
		readonly conditions?: readonly Condition[];
		readonly listeners?: readonly {readonly name: string; readonly conditions?: readonly Condition[]}[];
	};
};

type ParentRef = {readonly name: string; readonly namespace?: string; readonly sectionName?: string};

export type HttpRoute = KubeObject & {
	readonly spec?: {readonly hostnames?: readonly string[]; readonly parentRefs?: readonly ParentRef[]};
	readonly status?: {
		readonly parents?: readonly {readonly parentRef: ParentRef; readonly conditions?: readonly Condition[]}[];
	};
};

export type Route = KubeObject & {
	readonly spec?: {readonly host?: string; readonly path?: string};
	readonly status?: {
		readonly ingress?: readonly {
			readonly host?: string;
			readonly routerName?: string;
			readonly routerCanonicalHostname?: string;
			readonly conditions?: readonly Condition[];
		}[];
	};
};

/** The kinds of the Gateway API that are used, in the version that is general since its release 1.0 (its "Versioning" page). */
export const gatewayKind = {apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway'} as const;
export const httpRouteKind = {apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute'} as const;
/** OpenShift's own kind, which no other cluster has. */
export const routeKind = {apiVersion: 'route.openshift.io/v1', kind: 'Route'} as const;

/** The Gateway of the answers; undefined where they name none. */
export const gatewayOf = ({ingress}: Answers): {readonly namespace: string; readonly name: string} | undefined => {
	const [namespace, name] = ingress.gateway?.split('/') ?? [];
	return namespace === undefined || name === undefined ? undefined : {namespace, name};
};

/**
 * Objects of a kind that the cluster may not have, or this login may not list.
 * @throws every other refusal
 */
export const listIfServed = async <Kind extends KubeObject>(
	{cluster, signal}: World,
	of: Selection,
): Promise<readonly Kind[] | 'no such kind' | 'forbidden'> => {
	try {
		return (await cluster.list(of, signal)) as readonly Kind[];
	} catch (error) {
		signal.throwIfAborted();
		if (!(error instanceof ProblemError)) throw error;
		if (error.problem.code === 'kubernetes-no-such-kind') return 'no such kind';
		if (error.problem.code === 'kubernetes-forbidden') return 'forbidden';
		throw error;
	}
};

/** A condition of this type, unless it speaks of an older form of its object. */
export const conditionOf = (
	conditions: readonly Condition[] | undefined,
	type: string,
	{metadata: {generation}}: KubeObject,
): Condition | undefined =>
	conditions?.find(
		(one) =>
			one.type === type &&
			(one.observedGeneration === undefined || generation === undefined || one.observedGeneration >= generation),
	);

/** What a condition says, for people. */
export const saidBy = ({reason, message}: Condition): string =>
	[reason, message].filter((part) => part !== undefined && part !== '').join(': ') || 'no reason given';
