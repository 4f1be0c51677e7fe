import type {ProblemTable} from '../../base/problem-table.ts';

/** `answer` is what HTTP and Kubernetes call it: `HTTP 403, Forbidden`. */
const refused = {message: 'The cluster at {server} refused to {deed} ({answer}).'} as const;
const connection = ['kubernetes.kubeconfig', 'kubernetes.context'] as const;

/** What the API server answers with 400 and above; which part of the world it is about depends on what was asked. */
export const refusalTable = {
	'kubernetes-forbidden': {
		...refused,
		area: 'cluster',
		who: 'cluster admin',
		cause: 'The user of this kubeconfig lacks that permission.',
		fix: 'Have a Role or ClusterRole with this permission bound to the user, or use another kubeconfig.',
		answers: connection,
	},
	'kubernetes-namespace-terminating': {
		...refused,
		area: 'cluster',
		cause: 'The namespace is being deleted.',
		fix: 'Wait until it is gone, then try again.',
	},
	'kubernetes-webhook-failed': {
		...refused,
		area: 'cluster',
		who: 'cluster admin',
		cause: 'A webhook of this cluster that must agree to changes does not answer.',
		fix: 'Have the service behind that webhook repaired.',
	},
	'kubernetes-namespace-missing': {
		...refused,
		area: 'cluster',
		cause: 'The namespace does not exist.',
		fix: 'Create the namespace first.',
	},
	'kubernetes-not-found': {
		...refused,
		area: 'cluster',
		cause: 'The object, or its whole kind, does not exist in this cluster.',
		fix: 'Try again: every step looks at the cluster anew.',
	},
	'kubernetes-conflict': {
		...refused,
		area: 'cluster',
		cause: 'Somebody else changed the object at the same time.',
		fix: 'Try again.',
	},
	'kubernetes-field-conflict': {
		...refused,
		area: 'cluster',
		cause: '{managers} also manages: {fields}.',
		fix: 'Find out why {managers} sets these fields; let it give them up, or remove the object and try again.',
	},
	'kubernetes-expired': {
		...refused,
		area: 'cluster',
		cause: 'The server no longer keeps the version of the list that was being read.',
		fix: 'Try again.',
	},
	'kubernetes-invalid': {
		...refused,
		area: 'cluster',
		cause: 'The server finds the object invalid; its own words are below.',
		fix: 'Change the answers that the named fields come from.',
	},
	'kubernetes-busy': {
		...refused,
		area: 'cluster',
		who: 'cluster admin',
		cause: 'The API server is overloaded and asks its clients to wait.',
		fix: 'Try again in a minute.',
	},
	'kubernetes-server-error': {
		...refused,
		area: 'cluster',
		who: 'cluster admin',
		cause: 'The API server, or a proxy before it, reports an error of its own.',
		fix: 'Try again; if it stays, have the health of the control plane looked at.',
	},
	'kubernetes-refused': {
		...refused,
		area: 'cluster',
		cause: 'The server gave the reason below.',
		fix: 'Mend what the server complains of, then try again.',
	},
	'kubernetes-no-such-kind': {
		area: 'cluster',
		who: 'cluster admin',
		message: 'The cluster at {server} has no kind {kind} in {apiVersion}.',
		cause: 'The Kubernetes version is too old or too new for it, or a needed add-on is not installed.',
		fix: 'Check the version of the cluster and its add-ons.',
	},
} as const satisfies ProblemTable;
