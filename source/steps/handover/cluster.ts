import type {Answers} from '../../answers/schema.ts';
import type {HandoverSection} from '../../base/handover.ts';
import {onCluster} from '../../base/people/cluster-commands.ts';
import {shellWord} from '../../base/shell.ts';
import {coverNote, type Said} from '../../handover/cover-note.ts';
import {scheduleNamespace} from '../schedule/names.ts';
import {accessesOfOperator} from '../shared/accesses.ts';
import {componentsOf, namespacesOf} from '../shared/names.ts';
import type {World} from '../world.ts';
import {askingOf, clusterUser, type Gathered} from './gathered.ts';
import {rights, userBlank} from './rights.ts';

const title = 'Namespaces and rights in the cluster';
const who = 'cluster admin';
const namespacesFile = (namespaces: readonly string[]): HandoverSection => ({
	title: 'Namespaces',
	fileName: 'namespaces.yaml',
	lines: namespaces.flatMap((name) => ['---', 'apiVersion: v1', 'kind: Namespace', 'metadata:', `  name: ${name}`]),
});

/** Where objects go: the install's namespaces, and that of scheduled backups. */
const placesOf = (answers: Answers): readonly string[] => [
	...new Set([
		...namespacesOf(answers),
		...(answers.backup.schedule.kind === 'none' ? [] : [scheduleNamespace(answers)]),
	]),
];

/** What the pods of each server take; one more of them stands beside the others while they are rolled out. */
const amountsOf = (answers: Answers): Said => ({
	exact: componentsOf(answers).flatMap(
		({
			label,
			answers: {
				namespace,
				replicas,
				resources: {requests, limits},
			},
		}) => [
			`${namespace} (${label}): ${replicas} + 1 server pods, each`,
			`  requests ${requests.cpu} CPU, ${requests.memory} memory; limits ${limits.cpu} CPU, ${limits.memory} memory`,
		],
	),
});

const usersOf = (answers: Answers): string => {
	const users = componentsOf(answers).map(
		({
			answers: {
				podSecurityContext: {runAsUser},
			},
		}) => runAsUser,
	);
	return [...new Set(users.map((user) => (user === null ? 'a user that the cluster picks' : `user ${user}`)))].join(
		', ',
	);
};

const wayInOf = ({ingress: {kind, className}}: Answers): string =>
	kind === 'ingress' ? `an ingress controller with the class ${className}` : `a way in of kind "${kind}"`;

const giveRights = (user: string | undefined): readonly Said[] =>
	user === undefined
		? [
				`2. Give the rights, with the name of the operator in the place of ${userBlank}:`,
				{exact: [`sed 's/${userBlank}/NAME/' rights.yaml | kubectl apply -f -`]},
			]
		: [
				`2. Give the rights to ${user}, which is how the API server knows the operator:`,
				{exact: ['kubectl apply -f rights.yaml']},
			];

const whatOf = (answers: Answers, user: string | undefined): readonly Said[] => [
	'1. Make the namespaces, or let the operator make them (the first rights in rights.yaml):',
	{exact: ['kubectl apply -f namespaces.yaml']},
	...giveRights(user),
	`3. The cluster must have ${wayInOf(answers)}, and its nodes must be able to pull from ${answers.registry.host}. Where the registry has a certificate of the internal CA, see ca-nodes.sh in the papers "ca".`,
	'4. Room, also in a ResourceQuota and a LimitRange where the namespaces have them:',
	amountsOf(answers),
	'   Beside them run short Jobs (migrations, checks), of which a LimitRange without defaults asks CPU and memory too.',
	`5. Pods run as ${usersOf(answers)}, without host paths, host ports or privileges. Where a namespace enforces a Pod Security Standard, "baseline" lets them in; "plan" compares a stricter one with the charts and names what it refuses.`,
	'6. Send the operator a kubeconfig, and the name of its context.',
];

/** The papers with which the cluster admin lets the operator install. */
export const gatherCluster = async (world: World): Promise<Gathered> => {
	const {answers} = world;
	const namespaces = placesOf(answers);
	const asking = askingOf(world);
	const user = await clusterUser(world);
	const mayDo = `kubectl auth can-i --list -n ${namespaces[0]}`;
	const note = coverNote(
		{
			title,
			who,
			why: [
				'ZenML Pro is installed with Helm from a jump host, by an operator who needs no administrator of the cluster: these rights, for install, upgrade, backups and restore. A drill of a restore (backup drill) makes a namespace of its own, and is not among them.',
			],
			what: whatOf(answers, user),
			check: [
				'By you, or by the operator on the jump host:',
				{exact: [`${mayDo} --as ${shellWord(user ?? 'NAME')}`, onCluster(mayDo, asking.cluster?.inUse ?? {})]},
				'The operator runs "zenml-airgap plan --until prerequisites": it asks the API server for each right and names those that are missing.',
			],
			undo: [
				{exact: ['kubectl delete -f rights.yaml', 'kubectl delete -f namespaces.yaml']},
				'The first after the installation; upgrades and backups need them again. The second deletes ZenML Pro with everything in these namespaces.',
			],
		},
		asking,
	);
	return {
		pack: {
			id: 'cluster',
			title,
			who,
			intro: 'Namespaces, rights of the operator, room, and what the cluster must have.',
			sections: [note, namespacesFile(namespaces), rights(accessesOfOperator(answers), user)],
		},
		lacks:
			user === undefined
				? [`The cluster does not tell who the operator is there, so rights.yaml has ${userBlank} in its place.`]
				: [],
	};
};
