import * as z from 'zod';
import {isMap} from '../../../base/text.ts';
import type {RenderedObject} from '../../../charts/index.ts';

const quantities = z.record(z.string(), z.union([z.string(), z.number()]).transform(String)).nullish();

const containerContext = z.object({
	allowPrivilegeEscalation: z.boolean().nullish(),
	privileged: z.boolean().nullish(),
	runAsNonRoot: z.boolean().nullish(),
	runAsUser: z.number().nullish(),
	seccompProfile: z.object({type: z.string()}).nullish(),
	capabilities: z.object({add: z.array(z.string()).nullish(), drop: z.array(z.string()).nullish()}).nullish(),
});

const containerSchema = z.object({
	name: z.string(),
	resources: z.object({requests: quantities, limits: quantities}).nullish(),
	securityContext: containerContext.nullish(),
	ports: z.array(z.object({hostPort: z.number().nullish()})).nullish(),
});

/** A pod's spec (core/v1), as far as admission looks at it. */
const podSchema = z.object({
	hostNetwork: z.boolean().nullish(),
	hostPID: z.boolean().nullish(),
	hostIPC: z.boolean().nullish(),
	securityContext: containerContext.pick({runAsNonRoot: true, runAsUser: true, seccompProfile: true}).nullish(),
	volumes: z.array(z.record(z.string(), z.unknown())).nullish(),
	containers: z.array(containerSchema),
	initContainers: z.array(containerSchema).nullish(),
});

export type PodSpec = z.infer<typeof podSchema>;
export type Container = z.infer<typeof containerSchema>;

/** Pods that are to be made: `Deployment zenml`, how many stay up side by side, and what each is. */
export type Planned = {readonly label: string; readonly count: number; readonly spec: PodSpec};

const controllerSchema = z.object({
	replicas: z.number().nullish(),
	template: z.object({spec: podSchema}),
});

const cronSchema = z.object({jobTemplate: z.object({spec: z.object({template: z.object({spec: podSchema})})})});

const controllers: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job']);

const isTestHook = (annotations: unknown): boolean =>
	isMap(annotations) && /(^|,)\s*test/u.test(String(annotations['helm.sh/hook'] ?? ''));

/** The pods of one rendered object; none of an object that makes no pods. Test pods are made by nobody but `helm test`. */
export const plannedPods = ({kind, metadata, spec}: RenderedObject): readonly Planned[] => {
	const label = `${kind} ${metadata.name}`;
	// Hooks and Jobs of a release run before its servers, so they take no room beside them.
	const bare = kind === 'Pod' && !isTestHook(metadata.annotations) ? podSchema.safeParse(spec) : undefined;
	if (bare?.success) return [{label, count: 0, spec: bare.data}];
	const cron = kind === 'CronJob' ? cronSchema.safeParse(spec) : undefined;
	if (cron?.success) return [{label, count: 0, spec: cron.data.jobTemplate.spec.template.spec}];
	const read = controllerSchema.safeParse(spec);
	if (!read.success || !controllers.has(kind)) return [];
	const {replicas, template} = read.data;
	return [{label, count: kind === 'Job' ? 0 : (replicas ?? 1), spec: template.spec}];
};

/** Pods that this tool writes itself. @throws where the spec is none */
export const ownPod = (label: string, spec: unknown): Planned => ({label, count: 1, spec: podSchema.parse(spec)});

/** Every container of a pod, those that run first before the others. */
export const containersOf = ({initContainers, containers}: PodSpec): readonly Container[] => [
	...(initContainers ?? []),
	...containers,
];
