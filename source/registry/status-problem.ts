import type {ProblemError} from '../base/problem.ts';
import type {Answer} from '../http/types.ts';
import {challengesOf} from './auth/challenge.ts';
import {isRefusal, type Refused} from './quirk.ts';
import {hostRowOf, refusals} from './quirks.ts';
import type {Context} from './refuse.ts';
import * as tell from './tell.ts';
import {isPage, wordsOf} from './words.ts';

export {wordsOf} from './words.ts';

/** What `WWW-Authenticate` says is wrong with the token (RFC 6750 section 3): `invalid_token`, `insufficient_scope`. */
const challengeErrorsOf = ({headers}: Answer): readonly string[] =>
	[headers['www-authenticate'] ?? []]
		.flat()
		.flatMap((header) =>
			[...header.slice(0, 8192).matchAll(/[\s,]error\s*=\s*"?([a-z_]+)/gu)].map(([, word = '']) => word),
		);

/** Who asked. */
export type Asker = {
	/** Is there a login? */
	readonly hasLogin: boolean;
	/** Was it sent with this request? As `hasLogin` where nothing is said. */
	readonly sent?: boolean;
	/** Takes it out of the registry's own words. */
	readonly scrub: (text: string) => string;
	/** Was a token asked for? */
	readonly ofTokens?: boolean;
};

/** Most schemes of a login that are told. */
const mostSchemes = 5;

/** The problem behind a status that was not expected. */
export const statusProblem = (context: Context, answer: Answer, asker: Asker): ProblemError => {
	const {hasLogin, sent = hasLogin, scrub, ofTokens = false} = asker;
	const {status, retryAfterMs} = answer;
	const {codes, lines: said} = wordsOf(answer);
	const lines = [...said, ...challengeErrorsOf(answer)];
	const schemes = challengesOf(answer.headers).map(({scheme}) => scheme.slice(0, 40));
	const refused: Refused = {
		context,
		host: hostRowOf(context.registry),
		hasLogin,
		sent,
		ofTokens,
		status,
		schemes: [...new Set(schemes)].slice(0, mostSchemes),
		isPage: isPage(answer),
		isCoded: codes.some((code) => code !== ''),
		words: scrub(said.join('; ')),
		more: {evidence: [`HTTP ${status}`, ...lines].map(scrub), retryAfterMs},
	};
	const row = refusals.find((one) => isRefusal(one, refused, lines.join('\n')));
	return (row?.told ?? tell.unknown)(refused);
};
