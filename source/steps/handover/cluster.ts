import type {HandoverSection} from '../../base/handover.ts';
import {onCluster} from '../../base/people/cluster-commands.ts';
import type {Access} from '../../cluster/types.ts';
import {coverNote} from '../../handover/cover-note.ts';
import {accessesNeeded} from '../shared/accesses.ts';
import {namespacesOf} from '../shared/names.ts';
import type {World} from '../world.ts';
import {askingOf, type Gathered} from './gathered.ts';

const title = 'Namespaces and rights in the cluster';
const who = 'cluster admin';
const roleName = 'zenml-airgap-operator';

/** Accesses of one place as rules of a Role: the verbs of each kind together. */
const rulesOf = (accesses: readonly Access[]): readonly string[] => {
	const kinds = new Map<string, {readonly group: string; readonly resource: string; readonly verbs: Set<string>}>();
	for (const {group, resource, verb} of accesses) {
		const key = `${group}/${resource}`;
		const kind = kinds.get(key) ?? {group, resource, verbs: new Set<string>()};
		kind.verbs.add(verb);
		kinds.set(key, kind);
	}
	return [...kinds.values()].flatMap(({group, resource, verbs}) => [
		`  - apiGroups: ["${group}"]`,
		`    resources: ["${resource}"]`,
		`    verbs: [${[...verbs].join(', ')}]`,
	]);
};

const roleOf = (namespace: string | undefined, accesses: readonly Access[]): readonly string[] => {
	const kind = namespace === undefined ? 'ClusterRole' : 'Role';
	const within = namespace === undefined ? [] : [`  namespace: ${namespace}`];
	return [
		'---',
		'apiVersion: rbac.authorization.k8s.io/v1',
		`kind: ${kind}`,
		'metadata:',
		`  name: ${roleName}`,
		...within,
		'rules:',
		...rulesOf(accesses),
		'---',
		'apiVersion: rbac.authorization.k8s.io/v1',
		`kind: ${kind}Binding`,
		'metadata:',
		`  name: ${roleName}`,
		...within,
		'roleRef:',
		'  apiGroup: rbac.authorization.k8s.io',
		`  kind: ${kind}`,
		`  name: ${roleName}`,
		'subjects:',
		'  - apiGroup: rbac.authorization.k8s.io',
		'    kind: User',
		'    name: OPERATOR',
	];
};

const rights = (accesses: readonly Access[]): HandoverSection => {
	const places = [...new Set(accesses.map(({namespace}) => namespace))];
	return {
		title: 'Rights, as RBAC',
		fileName: 'rights.yaml',
		lines: [
			'# Put the name of the operator in the place of OPERATOR, as the API server',
			'# knows it (kubectl auth whoami). The namespaces must be there first.',
			...places.flatMap((place) =>
				roleOf(
					place,
					accesses.filter(({namespace}) => namespace === place),
				),
			),
		],
	};
};

const namespacesFile = (namespaces: readonly string[]): HandoverSection => ({
	title: 'Namespaces',
	fileName: 'namespaces.yaml',
	lines: namespaces.flatMap((name) => ['---', 'apiVersion: v1', 'kind: Namespace', 'metadata:', `  name: ${name}`]),
});

/** The papers with which the cluster admin lets the operator install. */
export const gatherCluster = async (world: World): Promise<Gathered> => {
	const {answers} = world;
	const namespaces = namespacesOf(answers);
	const {kind, className} = answers.ingress;
	const asking = askingOf(world);
	const mayDo = `kubectl auth can-i --list -n ${namespaces[0]}`;
	const wayIn = kind === 'ingress' ? `an ingress controller with the class ${className}` : `a way in of kind "${kind}"`;
	const note = coverNote(
		{
			title,
			who,
			why: [
				'ZenML Pro is installed with Helm from a jump host, by an operator who needs no administrator of the cluster: these rights and no other.',
			],
			what: [
				'1. Make the namespaces, or let the operator make them (the first rights in rights.yaml):',
				{exact: ['kubectl apply -f namespaces.yaml']},
				'2. Give the rights, with the name of the operator in the place of OPERATOR:',
				{exact: ['kubectl apply -f rights.yaml']},
				`3. The cluster must have ${wayIn}, and its nodes must be able to pull from ${answers.registry.host}. Where the registry has a certificate of the internal CA, see ca-nodes.sh in the papers "ca".`,
				'4. Send the operator a kubeconfig, and the name of its context.',
			],
			check: [
				'By you, or by the operator on the jump host:',
				{exact: [`${mayDo} --as OPERATOR`, onCluster(mayDo, asking.cluster?.inUse ?? {})]},
				'The operator runs "zenml-airgap plan --until prerequisites": it asks the API server for each right and names those that are missing.',
			],
			undo: [{exact: ['kubectl delete -f rights.yaml']}, 'after the installation; upgrades need them again.'],
		},
		asking,
	);
	return {
		pack: {
			id: 'cluster',
			title,
			who,
			intro: 'Namespaces, rights of the operator, and what the cluster must have.',
			sections: [note, namespacesFile(namespaces), rights(accessesNeeded(answers))],
		},
		lacks: [],
	};
};
