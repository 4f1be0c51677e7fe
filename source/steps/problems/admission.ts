import type {ProblemTable} from '../../base/problem-table.ts';

/** Pods and objects of the install that a namespace that is there would not let in, as step 2 sees it. */
export const admissionTable = {
	'namespace-pod-security': {
		area: 'prerequisites',
		who: 'cluster admin',
		message: 'Namespace {namespace} would refuse pods of this install: it enforces the pod security level "{level}".',
		cause: 'What they lack: {lacked}.',
		nextSteps: ['kubectl label --overwrite namespace {namespace} pod-security.kubernetes.io/enforce={enough}'],
		cases: {
			pods: {
				fix: 'Correct the user of the pods in the answers, or have the cluster admin lower the level of that namespace to "{enough}".',
			},
			chart: {
				fix: 'Have the cluster admin lower the level of that namespace to "{enough}", or take a bundle whose chart gives these containers a security context: no answer and no value reaches them.',
			},
		},
	},
	'namespace-admission': {
		area: 'prerequisites',
		who: 'cluster admin',
		message: 'The cluster would not take {object} in namespace {namespace}.',
		cause: 'It was tried without being made, and refused: {words}',
		fix: 'Ask the owners of that rule for an exception, or change what it complains of; helmValues of the component reach every key of the chart.',
	},
	'namespace-limits': {
		area: 'prerequisites',
		who: 'cluster admin',
		message: 'Namespace {namespace} would refuse pods of this install: they do not fit its limits.',
		cause: 'What does not fit: {broken}.',
		nextSteps: ['kubectl -n {namespace} describe limitrange'],
		cases: {
			amounts: {
				fix: 'Change CPU and memory of the pods in the answers, or have the cluster admin change the LimitRange.',
			},
			silent: {
				fix: 'Have the cluster admin give the LimitRange defaults for containers that say nothing, which no value of the chart reaches: {silent}. Change CPU and memory of the others in the answers.',
			},
		},
	},
	'namespace-quota': {
		area: 'prerequisites',
		who: 'cluster admin',
		message: 'Namespace {namespace} would refuse pods of this install: its quota does not allow them.',
		cause: 'What does not fit: {broken}.',
		nextSteps: ['kubectl -n {namespace} describe resourcequota'],
		cases: {
			amounts: {fix: 'Have the cluster admin raise the quota, or ask for less CPU and memory in the answers.'},
			silent: {
				fix: 'Have the cluster admin make a LimitRange in that namespace with defaults for containers that say nothing, which no value of the chart reaches: {silent}.',
				nextSteps: [
					`kubectl -n {namespace} create -f - <<< '{ "apiVersion": "v1", "kind": "LimitRange", "metadata": { "name": "defaults" }, "spec": { "limits": [ { "type": "Container", "defaultRequest": { "cpu": "100m", "memory": "128Mi" }, "default": { "cpu": "500m", "memory": "512Mi" } } ] } }'`,
					'kubectl -n {namespace} describe resourcequota',
				],
			},
		},
	},
} as const satisfies ProblemTable;
