import * as z from 'zod';
import {cutTo} from '../../base/text.ts';
import type {KubeObject} from '../kinds.ts';
import {optional} from '../optional.ts';

const text = optional(z.string());
const number = optional(z.number());

/** Characters of a message that are read: an event has at most 1024, a message of a container 4096 (core/v1). */
const mostCharacters = 4096;

const cut = z.string().transform((message) => cutTo(message, mostCharacters));
const words = optional(cut);
const said = cut.catch('');
const texts = optional(z.record(z.string(), z.string()));
const list = <Schema extends z.ZodType>(schema: Schema) => optional(z.array(schema));

const metadata = z.looseObject({
	name: z.string().max(mostCharacters),
	namespace: text,
	labels: texts,
	annotations: texts,
	resourceVersion: text,
	uid: text,
	generation: number,
	creationTimestamp: text,
	deletionTimestamp: text,
	ownerReferences: list(z.looseObject({kind: z.string(), name: z.string()})),
	managedFields: list(z.looseObject({manager: text, fieldsV1: z.unknown().optional()})),
});

const conditions = list(
	z.looseObject({type: z.string(), status: z.string(), reason: text, message: words, observedGeneration: number}),
);

const ended = optional(
	z.looseObject({exitCode: z.number(), reason: text, message: words, startedAt: text, finishedAt: text}),
);
const state = optional(
	z.looseObject({
		waiting: optional(z.looseObject({reason: text, message: words})),
		running: optional(z.looseObject({})),
		terminated: ended,
	}),
);
const containerStatuses = list(
	z.looseObject({
		name: z.string(),
		image: z.string(),
		ready: z.boolean(),
		restartCount: z.number(),
		state,
		lastState: state,
	}),
);
const containers = list(z.looseObject({name: z.string(), image: text}));

const object = z.looseObject({metadata});

const pod = object.extend({
	spec: optional(z.looseObject({nodeName: text, containers, initContainers: containers})),
	status: optional(
		z.looseObject({
			phase: text,
			reason: text,
			message: words,
			conditions,
			containerStatuses,
			initContainerStatuses: containerStatuses,
		}),
	),
});

const workload = object.extend({status: optional(z.looseObject({conditions}))});

const event = object.extend({
	type: text,
	reason: text,
	message: words,
	count: number,
	involvedObject: z.looseObject({kind: text, name: text, namespace: text}),
	lastTimestamp: text,
	eventTime: text,
	series: optional(z.looseObject({count: number, lastObservedTime: text})),
});

const lease = object.extend({
	spec: optional(
		z.looseObject({
			holderIdentity: text,
			leaseDurationSeconds: number,
			acquireTime: text,
			renewTime: text,
			leaseTransitions: number,
		}),
	),
});

const node = object.extend({
	spec: optional(
		z.looseObject({
			unschedulable: optional(z.boolean()),
			taints: list(z.looseObject({key: z.string(), value: text, effect: z.string()})),
		}),
	),
	status: optional(z.looseObject({allocatable: texts, nodeInfo: optional(z.looseObject({architecture: text}))})),
});

const balanced = optional(
	z.looseObject({
		loadBalancer: optional(z.looseObject({ingress: list(z.looseObject({ip: text, hostname: text}))})),
	}),
);

const ingress = object.extend({spec: optional(z.looseObject({ingressClassName: text})), status: balanced});

const ingressClass = object.extend({spec: optional(z.looseObject({controller: text}))});

const service = object.extend({
	spec: optional(z.looseObject({type: text, ports: list(z.looseObject({port: number}))})),
	status: balanced,
});

const labelSelector = optional(
	z.looseObject({
		matchLabels: texts,
		matchExpressions: list(z.looseObject({key: z.string(), operator: z.string(), values: list(z.string())})),
	}),
);

/** Gateway API v1 (gateway.networking.k8s.io), "API specification". */
const gateway = object.extend({
	spec: optional(
		z.looseObject({
			listeners: list(
				z.looseObject({
					name: z.string(),
					hostname: text,
					protocol: z.string(),
					tls: optional(z.looseObject({mode: text})),
					allowedRoutes: optional(
						z.looseObject({
							namespaces: optional(z.looseObject({from: text, selector: labelSelector})),
							kinds: list(z.looseObject({group: text, kind: z.string()})),
						}),
					),
				}),
			),
		}),
	),
	status: optional(
		z.looseObject({
			addresses: list(z.looseObject({value: text})),
			conditions,
			listeners: list(z.looseObject({name: z.string(), conditions})),
		}),
	),
});

