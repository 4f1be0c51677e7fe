import {type Actor, type ProblemArea, ProblemError, type ProblemInput} from '../base/problem.ts';

/** The part of a `meta/v1 Status` that is used here. */
export type Status = {
	readonly kind?: string;
	readonly reason?: string;
	readonly message?: string;
	readonly code?: number;
	readonly details?: {
		readonly name?: string;
		readonly kind?: string;
		readonly retryAfterSeconds?: number;
		readonly causes?: readonly {readonly reason?: string; readonly message?: string; readonly field?: string}[];
	};
};

/** What was being done, for messages: `apply secret zenml-pro/zenml-tls`. */
export type Deed = {readonly deed: string; readonly server: string; readonly area: ProblemArea};

/** A refusal of the API server; keeps status and reason so that callers can tell 404 and 409 apart. */
export class KubernetesError extends ProblemError {
	readonly status: number;
	readonly reason: string;
	/** Field managers that a server-side apply is in conflict with. */
	readonly managers: readonly string[];
	constructor(input: ProblemInput, status: number, reason: string, managers: readonly string[] = []) {
		super(input);
		this.status = status;
		this.reason = reason;
		this.managers = managers;
	}
}

type Refusal = {
	readonly status?: number;
	readonly message?: RegExp;
	readonly code: string;
	readonly who?: Actor;
	readonly cause: string;
	readonly fix: string;
	readonly answers?: readonly string[];
};

const connection = ['kubernetes.kubeconfig', 'kubernetes.context'];

/** First match wins. Messages as written by kube-apiserver and its admission plug-ins. */
const refusals: readonly Refusal[] = [
	{
		status: 401,
		code: 'kubernetes-unauthorized',
		who: 'cluster admin',
		cause:
			'The cluster does not accept the token or certificate of this kubeconfig; it has expired or belongs elsewhere.',
		fix: 'Log in to the cluster again, or get a new kubeconfig.',
		answers: connection,
	},
	{
		status: 403,
		message: /exceeded quota|failed quota/u,
		code: 'kubernetes-quota',
		who: 'cluster admin',
		cause: 'A resource quota of the namespace is used up.',
		fix: 'Have the quota raised, or ask for less CPU and memory.',
	},
	{
		status: 403,
		message: /violates PodSecurity|unable to validate against any (pod security policy|security context constraint)/u,
		code: 'kubernetes-pod-security',
		who: 'cluster admin',
		cause: "The namespace's Pod Security level does not admit such a pod.",
		fix: 'Have the level of the namespace lowered, or make the pod security context stricter.',
	},
	{
		status: 403,
		message: /because it is being terminated/u,
		code: 'kubernetes-namespace-terminating',
		cause: 'The namespace is being deleted.',
		fix: 'Wait until it is gone, then try again.',
	},
	{
		message: /admission webhook .* denied the request/u,
		code: 'kubernetes-admission-denied',
		who: 'cluster admin',
		cause: 'A policy of this cluster refuses the object; its own words are below.',
		fix: 'Ask the owners of that policy for an exception, or change what it complains of.',
	},
	{
		message: /failed calling webhook/u,
		code: 'kubernetes-webhook-failed',
		who: 'cluster admin',
		cause: 'A webhook of this cluster that must agree to changes does not answer.',
		fix: 'Have the service behind that webhook repaired.',
	},
	{
		status: 403,
		code: 'kubernetes-forbidden',
		who: 'cluster admin',
		cause: 'The user of this kubeconfig lacks that permission.',
		fix: 'Have a Role or ClusterRole with this permission bound to the user, or use another kubeconfig.',
		answers: connection,
	},
	{
		status: 404,
		message: /^namespaces "/u,
		code: 'kubernetes-namespace-missing',
		cause: 'The namespace does not exist.',
		fix: 'Create the namespace first.',
	},
	{
		status: 404,
		code: 'kubernetes-not-found',
		cause: 'The object, or its whole kind, does not exist in this cluster.',
		fix: 'Start again: every step looks at the cluster anew.',
	},
	{
		status: 409,
		code: 'kubernetes-conflict',
		cause: 'Somebody else changed the object at the same time.',
		fix: 'Try again.',
	},
	{
		status: 410,
		code: 'kubernetes-expired',
		cause: 'The server no longer keeps the version of the list that was being read.',
		fix: 'Try again.',
	},
	{
		status: 422,
		code: 'kubernetes-invalid',
		cause: 'The server finds the object invalid; its own words are below.',
		fix: 'Change the answers that the named fields come from.',
	},
	{
		status: 429,
		code: 'kubernetes-busy',
		who: 'cluster admin',
		cause: 'The API server is overloaded and asks its clients to wait.',
		fix: 'Try again in a minute.',
	},
];

const serverError: Refusal = {
	code: 'kubernetes-server-error',
	who: 'cluster admin',
	cause: 'The API server, or a proxy before it, reports an error of its own.',
	fix: 'Try again; if it stays, have the health of the control plane looked at.',
};
const otherRefusal: Refusal = {
	code: 'kubernetes-refused',
	cause: 'The server gave the reason below.',
	fix: 'Mend what the server complains of, then try again.',
};

const fieldConflicts = (status: Status) =>
	status.details?.causes?.filter(({reason}) => reason === 'FieldManagerConflict') ?? [];

const managersOf = (status: Status): readonly string[] => [
	...new Set(fieldConflicts(status).map(({message}) => /conflict with "([^"]+)"/u.exec(message ?? '')?.[1] ?? '?')),
];

const conflictOf = (status: Status): Refusal | undefined => {
	const causes = fieldConflicts(status);
	if (causes.length === 0) return undefined;
	const managers = managersOf(status);
	return {
		code: 'kubernetes-field-conflict',
		cause: `${managers.join(', ')} also manages: ${causes.map(({field}) => field ?? '?').join(', ')}.`,
		fix: `Find out why ${managers.join(', ')} sets these fields; let it give them up, or remove the object and start again.`,
	};
};

/** Turns an answer of 400 and above into an error; `body` is parsed JSON where it was any, else text. */
export const statusError = (httpStatus: number, body: unknown, {deed, server, area}: Deed): KubernetesError => {
	const isStatus = typeof body === 'object' && body !== null;
	const status: Status = isStatus ? body : {message: String(body).slice(0, 500)};
	const words = status.message ?? '';
	const refusal =
		conflictOf(status) ??
		refusals.find(
			(row) => (row.status === undefined || row.status === httpStatus) && (row.message?.test(words) ?? true),
		) ??
		(httpStatus >= 500 ? serverError : otherRefusal);
	const causes = status.details?.causes?.map(({field, message}) => `${field ?? ''}: ${message ?? ''}`) ?? [];
	return new KubernetesError(
		{
			code: refusal.code,
			area,
			who: refusal.who ?? 'operator',
			message: `The cluster at ${server} refused to ${deed} (HTTP ${httpStatus}${status.reason ? `, ${status.reason}` : ''}).`,
			cause: refusal.cause,
			fix: refusal.fix,
			...(refusal.answers && {answers: refusal.answers}),
			evidence: [words, ...causes].filter((line) => line !== ''),
		},
		httpStatus,
		status.reason ?? '',
		managersOf(status),
	);
};
