import type {HandoverSection} from '../../base/handover.ts';
import type {Access} from '../../cluster/types.ts';

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

const group = 'rbac.authorization.k8s.io';

const headLines = (kind: string, namespace: string | undefined): readonly string[] => [
	'---',
	`apiVersion: ${group}/v1`,
	`kind: ${kind}`,
	'metadata:',
	`  name: ${roleName}`,
	...(namespace === undefined ? [] : [`  namespace: ${namespace}`]),
];

/** Who has the rights of one place, and the rights. @param user the name as YAML */
const roleOf = (namespace: string | undefined, accesses: readonly Access[], user: string): readonly string[] => {
	const kind = namespace === undefined ? 'ClusterRole' : 'Role';
	return [
		...headLines(`${kind}Binding`, namespace),
		'roleRef:',
		`  apiGroup: ${group}`,
		`  kind: ${kind}`,
		`  name: ${roleName}`,
		'subjects:',
		`  - apiGroup: ${group}`,
		'    kind: User',
		`    name: ${user}`,
		...headLines(kind, namespace),
		'rules:',
		...rulesOf(accesses),
	];
};

/**
 * No YAML begins a word with this sign. It stands in the first document already, and kubectl reads nothing beyond one that it cannot: of a
 * file in which it was left it takes nothing, whether it is to be applied, tried (`--dry-run`) or deleted.
 */
export const userBlank = '@OPERATOR@';

/** Who gets the rights: where it is not known, a file that nobody can apply by mistake. */
const headOf = (user: string | undefined): readonly string[] =>
	user === undefined
		? [
				`# Write the name of the operator in the place of each ${userBlank}, in single`,
				'# quotes, as the API server knows it (kubectl auth whoami). As it is, kubectl',
				'# refuses the whole file.',
			]
		: [
				'# The name of the operator is that with which the installer was seen by the',
				'# API server; change it where somebody else is to install.',
			];

/**
 * A file with Roles and their bindings.
 * @param user the operator as the API server knows it; undefined where it does not
 */
export const rights = (accesses: readonly Access[], user: string | undefined): HandoverSection => {
	const places = [...new Set(accesses.map(({namespace}) => namespace))];
	return {
		title: 'Rights, as RBAC',
		fileName: 'rights.yaml',
		lines: [
			...headOf(user),
			'# The namespaces must be there first.',
			...places.flatMap((place) =>
				roleOf(
					place,
					accesses.filter(({namespace}) => namespace === place),
					user === undefined ? userBlank : JSON.stringify(user),
				),
			),
		],
	};
};
