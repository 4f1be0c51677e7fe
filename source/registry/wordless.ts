import {ProblemError} from '../base/problem.ts';
import type {Answered} from './reach.ts';
import type {Request} from './request.ts';

type Got = {readonly answer: Answered; readonly sent: string | undefined; readonly gone: number};

/** Statuses that say all, or that another request would make worse: a login that is refused twice, a registry that is busy. */
const enoughSaid: ReadonlySet<number> = new Set([401, 408, 425, 429, 502, 503, 504]);

/** Ends a blob that came though one byte was asked for; nobody sees it. */
const enough = new Error('enough');

const isWordless = ({method, accept}: Request, {answer: {status}}: Got): boolean =>
	method === 'HEAD' && status >= 400 && !accept.includes(status) && !enoughSaid.has(status);

/** The same question by GET: of a blob its first byte alone. */
const asGet = (request: Request): Request => {
	const isBlob = /\/blobs\/sha256:[0-9a-f]+$/u.test(String(request.url));
	if (!isBlob) return {...request, method: 'GET'};
	const receive = (): void => {
		throw enough;
	};
	return {...request, method: 'GET', headers: {...request.headers, range: 'bytes=0-0'}, receive};
};

/** What GET gives of a blob tells no length of the whole. */
const there = ({answer: {headers: _of, ...answer}, ...got}: Got): Got => ({
	...got,
	answer: {...answer, status: 200, headers: {}, body: Buffer.alloc(0)},
});

/**
 * An answer to HEAD has no body, so a refusal of it has no words (RFC 9110 section 9.3.2): it is asked for again by GET. Where that is
 * not refused, as by proxies that let no HEAD through, it is the answer.
 */
export const withWords = async (request: Request, got: Got, ask: (again: Request) => Promise<Got>): Promise<Got> => {
	if (!isWordless(request, got)) return got;
	const again = asGet(request);
	try {
		const told = await ask(again);
		return again.receive && told.answer.status === 206 ? there(told) : told;
	} catch (error) {
		if (error === enough) return there(got);
		if (error instanceof ProblemError) return got;
		throw error;
	}
};
