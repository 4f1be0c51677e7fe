import {componentsOf, type Entry, type Rule} from './rule.ts';

/** Namespaces of the answers whose Secrets nobody else may mount. */
const guarded: (answers: Parameters<Rule>[0]) => readonly Entry[] = (answers) => {
	const {kind, gateway} = answers.ingress;
	const [ofGateway] = kind === 'gateway' ? (gateway ?? '').split('/') : [];
	return [
		...componentsOf(answers).map(({at, component}) => ({value: component.namespace, path: [...at, 'namespace']})),
		...(ofGateway ? [{value: ofGateway, path: ['ingress', 'gateway']}] : []),
	];
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

export const namespacesAreFree: Rule = (answers) => {
	const {enabled, namespace} = answers.workloadManager;
	const runners = enabled ? [{value: namespace, path: ['workloadManager', 'namespace']}] : [];
	const own = componentsOf(answers).map(({at, component}) => ({
		value: component.namespace,
		path: [...at, 'namespace'],
	}));
	return [...own, ...runners]
		.filter(({value}) => ofTheCluster.test(value))
		.map(({path}) => ({kind: 'namespace of the cluster', path}));
};
