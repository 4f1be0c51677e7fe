import type {Answers} from '../../answers/schema.ts';
import {quantityOf} from '../../base/quantity.ts';
import {counted} from '../../base/text.ts';
import type {Said} from '../../handover/cover-note.ts';
import {type Component, componentsOf} from '../shared/names.ts';

/** CPU in cores as Kubernetes writes it, rounded up: `1500m`, `3`. */
const cpuText = (cores: number): string => {
	const thousandths = Math.ceil(Number((cores * 1000).toFixed(3)));
	return thousandths % 1000 === 0 ? String(thousandths / 1000) : `${thousandths}m`;
};

/** Bytes as Kubernetes writes them, rounded up: `1536Mi`, `3Gi`. */
const memoryText = (bytes: number): string => {
	const mebibytes = Math.ceil(bytes / 2 ** 20);
	return mebibytes % 1024 === 0 ? `${mebibytes / 1024}Gi` : `${mebibytes}Mi`;
};

/** One pod more than usual stands there while the pods of a server are rolled out. */
const podsOf = ({answers: {replicas}}: Component): number => replicas + 1;

const eachOf = (component: Component): readonly string[] => {
	const {replicas, resources} = component.answers;
	const {requests, limits} = resources;
	return [
		`${component.label}: ${counted(replicas, 'server pod')}, ${podsOf(component)} during a rollout; each`,
		`  requests ${requests.cpu} CPU, ${requests.memory} memory; limits ${limits.cpu} CPU, ${limits.memory} memory`,
	];
};

/** What a ResourceQuota of the namespace has to leave for the servers. */
const sumOf = (components: readonly Component[]): string => {
	const sum = (amount: (component: Component) => string): number =>
		components.reduce((all, one) => all + podsOf(one) * quantityOf(amount(one)), 0);
	const of = (which: 'requests' | 'limits'): string => {
		const cpu = cpuText(sum(({answers}) => answers.resources[which].cpu));
		return `${cpu} CPU, ${memoryText(sum(({answers}) => answers.resources[which].memory))} memory`;
	};
	return `  together: requests ${of('requests')}; limits ${of('limits')}`;
};

/** How an amount of a resource is written; those that Kubernetes only counts are named by their own names. */
const written: Readonly<Record<string, (amount: number) => string>> = {
	cpu: (amount) => `${cpuText(amount)} CPU`,
	memory: (amount) => `${memoryText(amount)} memory`,
};

/** So many times each amount: `200m CPU, 800Mi memory`. */
const amountsText = (amounts: Readonly<Record<string, string>>, times: number): string =>
	Object.entries(amounts)
		.map(([resource, amount]) => {
			const sum = times * quantityOf(amount);
			return written[resource]?.(sum) ?? `${sum} ${resource}`;
		})
		.join(', ');

/** What runs of snapshots take; ZenML bounds those of each server process by itself (server setting max_concurrent_snapshot_runs). */
const runnerRoom = ({workloadManager, workspaces}: Answers): readonly string[] => {
	if (!workloadManager.enabled) return [];
	const {namespace, podResources, maxConcurrentRuns} = workloadManager;
	const most = maxConcurrentRuns * workspaces.reduce((sum, {replicas}) => sum + replicas, 0);
	const of = (times: number): string =>
		Object.entries(podResources)
			.map(([kind, amounts]) => `${kind} ${amountsText(amounts, times)}`)
			.join('; ');
	return [
		`${namespace}:`,
		`  snapshot runs: ${counted(most, 'runner pod')} at most, ${maxConcurrentRuns} for each server pod of a`,
		`    workspace; each ${of(1)}`,
		`  together: ${of(most)}`,
	];
};

/** What the pods take, each and together, by namespace. */
export const roomNeeds = (answers: Answers): readonly Said[] => {
	const namespaces = new Map<string, readonly Component[]>();
	for (const component of componentsOf(answers)) {
		const {namespace} = component.answers;
		namespaces.set(namespace, [...(namespaces.get(namespace) ?? []), component]);
	}
	return [
		'4. Room, also in a ResourceQuota and a LimitRange where the namespaces have them ("together" is what a quota must leave, rollout included):',
		{
			exact: [
				...[...namespaces].flatMap(([name, components]) => [
					`${name}:`,
					...components.flatMap(eachOf).map((line) => `  ${line}`),
					sumOf(components),
				]),
				...runnerRoom(answers),
			],
		},
		...(answers.workloadManager.enabled
			? ['   Pods of pipelines are not among these: the stack of each says where they run, and how large they are.']
			: []),
		'   Beside them run short Jobs (migrations, checks), one after the other: leave the room of one more pod. A LimitRange without defaults asks CPU and memory of them too.',
	];
};

const named = (what: string, ids: readonly (number | null)[]): string | undefined => {
	const all = [...new Set(ids)].filter((id) => id !== null);
	return all.length === 0 ? undefined : `${what} ${all.join(', ')}`;
};

const constraintCommand = (verb: 'add-scc-to-group' | 'remove-scc-from-group', namespace: string): string =>
	`oc adm policy ${verb} nonroot-v2 system:serviceaccounts:${namespace}`;

/** OpenShift documentation, "Managing security context constraints": restricted-v2 takes IDs of the namespace's own range alone, nonroot-v2 all but root. */
const constraintOf = (ids: string, namespaces: readonly string[]): readonly Said[] =>
	ids === ''
		? ['   They name no user and no group: the security context constraint (SCC) restricted-v2 lets them in.']
		: [
				`   The security context constraint (SCC) restricted-v2 refuses ${ids}, unless the range of the namespace holds them. Either let the pods use nonroot-v2:`,
				{
					exact: namespaces.map((name) => constraintCommand('add-scc-to-group', name)),
				},
				'   or tell the operator that restricted-v2 is to do: then runAsUser and fsGroup of each podSecurityContext become null in the answers, and OpenShift picks both.',
			];

/** User and group that the pods name, in words; undefined where the cluster picks. */
const idsOf = (components: readonly Component[]) => {
	const contexts = components.map(({answers: {podSecurityContext}}) => podSecurityContext);
	const user = named(
		'user',
		contexts.map(({runAsUser}) => runAsUser),
	);
	const group = named(
		'group',
		contexts.map(({fsGroup}) => fsGroup),
	);
	return {user, both: [user, group].filter((part) => part !== undefined).join(' and ')};
};

const namespacesOfPods = (components: readonly Component[]): readonly string[] => [
	...new Set(components.map(({answers: {namespace}}) => namespace)),
];

/** As whom the pods run, and what has to let them in. */
export const podNeeds = (answers: Answers): readonly Said[] => {
	const components = componentsOf(answers);
	const {user, both} = idsOf(components);
	const runAs = `5. Pods run as ${user ?? 'a user that the cluster picks'}, without host paths, host ports or privileges.`;
	if (answers.ingress.kind === 'route') return [runAs, ...constraintOf(both, namespacesOfPods(components))];
	return [
		`${runAs} Where a namespace enforces a Pod Security Standard, "baseline" lets them in; "plan" compares a stricter one with the charts and names what it refuses.`,
	];
};

/** The way back of what lets the pods in: it outlives namespaces and rights. */
export const podUndo = (answers: Answers): readonly Said[] => {
	const components = componentsOf(answers);
	if (answers.ingress.kind !== 'route' || idsOf(components).both === '') return [];
	return [
		'Where nonroot-v2 was given; the pods do not start again without it:',
		{exact: namespacesOfPods(components).map((name) => constraintCommand('remove-scc-from-group', name))},
	];
};
