import type * as z from 'zod';
import {ProblemError, type ProblemInput} from '../base/problem.ts';
import type {HttpsResponse} from '../network/types.ts';

/** What was asked, for messages: `POST https://HOST/api/v1/users`, never with a query. */
export type Asked = {readonly method: string; readonly url: string};

const maximumWords = 400;

const shorten = (text: string): string => {
	const line = text.replace(/\s+/gu, ' ').trim();
	return line.length > maximumWords ? `${line.slice(0, maximumWords)}…` : line;
};

const wordsOfDetail = (detail: unknown): string | undefined => {
	if (typeof detail === 'string') return detail;
	if (!Array.isArray(detail)) return undefined;
	// FastAPI's validation errors carry the refused input, which may be a secret: only place and message are kept.
	return detail
		.map((part: unknown) => {
			if (typeof part === 'string') return part;
			const {msg, loc} = part as {msg?: unknown; loc?: unknown};
			return `${Array.isArray(loc) ? loc.join('.') : ''} ${typeof msg === 'string' ? msg : ''}`.trim();
		})
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
	if (typeof json === 'object' && json !== null && 'detail' in json) return shorten(wordsOfDetail(json.detail) ?? '');
	// Other JSON may hold what was just created, a key among it.
	return json === undefined ? shorten(response.body) : '';
};

/** A problem of area `verification` with the status and the server's words as evidence. */
export const refusal = (asked: Asked, response: HttpsResponse, input: Omit<ProblemInput, 'area'>): ProblemError => {
	const words = wordsOf(response);
	return new ProblemError({
		area: 'verification',
		...input,
		evidence: [`${asked.method} ${asked.url} → ${response.status}${words ? `: ${words}` : ''}`],
	});
};

/** The answer was a web page: something else answers under the API's path. Code `zenml-api-not-itself`. */
export const notItself = (asked: Asked, response: HttpsResponse): ProblemError =>
	refusal(asked, response, {
		code: 'zenml-api-not-itself',
		who: 'cluster admin',
		message: `${asked.url} answered with a web page, not with the ZenML API.`,
		cause:
			response.status === 404
				? 'The ingress controller has no rule for this host and path.'
				: 'The dashboard or another web server answers under this path.',
		fix: 'Look at the Ingress of the release: its host must be this host and its path /api must lead to the API service.',
	});

/** Any other refusal of the server. Codes `zenml-not-ready` (502, 503, 504) and `zenml-api-error`. */
export const apiError = (asked: Asked, response: HttpsResponse): ProblemError => {
	const {status} = response;
	if (status === 502 || status === 503 || status === 504)
		return refusal(asked, response, {
			code: 'zenml-not-ready',
			who: 'cluster admin',
			message: `${asked.url} is not ready: status ${status}.`,
			cause: 'The ingress controller knows the host, but no pod behind it is ready.',
			fix: 'Wait for the rollout to finish; look at the pods of the release and their logs.',
		});
	if (isHtml(response)) return notItself(asked, response);
	const words = wordsOf(response);
	return refusal(asked, response, {
		code: 'zenml-api-error',
		message: `The ZenML API refused ${asked.method} ${asked.url} with status ${status}.`,
		cause: words ? `The server said: ${words}` : 'The server gave no reason.',
		fix: 'Mend what the server names; its own log (the pods of the release) has more.',
	});
};

/**
 * The checked answer of a successful call.
 * @throws ProblemError `zenml-api-not-itself` for a web page, `zenml-api-error` when the answer has another form than known.
 */
export const read = <T>(asked: Asked, response: HttpsResponse, schema: z.ZodType<T>): T => {
	if (isHtml(response)) throw notItself(asked, response);
	const result = schema.safeParse(parse(response.body));
	if (result.success) return result.data;
	const issues = result.error.issues.map(({path, message}) => `${path.join('.') || 'answer'}: ${message}`);
	throw new ProblemError({
		code: 'zenml-api-error',
		area: 'verification',
		who: 'vendor',
		message: `The answer to ${asked.method} ${asked.url} has a form that this tool does not know.`,
		cause: `Status ${response.status}; ${issues.slice(0, 3).join('; ')}.`,
		fix: 'Check that the product version is one this tool supports; if it is, send this to the authors of the tool.',
		evidence: issues.slice(0, 10),
	});
};
