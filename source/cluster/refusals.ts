import type * as z from 'zod';
import {printable} from '../base/printable.ts';
import type {Problem} from '../base/problem.ts';
import type {Circumstances} from '../base/problem-table.ts';
import {cutTo, firstOf, isMap} from '../base/text.ts';
import {type Deed, KubernetesError, type RefusalFacts} from './errors.ts';
import {statusShape} from './objects/shapes.ts';
import {clusterProblems} from './problems.ts';

/** What the API server sends with a refusal, cleaned. */
type Status = z.output<typeof statusShape>;

/** Of somebody else's words in a sentence. */
const mostCharacters = 200;

/** Of the parts of an object that a refusal complains of. */
const mostCauses = 20;

/** Of them and of managers in one sentence. */
const mostNamed = 10;

const short = (text: string): string => cutTo(printable(text), mostCharacters);

type Words = (facts: RefusalFacts, more: Circumstances) => Problem;

/** Refusals with no facts of their own. */
type PlainCode =
	| 'kubernetes-namespace-terminating'
	| 'kubernetes-webhook-failed'
	| 'kubernetes-forbidden'
	| 'kubernetes-namespace-missing'
	| 'kubernetes-not-found'
	| 'kubernetes-conflict'
	| 'kubernetes-expired'
	| 'kubernetes-invalid'
	| 'kubernetes-busy'
	| 'kubernetes-server-error'
	| 'kubernetes-refused';

const plain =
	(code: PlainCode): Words =>
	(facts, more) =>
		clusterProblems.problem(code, facts, more);

/**
 * The same refusals come to controllers that make pods; there they are a sign of trouble, here they are the answer to a
 * request.
 */
const asked =
	(code: 'kubernetes-quota' | 'kubernetes-pod-security' | 'kubernetes-admission-denied'): Words =>
	(facts, more) =>
		clusterProblems.problem(code, {case: 'asked', ...facts}, more);

type Row = {readonly status?: number; readonly saying?: RegExp; readonly words: Words};

/** First match wins. What they say is as kube-apiserver and its admission plug-ins write it. */
const rows: readonly Row[] = [
	{
		status: 401,
		words: (facts, more) => clusterProblems.problem('kubernetes-unauthorized', {case: 'login', ...facts}, more),
	},
	{status: 403, saying: /exceeded quota|failed quota/u, words: asked('kubernetes-quota')},
	{
		status: 403,
		saying: /violates PodSecurity|unable to validate against any (pod security policy|security context constraint)/u,
		words: asked('kubernetes-pod-security'),
	},
	{status: 403, saying: /because it is being terminated/u, words: plain('kubernetes-namespace-terminating')},
	{saying: /admission webhook \S+ denied the request/u, words: asked('kubernetes-admission-denied')},
	{saying: /failed calling webhook/u, words: plain('kubernetes-webhook-failed')},
	{status: 403, words: plain('kubernetes-forbidden')},
	{status: 404, saying: /^namespaces "/u, words: plain('kubernetes-namespace-missing')},
	{status: 404, words: plain('kubernetes-not-found')},
	{status: 409, words: plain('kubernetes-conflict')},
	{status: 410, words: plain('kubernetes-expired')},
	{status: 422, words: plain('kubernetes-invalid')},
	{status: 429, words: plain('kubernetes-busy')},
];

/** What the server says about fields that somebody else owns (meta/v1 StatusCause). */
const conflictsOf = ({details}: Status) => details.causes.filter(({reason}) => reason === 'FieldManagerConflict');

const managersOf = (status: Status): readonly string[] => [
	...new Set(conflictsOf(status).map(({message}) => short(/conflict with "([^"]+)"/u.exec(message)?.[1] ?? '?'))),
];

const fieldConflict =
	(status: Status): Words =>
	(facts, more) =>
		clusterProblems.problem(
			'kubernetes-field-conflict',
			{
				...facts,
				managers: firstOf(managersOf(status), mostNamed),
				fields: firstOf(
					conflictsOf(status).map(({field}) => short(field) || '?'),
					mostNamed,
				),
			},
			more,
		);

const wordsFor = (httpStatus: number, status: Status): Words => {
	if (conflictsOf(status).length > 0) return fieldConflict(status);
	const row = rows.find(
		(one) => (one.status ?? httpStatus) === httpStatus && (one.saying?.test(status.message) ?? true),
	);
	return row?.words ?? plain(httpStatus >= 500 ? 'kubernetes-server-error' : 'kubernetes-refused');
};

/** A body that is no Status comes from something before the API server; its beginning may tell what that is. */
const statusIn = (body: unknown): Status => statusShape.parse(isMap(body) ? body : {message: cutTo(String(body), 500)});

/**
 * Turns an answer of 400 and above into an error.
 * @param body parsed JSON where it was any, else text
 * @param retryAfterMs how long the server asked to wait, ms
 */
export const statusError = (
	httpStatus: number,
	body: unknown,
	{deed, server}: Deed,
	retryAfterMs?: number,
): KubernetesError => {
	const status = statusIn(body);
	const {reason, message: said, details} = status;
	const answer = reason === '' ? `HTTP ${httpStatus}` : `HTTP ${httpStatus}, ${short(reason)}`;
	const causes = details.causes.slice(0, mostCauses).map(({field, message}) => `${field}: ${message}`);
	const evidence = [said, ...causes].filter((line) => line !== '');
	const facts: RefusalFacts = {server, deed, answer};
	const managers = managersOf(status);
	const problem = wordsFor(httpStatus, status)(facts, {evidence});
	return new KubernetesError(problem, {status: httpStatus, reason, said, managers, facts, retryAfterMs});
};
