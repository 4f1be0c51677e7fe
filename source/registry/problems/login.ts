import type {ProblemTable} from '../../base/problem-table.ts';
import {login, sentOnce, unused} from './words.ts';

const otherHost =
	'Have the external URL of the registry corrected; or give {address} as the push host, where it is the registry itself.';
const giveLogin = 'Give user name and password (or robot token) of the registry.';
const loginHere = 'Log in to {registry} on this machine, then try again.';

/** Problems of the login and its rights. */
export const loginTable = {
	'registry-unauthorized': {
		area: 'registry',
		message: unused,
		cases: {
			'no login': {
				cause: 'It asks for a login, but none was given.',
				fix: giveLogin,
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
			'no challenge': {
				cause: 'It answers 401 without saying how to log in, so the login was not sent.',
				fix: 'Look at what stands before the registry: a proxy that takes the header WWW-Authenticate away, or wants a login of its own.',
				nextSteps: ['curl -i {root}/v2/'],
				answers: ['registry.host'],
			},
			'other scheme': {
				cause: 'It asks for a login by {schemes}. This program can Basic and Bearer, so no login was sent.',
				fix: 'Give an address of the registry that takes user name and password, or tokens; mostly a proxy before it asks for {schemes}.',
				nextSteps: ['curl -i {root}/v2/'],
				answers: ['registry.host', 'registry.pushHost'],
			},
			ended: {
				cause: 'The login has ended: those of the clouds last for some hours.',
				fix: 'Get a new password or token, and give that as the password of the registry.',
				answers: login,
			},
			elsewhere: {
				cause: 'It asks for a login. That of the registry is sent to no other host.',
				fix: otherHost,
				answers: ['registry.pushHost'],
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
			'no login': {
				cause: 'It refuses that to who has no login, and none was given.',
				fix: giveLogin,
				answers: login,
			},
			'not asked': {
				cause:
					'It refuses without asking for the login, so that was not sent: a list of allowed hosts, a firewall or a proxy may do so.',
				fix: 'Have this host allowed to use the registry; its own words are below.',
				answers: ['registry.host'],
			},
			page: {
				who: 'network team',
				cause: 'It answers 403 with a web page: {words}',
				fix: 'Find out who says so: a firewall or proxy on the way, or one before the registry. Have this host let through there.',
				answers: ['registry.host'],
			},
			token: {
				cause: 'It gives no token for {repository}: it does not accept the login, or the login has no right there.',
				fix: 'Check user name and password (or robot token), and that this user may push there.',
				answers: [...login, 'registry.prefix'],
			},
			elsewhere: {
				cause: 'It refuses (status 403). The login of the registry is sent to no other host.',
				fix: otherHost,
				answers: ['registry.pushHost'],
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
