import {ProblemError, type ProblemInput} from '../../base/problem.ts';
import {type Context, refusal} from '../problems.ts';
import {type Answer, wordsOf} from '../refusals.ts';
import {isDockerHub} from './docker-hub.ts';

/** What is known of a registry that is pulled from. `login`: where the login comes from, or where none was found. */
export type Place = {readonly host: string; readonly login: {readonly given: boolean; readonly source: string}};

type Refuse = (text: Omit<ProblemInput, 'area' | 'message' | 'evidence'>) => ProblemError;

/** How to get a login for the registries of the big clouds; `docker login` and `podman login` serve the rest. */
const loginSteps = (host: string): readonly string[] => {
	const region = /^\d+\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/u.exec(host)?.[1];
	if (region !== undefined) {
		return [
			`aws ecr get-login-password --region ${region} | docker login --username AWS --password-stdin ${host}`,
			`Or without Docker: install amazon-ecr-credential-helper and write {"credHelpers": {"${host}": "ecr-login"}} into ~/.docker/config.json`,
		];
	}
	if (host === 'public.ecr.aws') {
		return [
			'aws ecr-public get-login-password --region us-east-1 | docker login --username AWS --password-stdin public.ecr.aws',
		];
	}
	if (/(?:^|[.-])docker\.pkg\.dev$|(?:^|\.)gcr\.io$/u.test(host)) {
		return [
			`gcloud auth configure-docker ${host}`,
			`Or: gcloud auth print-access-token | docker login -u oauth2accesstoken --password-stdin https://${host}`,
		];
	}
	const name = isDockerHub(host) ? '' : ` ${host}`;
	return [`docker login${name}, or podman login${name === '' ? ' docker.io' : name}`];
};

const waitOf = (answer: Answer): string => {
	const header = answer.headers['retry-after'];
	if (typeof header !== 'string' || header === '') return 'It does not say for how long.';
	return /^\d+$/u.test(header) ? `It asks to wait ${header} s.` : `It asks to wait until ${header}.`;
};

/**
 * The problem behind a 401, 403 or 429 to a pull, where it means another thing than to a push.
 * @param usual what it means elsewhere; its evidence is free of the login
 */
export const pullRefusal = (place: Place, context: Context, answer: Answer, usual: ProblemError): ProblemError => {
	const {codes, lines} = wordsOf(answer);
	const words = lines.join('\n');
	const evidence = usual.problem.evidence ?? (place.login.given ? [] : [`HTTP ${answer.status}`, ...lines]);
	const fail: Refuse = (text) => refusal(context, text, evidence);
	const {host, login} = place;
	const used = login.given ? `the login from ${login.source}` : `no login (${login.source})`;
	const nextSteps = loginSteps(host);
	const ofVendor = /\.dkr\.ecr\.|docker\.pkg\.dev$/u.test(host);
	if (
		answer.status === 401 ||
		(answer.status === 403 && /expired|reauthenticate|not authenticated|unauthenticated/iu.test(words))
	) {
		const hub = isDockerHub(host) ? ' Docker Hub answers the same for a repository that does not exist.' : '';
		return fail({
			code: 'registry-unauthorized',
			cause: login.given
				? `It does not accept ${used}, or it has ended: logins of the clouds last for some hours.${hub}`
				: `It asks for a login, but there was ${used}.${hub}`,
			fix: `Log in to ${host} on this machine, then start again.`,
			nextSteps,
		});
	}
	if (answer.status === 403) {
		return fail({
			code: 'registry-denied',
			cause: `It does not let ${context.repository ?? 'this'} be pulled with ${used}.`,
			fix: login.given
				? `Have the right to pull given to this user, or log in as another one.${ofVendor ? ' The vendor gives it for the images of the product.' : ''}`
				: `Log in to ${host} on this machine, then start again.`,
			who: login.given && ofVendor ? 'vendor' : 'operator',
			nextSteps,
		});
	}
	if (
		answer.status === 429 &&
		(isDockerHub(host) || codes.includes('TOOMANYREQUESTS')) &&
		/pull rate limit|toomanyrequests/iu.test(words)
	) {
		return fail({
			code: 'registry-pull-limit',
			cause: `The number of pulls that it allows in a span of time is used up. ${waitOf(answer)} It was asked with ${used}.`,
			fix: login.given
				? 'Wait, or log in as a user with a higher limit; what was pulled is not pulled again.'
				: 'Log in: users with a login may pull more. Or wait; what was pulled is not pulled again.',
			nextSteps,
		});
	}
	return usual;
};

/** Words that speak of uploads where nothing is sent. */
const calmer: Readonly<Record<string, string>> = {
	'registry-stalled': 'Start again. If it comes back, look at the line, and at a proxy on the way.',
	'registry-line-dropped': 'Start again. If it comes back, look at the line, and at a proxy on the way.',
	'registry-unavailable': 'Wait some minutes and start again; the registry, or a proxy before it, is in trouble.',
	'registry-rate-limited': 'Wait some minutes and start again.',
	'registry-digest-mismatch': 'Start again. If it comes back, a proxy on the way changes what passes.',
	'registry-untrusted':
		'Give the CA certificate (PEM) that signed it; where a company proxy opens TLS, that is the CA of the proxy.',
};

/** A problem in words for one who pulls: no answers of the install to edit, nothing about uploads. */
export const asPull = (error: unknown): unknown => {
	if (!(error instanceof ProblemError) || error.problem.area !== 'registry') return error;
	const {answers: _edit, ...kept} = error.problem;
	return new ProblemError({...kept, fix: calmer[kept.code] ?? kept.fix}, {cause: error});
};
