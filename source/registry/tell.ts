import type {ProblemError} from '../base/problem.ts';
import type {Given} from '../base/problem-table.ts';
import type {RegistryCode, registryProblems} from './problems.ts';
import type {Refused} from './quirk.ts';
import {directionOf, refuse} from './refuse.ts';

/* How refusals that are known by status and words are told. */

type Tell = (refused: Refused) => ProblemError;
type Table = typeof registryProblems.table;
type Facts = 'registry' | 'what' | 'repository' | 'project';

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

export const noLogin: Tell = ({context, more}) => refuse(context, 'registry-unauthorized', {case: 'no login'}, more);

export const unauthorized: Tell = ({context, more}) =>
	refuse(context, 'registry-unauthorized', {case: context.repository === undefined ? 'login' : 'repository'}, more);

export const rateLimited: Tell = ({context, more}) =>
	refuse(context, 'registry-rate-limited', {case: directionOf(context)}, more);

export const receivedOthers: Tell = ({context, more}) =>
	refuse(context, 'registry-digest-mismatch', {case: 'received others'}, more);

export const uploadForgotten: Tell = ({context, more}) =>
	refuse(context, 'registry-upload-lost', {case: 'forgotten'}, more);

export const unavailable: Tell = ({context, status, more}) =>
	refuse(context, 'registry-unavailable', {case: directionOf(context), status}, more);

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

export const deniedPull: Tell = ({context, host, more}) => {
	const {given, source} = context.pull ?? nothingFound;
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
