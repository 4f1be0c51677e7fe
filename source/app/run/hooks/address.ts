import type {Answers} from '../../../answers/schema.ts';
import {isAbort, toProblem} from '../../../base/problem.ts';
import {cutTo} from '../../../base/text.ts';
import {knock} from '../../../network/https.ts';
import type {HostPort, Ports} from '../../../steps/world.ts';
import type {CallHow} from './command.ts';
import type {Failure} from './types.ts';

/** What calls to addresses go through. */
export type Line = {
	readonly https: Ports['https'];
	readonly readFile: HostPort['readFile'];
	readonly resolveSecret: Ports['resolveSecret'];
};

/** What is kept for the log of an answer, characters. */
const mostKept = 2000;

const withoutStop = (text: string): string => text.replace(/\.$/u, '');

/** A file or secret of the answers, or a server, that does not do. */
const failureOf = (kind: 'surroundings' | 'connection', error: unknown): Failure => {
	const {message, cause, evidence = []} = toProblem(error);
	return {kind, words: withoutStop(`${message} ${cause}`), said: evidence.join('\n')};
};

/** The CA that counts, and the header that says who calls; or what is wrong with them. */
const identityOf = async (
	{hooks, tls}: Answers,
	{readFile, resolveSecret}: Omit<Line, 'https'>,
): Promise<{readonly ca: string; readonly headers: Readonly<Record<string, string>>} | Failure> => {
	try {
		const ca = await (hooks.ca === undefined ? readFile(tls.ca, 'tls.ca') : readFile(hooks.ca, 'hooks.ca'));
		if (hooks.headerValue === undefined) return {ca, headers: {}};
		const value = await resolveSecret(hooks.headerValue, 'hooks.headerValue');
		return {ca, headers: {[hooks.header.toLowerCase()]: value}};
	} catch (error) {
		return failureOf('surroundings', error);
	}
};

/** What is wrong with an address before anything is sent there: its name, its certificate, its CA, the header; undefined where nothing is. */
export const lookAtAddress = async (
	url: string,
	{
		answers,
		line,
		signal,
	}: {readonly answers: Answers; readonly line: Omit<Line, 'https'>; readonly signal: AbortSignal},
): Promise<Failure | undefined> => {
	const identity = await identityOf(answers, line);
	if ('kind' in identity) return identity;
	try {
		await knock({url, ca: identity.ca, timeoutMs: answers.hooks.timeoutSeconds * 1000, signal});
		return undefined;
	} catch (error) {
		signal.throwIfAborted();
		return failureOf('connection', error);
	}
};

const ofStatus = (status: number, said: string): Failure | undefined => {
	if (status >= 200 && status < 300) return undefined;
	if (status >= 300 && status < 400)
		return {kind: 'redirect', words: `it answered ${status} and names another address, which is not followed`, said};
	return {kind: 'status', words: `it answered ${status}`, said};
};

/** Posts the payload once. Resolves in what went wrong when the answer has come, or none will. No redirect is followed. */
export const callAddress = async (
	url: string,
	{answers, line}: {readonly answers: Answers; readonly line: Line},
	{payload, timeoutMs, signal}: Omit<CallHow, 'fail'>,
): Promise<Failure | undefined> => {
	const identity = await identityOf(answers, line);
	if ('kind' in identity) return identity;
	const {ca, headers} = identity;
	try {
		const {status, body} = await line.https.request({
			...{method: 'POST', url, ca, timeoutMs, signal},
			headers: {'content-type': 'application/json', ...headers},
			body: payload,
		});
		return ofStatus(status, cutTo(body, mostKept));
	} catch (error) {
		if (signal.aborted || isAbort(error)) return {kind: 'too late', words: 'it had not answered when the run was over'};
		return failureOf('connection', error);
	}
};
