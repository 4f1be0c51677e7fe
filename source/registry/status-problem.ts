import type {ProblemError} from '../base/problem.ts';
import {cutTo, oneLine} from '../base/text.ts';
import type {Answer} from '../http/types.ts';
import {mostShown, wordsOfPage} from '../http/words.ts';
import {isRefusal, type Refused} from './quirk.ts';
import {hostRowOf, refusals} from './quirks.ts';
import {type Context, refuse} from './refuse.ts';

/** A registry's own words, each line without control characters. */
export type Words = {readonly codes: readonly string[]; readonly lines: readonly string[]};

/** More of them than any answer has; a page is read to its end all the same. */
const mostErrors = 5;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => value instanceof Object;

/** `errors[].{code,message,detail}` of the OCI distribution specification 1.1, "Error Codes", or the text of a page. */
export const wordsOf = ({body}: Pick<Answer, 'body'>): Words => {
	try {
		const value: unknown = JSON.parse(body.toString('utf8'));
		const errors = isRecord(value) && Array.isArray(value.errors) ? value.errors : [];
		const entries = errors.slice(0, mostErrors).map((entry: unknown) => {
			const {code, message} = isRecord(entry) ? entry : {};
			return {code: String(code ?? ''), message: String(message ?? '')};
		});
		return {
			codes: entries.map(({code}) => code),
			lines: entries.map(({code, message}) => cutTo(oneLine(`${code}: ${message}`), mostShown)),
		};
	} catch {
		const text = wordsOfPage(body);
		return {codes: [], lines: text === '' ? [] : [text]};
	}
};

/** What `WWW-Authenticate` says is wrong with the token (RFC 6750 section 3): `invalid_token`, `insufficient_scope`. */
const challengeErrorsOf = ({headers}: Answer): readonly string[] =>
	[headers['www-authenticate'] ?? []]
		.flat()
		.flatMap((header) =>
			[...header.slice(0, 8192).matchAll(/[\s,]error\s*=\s*"?([a-z_]+)/gu)].map(([, word = '']) => word),
		);

/** Who asked: whether there is a login, and how to take it out of the registry's own words. */
export type Asker = {readonly hasLogin: boolean; readonly scrub: (text: string) => string};

/** The problem behind a status that was not expected. */
export const statusProblem = (context: Context, answer: Answer, {hasLogin, scrub}: Asker): ProblemError => {
	const {status, retryAfterMs} = answer;
	const lines = [...wordsOf(answer).lines, ...challengeErrorsOf(answer)];
	const evidence = [`HTTP ${status}`, ...lines].map(scrub);
	const host = hostRowOf(context.registry);
	const refused: Refused = {context, host, hasLogin, status, more: {evidence, retryAfterMs}};
	const row = refusals.find((one) => isRefusal(one, refused, lines.join('\n')));
	return row?.told(refused) ?? refuse(context, 'registry-not-a-registry', {case: 'odd status', status}, {evidence});
};
