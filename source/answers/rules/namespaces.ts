import {drillNamespace} from '../drill-namespace.ts';
import {componentsOf, type Entry, type Rule, type RuledAnswers} from './rule.ts';

/** Namespaces that this tool puts servers, keys or passwords into. */
const owned = (answers: RuledAnswers): readonly Entry[] => {
	const {namespace: value} = answers.backup.schedule;
	return [
		...componentsOf(answers).map(({at, component}) => ({value: component.namespace, path: [...at, 'namespace']})),
		...(value === undefined ? [] : [{value, path: ['backup', 'schedule', 'namespace']}]),
	];
};

/** Namespaces of the answers whose Secrets nobody else may mount. */
const guarded = (answers: RuledAnswers): readonly Entry[] => {
	const {kind, gateway} = answers.ingress;
	const [value] = kind === 'gateway' ? (gateway ?? '').split('/') : [];
	return [...owned(answers), ...(value ? [{value, path: ['ingress', 'gateway']}] : [])];
};

/** Whoever may create pods or jobs in a namespace can mount its Secrets (Kubernetes, "RBAC Good Practices: Workload creation"). */
export const runnersStandApart: Rule = (answers) => {
	const {enabled, namespace} = answers.workloadManager;
	if (!enabled) return [];
	return guarded(answers)
		.filter(({value}) => value === namespace)
		.map(({path, value}) => ({kind: 'runner namespace', path: ['workloadManager', 'namespace'], other: path, value}));
};

/** Kubernetes keeps `kube-` for itself ("Namespaces: Working with Namespaces"), OpenShift `openshift-`. */
const ofTheCluster = /^(?:kube-|openshift-|openshift$)/u;

const takenBy = (value: string): 'namespace of drills' | 'namespace of the cluster' | undefined => {
	if (value === drillNamespace) return 'namespace of drills';
	return ofTheCluster.test(value) ? 'namespace of the cluster' : undefined;
};

export const namespacesAreFree: Rule = (answers) => {
	const {enabled, namespace} = answers.workloadManager;
	const runners = enabled ? [{value: namespace, path: ['workloadManager', 'namespace']}] : [];
	return [...owned(answers), ...runners].flatMap(({value, path}) => {
		const kind = takenBy(value);
		return kind === undefined ? [] : [{kind, path}];
	});
};
