import type {ProblemError} from '../base/problem.ts';
import type {Given} from '../base/problem-table.ts';
import type {RegistryCode, registryProblems} from './problems.ts';
import type {Refused} from './quirk.ts';
import {type About, directionOf, refuse} from './refuse.ts';
import {longestWaitMs} from './retry.ts';

/* How refusals that are known by status and words are told. */

type Tell = (refused: Refused) => ProblemError;
type Table = typeof registryProblems.table;
type Facts = keyof About;

/** Codes whose words name nothing but what every refusal knows. */
type PlainCode = {
	readonly [Code in RegistryCode]: Exclude<keyof Given<Table[Code]>, Facts> extends never ? Code : never;
}[RegistryCode];

/** By a code without cases. */
export const plainly =
	(code: PlainCode): Tell =>
	({context, more}) =>
		refuse(context, code, {}, more);

export const clientCertificate: Tell = ({context, more}) =>
	refuse(context, 'registry-client-certificate', {case: 'refused'}, more);

export const noProject: Tell = ({context, more}) => refuse(context, 'registry-no-project', {case: 'said'}, more);

export const denied: Tell = ({context, more}) => refuse(context, 'registry-denied', {case: 'push'}, more);

export const deniedWithoutLogin: Tell = ({context, more}) =>
	refuse(context, 'registry-denied', {case: 'no login'}, more);

export const notAsked: Tell = ({context, more}) => refuse(context, 'registry-denied', {case: 'not asked'}, more);

export const deniedByPage: Tell = ({context, words, more}) =>
	refuse(context, 'registry-denied', {case: 'page', words}, more);

export const noTokenGiven: Tell = ({context, more}) => refuse(context, 'registry-denied', {case: 'token'}, more);

export const deniedElsewhere: Tell = ({context, more}) => refuse(context, 'registry-denied', {case: 'elsewhere'}, more);

export const noLogin: Tell = ({context, more}) => refuse(context, 'registry-unauthorized', {case: 'no login'}, more);

export const loginElsewhere: Tell = ({context, more}) =>
	refuse(context, 'registry-unauthorized', {case: 'elsewhere'}, more);

export const noChallenge: Tell = ({context, more}) =>
	refuse(context, 'registry-unauthorized', {case: 'no challenge'}, more);

export const otherScheme: Tell = ({context, schemes, more}) =>
	refuse(context, 'registry-unauthorized', {case: 'other scheme', schemes: schemes.join(', ')}, more);

export const loginEnded: Tell = ({context, host, more}) =>
	refuse(context, 'registry-unauthorized', {case: 'ended'}, {...more, nextSteps: host.login(context.registry)});

export const unauthorized: Tell = ({context, ofTokens, more}) => {
	const isOfAll = ofTokens || context.repository === undefined;
	return refuse(context, 'registry-unauthorized', {case: isOfAll ? 'login' : 'repository'}, more);
};

/** A wait that is longer than any that is waited, in seconds. */
const longWait = ({retryAfterMs = 0}: Refused['more']): number | undefined =>
	retryAfterMs > longestWaitMs ? Math.ceil(retryAfterMs / 1000) : undefined;

export const rateLimited: Tell = ({context, more}) => {
	const seconds = longWait(more);
	if (seconds === undefined) return refuse(context, 'registry-rate-limited', {case: directionOf(context)}, more);
	return refuse(context, 'registry-rate-limited', {case: 'long wait', seconds}, more);
};

export const receivedOthers: Tell = ({context, more}) =>
	refuse(context, 'registry-digest-mismatch', {case: 'received others'}, more);

export const uploadForgotten: Tell = ({context, more}) =>
	refuse(context, 'registry-upload-lost', {case: 'forgotten'}, more);

export const unavailable: Tell = ({context, status, more}) => {
	const seconds = longWait(more);
	if (seconds === undefined) return refuse(context, 'registry-unavailable', {case: directionOf(context), status}, more);
	return refuse(context, 'registry-unavailable', {case: 'long wait', status, seconds}, more);
};

export const manifestRefused: Tell = ({context, more}) => {
	const {mediaType: type = 'unknown'} = context;
	const isOfDocker = type.startsWith('application/vnd.docker.');
	return refuse(context, 'registry-manifest-refused', {case: isOfDocker ? 'Docker' : 'OCI', type}, more);
};

export const proxyLogin: Tell = ({context, more}) => refuse(context, 'registry-refused', {case: 'proxy login'}, more);

export const noLength: Tell = ({context, more}) => refuse(context, 'registry-refused', {case: 'no length'}, more);

/** No row fits: by its own words, where it has any. */
export const unknown: Tell = ({context, status, isPage, isCoded, words, more}) => {
	if (isPage) return refuse(context, 'registry-refused', {case: 'page', status, words}, more);
	if (status < 300) return refuse(context, 'registry-refused', {case: 'not said', status}, more);
	if (isCoded) return refuse(context, 'registry-refused', {case: 'in words', status, words}, more);
	return refuse(context, 'registry-not-a-registry', {case: 'odd status', status}, more);
};

const nothingFound = {given: false, source: 'no file of logins was found'};

export const unauthorizedPull: Tell = ({context, host, more}) => {
	const {given, source} = context.pull ?? nothingFound;
	const nextSteps = [...host.login(context.registry), ...(host.on401 === undefined ? [] : [host.on401])];
	return refuse(
		context,
		'registry-unauthorized',
		{case: given ? 'pull with login' : 'pull without login', source},
		{...more, nextSteps},
	);
};

/** A refresh token that is refused has ended. */
export const refusedToken: Tell = (refused) =>
	directionOf(refused.context) === 'pull' ? unauthorizedPull(refused) : loginEnded(refused);

export const deniedPull: Tell = (refused) => {
	const {context, host, hasLogin, sent, more} = refused;
	const {given, source} = context.pull ?? nothingFound;
	if (hasLogin && !sent) return notAsked(refused);
	const withLogin = host.ofVendor ? 'pull from vendor' : 'pull with login';
	return refuse(
		context,
		'registry-denied',
		{case: given ? withLogin : 'pull without login', source},
		{...more, nextSteps: host.login(context.registry)},
	);
};

export const pullLimit: Tell = ({context, host, more}) => {
	const {given, source} = context.pull ?? nothingFound;
	const {retryAfterMs} = more;
	const wait = retryAfterMs === undefined ? 'for a time that it does not tell' : `${Math.ceil(retryAfterMs / 1000)} s`;
	return refuse(
		context,
		'registry-pull-limit',
		{case: given ? 'with login' : 'without login', source, wait},
		{...more, nextSteps: host.login(context.registry)},
	);
};
