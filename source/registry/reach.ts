import type {ProblemError} from '../base/problem.ts';
import type {Answer, Head, Method} from '../http/types.ts';
import {outerAddress} from './quirks.ts';
import {type Context, refuse} from './refuse.ts';

/* Where requests of one registry may go. Its login goes to its own origin alone, whatever stands here. */

/** An answer, and the address that gave it: what it names is resolved from there. */
export type Answered = Answer & {readonly from: URL};

/** How often a request is sent on before it goes in circles. */
export const mostHops = 5;

export const isSafe = ({protocol}: URL, origin: URL): boolean =>
	protocol === 'https:' || (origin.protocol === 'http:' && protocol === 'http:');

const targetOf = ({headers: {location}}: Pick<Head, 'headers'>, from: URL): URL | undefined =>
	typeof location === 'string' && URL.canParse(location, from.href) ? new URL(location, from) : undefined;

/**
 * The address that an upload goes on at.
 * @throws ProblemError `registry-redirects` where bytes would go in clear, `registry-not-a-registry` where none is named
 */
export const uploadAddress = (
	answer: Pick<Head, 'headers'> & {readonly from?: URL | undefined},
	origin: URL,
	context: Context,
): URL => {
	const target = targetOf(answer, answer.from ?? origin);
	if (!target) throw refuse(context, 'registry-not-a-registry', {case: 'upload nowhere'});
	const url = outerAddress(target, origin);
	if (isSafe(url, origin)) return url;
	throw refuse(context, 'registry-redirects', {case: 'upload in clear', place: url.origin});
};

/**
 * May an upload be cancelled there? Only at the registry itself, and only what has the form of an upload (specification 1.1, "Endpoints"):
 * a `DELETE` of anything else that a registry names would destroy something.
 */
export const isOwnUpload = (url: URL, origin: URL): boolean =>
	url.origin === origin.origin && /\/blobs\/uploads\/[^/]+\/?$/u.test(url.pathname);

/**
 * Where a 307 or 308 sends a request on to, with its method and body (RFC 9110 section 15.4.8): within the registry; bytes of a blob to
 * another host too, without the login.
 * @returns undefined where it may not be followed
 */
export const nextAddress = (answer: Answered, origin: URL, carriesBlob: boolean): URL | undefined => {
	if (answer.status !== 307 && answer.status !== 308) return undefined;
	const target = targetOf(answer, answer.from);
	if (!target) return undefined;
	const outer = outerAddress(target, origin);
	if (outer.origin === origin.origin && outer.href !== answer.from.href) return outer;
	return carriesBlob && isSafe(target, origin) ? target : undefined;
};

/** A request that is sent on to where it may not go. */
export const sentOn = (context: Context, method: Method, {status, from, ...answer}: Answered): ProblemError => {
	const place = targetOf(answer, from)?.origin ?? 'another place';
	return refuse(context, 'registry-redirects', {case: 'request', method, place, status});
};
