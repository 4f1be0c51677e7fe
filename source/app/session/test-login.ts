import {type Draft, getAt} from '../../answers/draft.ts';
import {labelAt} from '../../answers/form/label.ts';
import {resolvePaths} from '../../answers/resolve-paths.ts';
import {answersForLogin, type LoginAnswers, loginAt} from '../../answers/secret/login.ts';
import {printable} from '../../base/printable.ts';
import {type Problem, toProblem} from '../../base/problem.ts';
import type {World} from '../../steps/world.ts';
import type {Sighting} from '../../ui/state/session.ts';
import {createPortsSlot, type PortOptions} from '../run/ports.ts';

/** Longest try of one login, ms: a name that is asked for, a connection, a token and an answer. */
const testMs = 20_000;

/** Where a login is tried from: typed secrets are those of the sitting. */
export type TestPlace = Pick<PortOptions, 'context' | 'stateDirectory' | 'prompted'>;

/** What is still to be answered before a login can be tried, password last. */
const lackingOf = (
	draft: Draft,
	{lacking}: LoginAnswers,
	{prompted}: TestPlace,
	password: string,
): readonly string[] => {
	const isForgotten = getAt(draft, password) === 'prompt' && !prompted.has(password);
	return isForgotten ? [...lacking, password] : lacking;
};

/** A refusal in one line: what happened and why, with the words of the server where there are any. */
const refusalWords = ({message, cause, evidence = []}: Problem): string =>
	[message, cause, ...evidence.slice(0, 1)].filter((text) => text !== '').join(' ');

/** The world of a try: it works with its answers alone, leaves no trace, and nobody hears of it. */
const worldOf = (
	{answers}: LoginAnswers,
	{context, stateDirectory, prompted}: TestPlace,
	signal: AbortSignal,
): {readonly world: World; readonly close: () => Promise<void>} => {
	const {workingDirectory: baseDirectory, homeDirectory} = context;
	const own = {...context, signal, useCluster: undefined};
	const slot = createPortsSlot({context: own, stateDirectory, prompted});
	const absolute = resolvePaths(answers, {baseDirectory, homeDirectory});
	const ports = slot.open(absolute);
	const rest = {pass: 'look', runId: 'login', signal, report: () => undefined, acknowledged: false} as const;
	return {world: {...ports, ...rest, answers: absolute}, close: slot.close};
};

const tested = async (place: TestPlace, draft: Draft, answer: string, signal: AbortSignal): Promise<Sighting> => {
	const login = loginAt(draft, answer);
	if (!login) return {ok: false, text: 'there is no login here that could be tried'};
	const given = answersForLogin(draft, login);
	const lacking = lackingOf(draft, given, place, login.password);
	if (lacking.length > 0)
		return {ok: false, text: `not tried, still to be answered: ${lacking.map(labelAt).join(', ')}`};
	const {tryLogin} = await import('../../steps/prerequisites/logins.ts');
	const {world, close} = worldOf(given, place, signal);
	try {
		return await tryLogin(world, login, given.isValid);
	} finally {
		await close();
	}
};

/**
 * Tries the login that an answer is a part of, at its server, as the check before a run does. Changes nothing there and takes 20 s at most.
 * Never throws: what the server refuses is told without secrets.
 */
export const testLogin = async (
	place: TestPlace,
	draft: Draft,
	answer: string,
	signal: AbortSignal,
): Promise<Sighting> => {
	const {redactor} = place.context;
	const late = AbortSignal.timeout(testMs);
	const bounded = AbortSignal.any([signal, place.context.signal, late]);
	const ended = new Promise<never>((_, reject) => {
		bounded.addEventListener('abort', () => reject(bounded.reason), {once: true});
	});
	try {
		const {ok, text} = await Promise.race([tested(place, draft, answer, bounded), ended]);
		return {ok, text: printable(redactor.redact(text))};
	} catch (error) {
		if (late.aborted) return {ok: false, text: `no answer within ${testMs / 1000} s`};
		return {ok: false, text: printable(redactor.redact(refusalWords(toProblem(error))))};
	}
};
