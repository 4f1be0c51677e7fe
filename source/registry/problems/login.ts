import type {ProblemTable} from '../../base/problem-table.ts';
import {login, sentOnce, unused} from './words.ts';

const loginHere = 'Log in to {registry} on this machine, then start again.';

/** Problems of the login and its rights. */
export const loginTable = {
	'registry-unauthorized': {
		area: 'registry',
		message: unused,
		cases: {
			'no login': {
				cause: 'It asks for a login, but none was given.',
				fix: 'Give user name and password (or robot token) of the registry.',
				answers: login,
			},
			login: {
				cause: 'It does not accept this login.',
				fix: 'Check user name and password (or robot token), and that the project exists.',
				answers: ['registry.host', ...login],
			},
			repository: {
				cause: 'It does not accept this login for {repository}; Harbor says the same when the project does not exist.',
				fix: 'Check user name and password (or robot token), and that the project exists.',
				answers: ['registry.host', ...login, 'registry.prefix'],
			},
			'pull with login': {
				cause: 'It does not accept the login from {source}, or it has ended: logins of the clouds last for some hours.',
				fix: loginHere,
			},
			'pull without login': {
				cause: 'It asks for a login, but there was no login ({source}).',
				fix: loginHere,
			},
		},
	},
	'registry-denied': {
		area: 'registry',
		message: unused,
		cases: {
			push: {
				cause: 'The login is right but may not push to {repository}.',
				fix: 'Have the right to push (in Harbor: role Developer or above) given to this user, or use another login.',
				answers: [...login, 'registry.prefix'],
			},
			'pull with login': {
				cause: 'It does not let {repository} be pulled with the login from {source}.',
				fix: 'Have the right to pull given to this user, or log in as another one.',
			},
			'pull from vendor': {
				who: 'vendor',
				cause: 'It does not let {repository} be pulled with the login from {source}.',
				fix: 'Have the right to pull given to this user, or log in as another one. The vendor gives it for the images of the product.',
			},
			'pull without login': {
				cause: 'It does not let {repository} be pulled with no login ({source}).',
				fix: loginHere,
			},
		},
	},
	'registry-pull-limit': {
		area: 'registry',
		message: unused,
		cases: {
			'with login': {
				cause:
					'The number of pulls that it allows in a span of time is used up. It asks to wait {wait}. It was asked with the login from {source}.',
				fix: 'Wait, or log in as a user with a higher limit; what was pulled is not pulled again.',
			},
			'without login': {
				cause:
					'The number of pulls that it allows in a span of time is used up. It asks to wait {wait}. It was asked with no login ({source}).',
				fix: 'Log in: users with a login may pull more. Or wait; what was pulled is not pulled again.',
			},
		},
	},
	'registry-login-expired': {
		area: 'registry',
		message: unused,
		cause: 'The login ran out after {bytes} bytes of an upload.',
		fix: `${sentOnce} If it comes back, have tokens given a longer life.`,
		answers: login,
	},
	'registry-login-in-clear': {
		area: 'registry',
		message: unused,
		cause: '{place} asks for a login, but is reached without TLS: everybody on the way could read it. It was not sent.',
		fix: 'Leave plain HTTP off and give the CA of the registry; a registry on this host may also be named localhost.',
		answers: ['registry.plainHttp', 'registry.ca'],
	},
	'registry-no-project': {
		area: 'registry',
		message: unused,
		cases: {
			said: {
				cause: 'The project or repository path of {repository} does not exist there, and it is not made by a push.',
				fix: 'Have the project {project} made in the registry, or give another prefix.',
				answers: ['registry.prefix', 'registry.host', ...login],
			},
			'login accepted': {
				cause:
					'It accepts this login, but not for {repository}: the project {project} does not exist (Harbor then answers 401), or this user has no right in it.',
				fix: 'Have the project {project} made, or the right to push to it given to this user; or give another prefix.',
				answers: ['registry.prefix', 'registry.host', ...login],
			},
		},
	},
} as const satisfies ProblemTable;
