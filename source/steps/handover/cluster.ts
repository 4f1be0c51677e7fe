import type {Answers} from '../../answers/schema.ts';
import type {HandoverSection} from '../../base/handover.ts';
import {onCluster} from '../../base/people/cluster-commands.ts';
import {shellWord} from '../../base/shell.ts';
import {coverNote, type Said} from '../../handover/cover-note.ts';
import {scheduleNamespace} from '../schedule/names.ts';
import {accessesOfOperator} from '../shared/accesses.ts';
import {namespacesOf} from '../shared/names.ts';
import type {World} from '../world.ts';
import {podNeeds, podUndo, roomNeeds} from './cluster-room.ts';
import {askingOf, clusterUser, type Gathered} from './gathered.ts';
import {rights, userBlank} from './rights.ts';
import {wayInCheck, wayInNeeds, wayInUndo} from './way-in.ts';

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

const giveRights = (user: string | undefined): readonly Said[] => [
	user === undefined
		? `2. Give the rights: write the name of the operator in rights.yaml, in single quotes, in the place of each ${userBlank} ("kubectl auth whoami" tells the name), then`
		: `2. Give the rights to ${user}, which is how the API server knows the operator:`,
	{exact: ['kubectl apply -f rights.yaml']},
];

/** A right that many clusters like least is named as what can be left out. */
const onlyIfNeeded = ({backup}: Answers): string =>
	backup.tools === 'auto'
		? ' It is needed only where the jump host has no dump programs that fit the database servers; where it has them, the operator sets backup.tools to "host", and papers made then leave this right out.'
		: '';

/** What whoever grants rights asks about first. */
const whyRights = (answers: Answers): readonly Said[] => {
	const accesses = accessesOfOperator(answers);
	const placesOfKind = (resource: string): string =>
		[...new Set(accesses.filter((one) => one.resource === resource).map(({namespace = ''}) => namespace))].join(', ');
	const [exec, roles] = [placesOfKind('pods/exec'), placesOfKind('roles')];
	return [
		'   secrets: Helm keeps its releases in them, the installer passwords, keys and the pull secret.',
		...(exec === ''
			? []
			: [
					`   pods/exec (${exec}): backups and restores run the dump programs in a pod that a Job of the installer starts there; no other pod is entered.${onlyIfNeeded(answers)}`,
				]),
		...(roles === ''
			? []
			: [`   roles, rolebindings (${roles}): the servers get the right to start runs of pipelines there.`]),
	];
};

/** What nodes need for the registry; with a CA of its own there is no doubt that they need it. */
const pulls = ({registry: {host, ca}, ingress}: Answers): string => {
	const file = ingress.kind === 'route' ? 'openshift-nodes.txt' : 'ca-nodes.sh';
	const when =
		ca === undefined
			? 'Where the registry has a certificate of the internal CA, see'
			: 'Its certificate is of a CA that this site names by itself: the nodes get it by';
	return `   Nodes must be able to pull from ${host}. ${when} ${file} in the papers "ca".`;
};

const whatOf = (answers: Answers, user: string | undefined): readonly Said[] => [
	'1. Make the namespaces, or let the operator make them (the first rights in rights.yaml):',
	{exact: ['kubectl apply -f namespaces.yaml']},
	...giveRights(user),
	...whyRights(answers),
	...wayInNeeds(answers),
	pulls(answers),
	...roomNeeds(answers),
	...podNeeds(answers),
	'6. Send the operator a kubeconfig, and the name of its context.',
];

/** The papers with which the cluster admin lets the operator install. */
export const gatherCluster = async (world: World): Promise<Gathered> => {
	const {answers} = world;
	const namespaces = placesOf(answers);
	const asking = askingOf(world);
	const asked = await clusterUser(world);
	const {user} = asked;
	const mayDo = namespaces.map((name) => `kubectl auth can-i --list -n ${name}`);
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
				{
					exact: [
						...mayDo.map((look) => `${look} --as ${shellWord(user ?? 'NAME')}`),
						...mayDo.map((look) => onCluster(look, asking.cluster?.inUse ?? {})),
					],
				},
				...wayInCheck(answers),
				'The operator runs "zenml-airgap plan --until prerequisites": it asks the API server for each right and names those that are missing.',
			],
			undo: [
				{
					exact: [
						'kubectl delete --ignore-not-found -f rights.yaml',
						'kubectl delete --ignore-not-found -f namespaces.yaml',
					],
				},
				`The first, ${user === undefined ? 'with the file as it was applied, ' : ''}after the installation; upgrades and backups need them again. The second deletes ZenML Pro with everything in these namespaces.`,
				...wayInUndo(answers),
				...podUndo(answers),
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
			asked.user === undefined
				? [
						`Who the operator is in the cluster is not known, so rights.yaml has ${userBlank} in its place: ${asked.reason}`,
					]
				: [],
	};
};