const parent = z.looseObject({name: z.string(), namespace: text, sectionName: text});

const httpRoute = object.extend({
	spec: optional(z.looseObject({hostnames: list(z.string()), parentRefs: list(parent)})),
	status: optional(z.looseObject({parents: list(z.looseObject({parentRef: parent, conditions}))})),
});

/** OpenShift's Route (route.openshift.io/v1), "Route" in its API reference. */
const route = object.extend({
	spec: optional(z.looseObject({host: text, path: text})),
	status: optional(
		z.looseObject({
			ingress: list(z.looseObject({host: text, routerName: text, routerCanonicalHostname: text, conditions})),
		}),
	),
});

/** Of the kinds that are looked into, what is looked at there; names as in the Kubernetes API reference. */
const kinds: Readonly<Record<string, z.ZodType>> = {
	Pod: pod,
	Job: workload,
	Deployment: workload,
	Event: event,
	Lease: lease,
	Node: node,
	Ingress: ingress,
	IngressClass: ingressClass,
	Gateway: gateway,
	HTTPRoute: httpRoute,
	Route: route,
	Service: service,
	Secret: object.extend({data: texts, type: text}),
};

/** The form of one object of a kind; what is not looked at is left as it is. */
export const objectShape = (kind: string): z.ZodType<KubeObject> =>
	((Object.hasOwn(kinds, kind) ? kinds[kind] : undefined) ?? object) as unknown as z.ZodType<KubeObject>;

/** A token with which a list goes on; it travels in an address. */
const mostContinue = 16 * 1024;

/** One page of a list. Its items carry neither kind nor apiVersion, and no items at all are null. */
export const listShape = (kind: string) =>
	z.looseObject({
		items: list(objectShape(kind)),
		metadata: optional(z.looseObject({continue: optional(z.string().max(mostContinue)), resourceVersion: text})),
	});

/** What kinds a group has; names become parts of paths. */
export const resourcesShape = z.looseObject({
	resources: list(
		z.looseObject({
			name: z.string().regex(/^[a-z0-9-]+(?:[./][a-z0-9-]+)*$/u),
			kind: z.string(),
			namespaced: z.boolean(),
		}),
	),
});

export const reviewShape = z.looseObject({
	status: optional(z.looseObject({allowed: optional(z.boolean()), reason: text, evaluationError: text})),
});

/** What a SelfSubjectReview is answered with. */
export const whoShape = z.looseObject({
	status: optional(z.looseObject({userInfo: optional(z.looseObject({username: optional(z.string())}))})),
});

const names = optional(z.array(z.string()));

/** What a SelfSubjectRulesReview is answered with; rules of another form are not there. */
export const rulesShape = z.looseObject({
	status: optional(
		z.looseObject({
			resourceRules: optional(
				z.array(z.looseObject({verbs: names, apiGroups: names, resources: names, resourceNames: names})),
			),
		}),
	),
});

/** One line of a watch; what a bookmark or an error holds is another object than those that are watched. */
export const watchShape = (kind: string) =>
	z.discriminatedUnion('type', [
		z.object({type: z.enum(['ADDED', 'MODIFIED', 'DELETED']), object: objectShape(kind)}),
		z.object({type: z.literal('BOOKMARK'), object: z.looseObject({metadata: z.looseObject({resourceVersion: text})})}),
		z.object({type: z.literal('ERROR'), object: z.unknown().optional()}),
	]);

/** What the API server sends with a refusal; what has another form is not there. */
export const statusShape = z.looseObject({
	reason: z.string().catch(''),
	message: said,
	details: z
		.looseObject({
			causes: z
				.array(
					z
						.looseObject({
							reason: z.string().catch(''),
							field: z.string().catch(''),
							message: said,
						})
						.catch({reason: '', field: '', message: ''}),
				)
				.catch([]),
		})
		.catch({causes: []}),
});
