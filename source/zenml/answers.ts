import type * as z from 'zod';
import type {ProblemError} from '../base/problem.ts';
import {cutTo, isMap} from '../base/text.ts';
import type {HttpsResponse} from '../network/types.ts';
import {zenmlProblems} from './problems.ts';

/** A request and what came back; its URL is for messages and never has a query. */
export type Exchange = {readonly method: string; readonly url: string; readonly response: HttpsResponse};

const maximumWords = 400;

const shorten = (text: string): string => {
	const line = text.replace(/\s+/gu, ' ').trim();
	return cutTo(line, maximumWords);
};

/** FastAPI's validation errors carry the refused input, which may be a secret: only place and message are kept. */
const wordsOfPart = (part: unknown): string => {
	if (typeof part === 'string') return part;
	const {msg, loc} = isMap(part) ? part : {};
	const words = [Array.isArray(loc) ? loc.join('.') : '', typeof msg === 'string' ? msg : ''];
	return words.join(' ').trim();
};

const wordsOfDetail = (detail: unknown): string | undefined => {
	if (typeof detail === 'string') return detail;
	if (!Array.isArray(detail)) return undefined;
	return detail
		.map(wordsOfPart)
		.filter((part) => part !== '')
		.join(': ');
};

const parse = (body: string): unknown => {
	try {
		return JSON.parse(body);
	} catch {
		return undefined;
	}
};

/** True when the answer is a web page, as a dashboard or an ingress controller gives it. */
export const isHtml = ({headers, body}: HttpsResponse): boolean =>
	(headers['content-type'] ?? '').includes('text/html') || /^\s*<(!doctype|html)/iu.test(body);

/** The server's own words: `detail` of FastAPI errors, or the start of a text; never a web page. */
export const wordsOf = (response: HttpsResponse): string => {
	if (isHtml(response)) {
		const title = /<title>([^<]*)<\/title>/iu.exec(response.body)?.[1];
		return title ? `a web page titled "${shorten(title)}"` : 'a web page';
	}
	const json = parse(response.body);
	if (isMap(json) && 'detail' in json) return shorten(wordsOfDetail(json.detail) ?? '');
	// Other JSON may hold what was just created, a key among it.
	return json === undefined ? shorten(response.body) : '';
};

/** The exchange in one line, to support a problem: the status and the server's own words. */
export const evidenceOf = ({method, url, response}: Exchange): readonly string[] => {
	const words = wordsOf(response);
	return [`${method} ${url} → ${response.status}${words ? `: ${words}` : ''}`];
};

/** The answer was a web page: something else answers under the API's path. Code `zenml-api-not-itself`. */
export const notItself = (exchange: Exchange): ProblemError => {
	const which = exchange.response.status === 404 ? 'no rule' : 'other server';
	const evidence = evidenceOf(exchange);
	return zenmlProblems.error('zenml-api-not-itself', {case: which, url: exchange.url}, {evidence});
};

/** What an ingress controller answers while no pod behind it is ready. */
const unready: readonly number[] = [502, 503, 504];

/** Any other refusal of the server. Codes `zenml-not-ready` (502, 503, 504) and `zenml-api-error`. */
export const apiError = (exchange: Exchange): ProblemError => {
	const {method, url, response} = exchange;
	const {status} = response;
	const more = {evidence: evidenceOf(exchange)};
	if (unready.includes(status)) return zenmlProblems.error('zenml-not-ready', {url, status}, more);
	if (isHtml(response)) return notItself(exchange);
	const words = wordsOf(response);
	return words === ''
		? zenmlProblems.error('zenml-api-error', {case: 'untold', method, url, status}, more)
		: zenmlProblems.error('zenml-api-error', {case: 'told', method, url, status, words}, more);
};

/**
 * The checked answer of a successful call.
 * @throws ProblemError `zenml-api-not-itself` for a web page, `zenml-api-error` when the answer has another form than known.
 */
export const read = <T>(exchange: Exchange, schema: z.ZodType<T>): T => {
	const {method, url, response} = exchange;
	if (isHtml(response)) throw notItself(exchange);
	const result = schema.safeParse(parse(response.body));
	if (result.success) return result.data;
	const issues = result.error.issues.map(({path, message}) => `${path.join('.') || 'answer'}: ${message}`);
	throw zenmlProblems.error(
		'zenml-api-error',
		{case: 'unknown form', method, url, status: response.status, issues: issues.slice(0, 3).join('; ')},
		{evidence: issues.slice(0, 10)},
	);
};
