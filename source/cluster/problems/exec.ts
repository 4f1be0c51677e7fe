import type {ProblemTable} from '../../base/problem-table.ts';

const asked = {message: 'No command can be run in the pod {pod} of {namespace}.'} as const;

/** Commands that are run in pods (`pods/exec`). */
export const execTable = {
	'exec-forbidden': {
		...asked,
		area: 'cluster',
		who: 'cluster admin',
		cause: 'The user of this kubeconfig may not use "pods/exec" in the namespace {namespace}.',
		fix: 'Have a Role with the verbs get and create on pods/exec in {namespace} bound to the user: Kubernetes asks for get up to 1.34, for both from 1.35 on.',
		answers: ['kubernetes.kubeconfig', 'kubernetes.context'],
	},
	'exec-pod-gone': {
		...asked,
		area: 'cluster',
		cause: 'The pod is not there any more.',
		fix: 'Try again: every step looks at the cluster anew.',
	},
	'exec-container-not-running': {
		...asked,
		area: 'cluster',
		cause: 'Its container does not run, or not yet; the words of the cluster are below.',
		fix: 'See why it does not run, then try again.',
		nextSteps: ['kubectl -n {namespace} describe pod {pod}'],
	},
	'exec-command-missing': {
		area: 'cluster',
		message: 'The program "{program}" cannot be started in the pod {pod} of {namespace}.',
		cause: 'The image of the pod does not have that program, or it may not be executed.',
		fix: 'Check that the image is the one that holds the tools.',
	},
	'exec-no-websocket': {
		...asked,
		area: 'cluster',
		who: 'network team',
		cause:
			'The cluster at {server}, or a proxy or load balancer before it, does not let the connection become a WebSocket ({answer}).',
		fix: 'Have what stands between this host and the API server let WebSocket upgrades of pods/exec through.',
		answers: ['kubernetes.kubeconfig', 'kubernetes.context'],
	},
	'exec-broken': {
		area: 'cluster',
		message: 'The connection to "{program}" in the pod {pod} of {namespace} broke off.',
		fix: 'Try again; if it stays, look at the pod, its node, and the load balancer of the API server.',
		cases: {
			closed: {cause: 'It was closed before the program said how it ended; what it has done is not known.'},
			silent: {cause: 'Nothing was heard of it for {seconds} s; what the program has done is not known.'},
		},
	},
} as const satisfies ProblemTable;
