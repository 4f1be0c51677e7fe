import {describe, expect, test} from 'vitest';
import type {ProblemCode} from '../../source/base/problem.ts';
import {challengesOf} from '../../source/registry/auth/challenge.ts';
import {isRefusal} from '../../source/registry/quirk.ts';
import {answers, hostRowOf, outerAddress, refusals, uploadedOf} from '../../source/registry/quirks.ts';
import type {Role} from '../../source/registry/refuse.ts';
import {statusProblem, wordsOf} from '../../source/registry/status-problem.ts';
import {isPage} from '../../source/registry/words.ts';

type Example = {
	/** Who says it, as documentation, sources or issue trackers show. */
	readonly who: string;
	readonly status: number;
	/** `CODE|message` as JSON, or the text of a page behind a bare `|`. */
	readonly words: string;
	readonly code: ProblemCode;
	/** Of a pull, and the login it has. */
	readonly pull?: {readonly given: boolean; readonly source: string};
	/** Without a login, of a push. */
	readonly anonymous?: true;
	/** With a login that was not asked for. */
	readonly unsent?: true;
	/** At another host, that the registry names. */
	readonly role?: Role;
	readonly challenge?: string;
};

const withLogin = {given: true, source: 'config.json'};

const examples: readonly Example[] = [
	{who: 'a proxy that wants a login', status: 407, words: '|Proxy Authentication Required', code: 'registry-refused'},
	{who: 'a proxy that takes the length away', status: 411, words: '|Length Required', code: 'registry-refused'},
	{who: 'storage, of an upload', status: 401, words: '|', code: 'registry-unauthorized', role: 'uploads'},
	{
		who: 'S3, of an upload',
		status: 403,
		words: '|<Error>AccessDenied</Error>',
		code: 'registry-denied',
		role: 'uploads',
	},
	{
		who: 'a proxy with single sign-on',
		status: 401,
		words: '|',
		code: 'registry-unauthorized',
		unsent: true,
		challenge: 'Negotiate, NTLM',
	},
	{who: 'a proxy without a challenge', status: 401, words: '|', code: 'registry-unauthorized', unsent: true},
	{who: 'a firewall', status: 403, words: '|<html>Request blocked</html>', code: 'registry-denied'},
	{
		who: 'Azure, of a refresh token',
		status: 400,
		words: '|{"error":"invalid_grant","error_description":"token expired"}',
		code: 'registry-unauthorized',
		role: 'token server',
	},
	{who: 'any, pulled without the right login', status: 401, words: '|', code: 'registry-unauthorized', pull: withLogin},
	{
		who: 'ECR, pulled with a login that has ended',
		status: 403,
		words: 'DENIED|Your authorization token has expired. Reauthenticate and try again.',
		code: 'registry-unauthorized',
		pull: withLogin,
	},
	{who: 'any, pulled without the right', status: 403, words: 'DENIED|no', code: 'registry-denied', pull: withLogin},
	{
		who: 'Docker Hub, pulled too often',
		status: 429,
		words: 'TOOMANYREQUESTS|You have reached your pull rate limit.',
		code: 'registry-pull-limit',
		pull: withLogin,
	},
	{who: 'any, without a login', status: 401, words: '|', code: 'registry-unauthorized', anonymous: true},
	{
		who: 'nginx, spoken to without TLS',
		status: 400,
		words: '|The plain HTTP request was sent to HTTPS port',
		code: 'registry-wants-tls',
	},
	{
		who: 'Go, spoken to without TLS',
		status: 400,
		words: '|Client sent an HTTP request to an HTTPS server.',
		code: 'registry-wants-tls',
	},
	{
		who: 'nginx, without a client certificate',
		status: 400,
		words: '|No required SSL certificate was sent',
		code: 'registry-client-certificate',
	},
	{
		who: 'Harbor, of an immutable tag',
		status: 412,
		words: "PRECONDITION|Failed to process request due to 'zenml/api:1.0' configured as immutable.",
		code: 'registry-tag-immutable',
	},
	{
		who: 'ECR, of an immutable tag',
		status: 400,
		words:
			"TAG_INVALID|The image tag '1.0' already exists in the 'api' repository and cannot be overwritten because the repository is immutable.",
		code: 'registry-tag-immutable',
	},
	{
		who: 'Nexus, with redeploy off',
		status: 400,
		words: 'UNKNOWN|Repository does not allow updating assets: docker-hosted',
		code: 'registry-tag-immutable',
	},
	{
		who: 'Harbor, where a scan forbids the pull',
		status: 412,
		words: 'PROJECTPOLICYVIOLATION|current image with 3 vulnerabilities cannot be pulled due to configured policy',
		code: 'registry-policy',
	},
	{
		who: 'Quay, of nested names',
		status: 400,
		words: 'NAME_INVALID|invalid repository name',
		code: 'registry-path-refused',
	},
	{
		who: 'a registry with few parts in a path',
		status: 400,
		words: 'UNKNOWN|nested repositories are not supported',
		code: 'registry-path-refused',
	},
	{who: 'any, of an unknown media type', status: 415, words: 'UNSUPPORTED|', code: 'registry-manifest-refused'},
	{
		who: 'an old registry, of an OCI index',
		status: 400,
		words: 'MANIFEST_INVALID|manifest invalid',
		code: 'registry-manifest-refused',
	},
	{who: 'storage that is full', status: 507, words: '|Insufficient Storage', code: 'registry-quota'},
	{
		who: 'Harbor, of a full quota',
		status: 403,
		words:
			'DENIED|adding 5.0 MiB of storage resource, which when updated to current usage of 9.0 MiB will exceed the configured upper limit of 10.0 MiB',
		code: 'registry-quota',
	},
	{
		who: 'any whose disk is full',
		status: 500,
		words: 'UNKNOWN|write /var/lib: no space left on device',
		code: 'registry-quota',
	},
	{
		who: 'Harbor, in read-only mode',
		status: 403,
		words: 'DENIED|The system is in read only mode. Any modification is prohibited.',
		code: 'registry-read-only',
	},
	{
		who: 'a pull-through cache',
		status: 405,
		words: 'UNSUPPORTED|The operation is unsupported.',
		code: 'registry-takes-no-push',
	},
	{
		who: 'Harbor, of a project that is not there',
		status: 404,
		words: 'NOT_FOUND|project zenml not found',
		code: 'registry-no-project',
	},
	{
		who: 'ECR, of a repository that is not there',
		status: 404,
		words: 'NAME_UNKNOWN|The repository with name zenml/api does not exist',
		code: 'registry-no-project',
	},
	{
		who: 'distribution, whose disk is mounted read-only',
		status: 500,
		words: 'UNKNOWN|unknown error {"DriverName":"filesystem","Enclosed":{"Op":"mkdir","Path":"/d","Err":30}}',
		code: 'registry-read-only',
	},
	{
		who: 'ECR, pushed to with a login that has ended',
		status: 403,
		words: 'DENIED|Your authorization token has expired. Reauthenticate and try again.',
		code: 'registry-unauthorized',
	},
	{who: 'any, pushed to without a login', status: 403, words: 'DENIED|no', code: 'registry-denied', anonymous: true},
	{who: 'a list of allowed hosts', status: 403, words: 'DENIED|no', code: 'registry-denied', unsent: true},
	{
		who: 'GitLab, of a token',
		status: 403,
		words: 'DENIED|access forbidden',
		code: 'registry-denied',
		role: 'token server',
	},
	{who: 'any, pushed to without the right', status: 403, words: 'DENIED|access denied', code: 'registry-denied'},
	{
		who: 'distribution, with a token that has no right',
		status: 401,
		words: 'UNAUTHORIZED|authentication required',
		challenge: 'Bearer realm="https://t/",error="insufficient_scope"',
		code: 'registry-denied',
	},
	{who: 'any, pushed to with a wrong login', status: 401, words: '|', code: 'registry-unauthorized'},
	{
		who: 'a body limit',
		status: 413,
		words: '|<html>413 Request Entity Too Large</html>',
		code: 'registry-too-large',
	},
	{who: 'any that is busy', status: 429, words: '|slow down', code: 'registry-rate-limited'},
	{who: 'a rate limit in other words', status: 503, words: 'TOOMANYREQUESTS|slow down', code: 'registry-rate-limited'},
	{
		who: 'distribution, of bytes that were changed',
		status: 400,
		words: 'DIGEST_INVALID|provided digest did not match uploaded content',
		code: 'registry-digest-mismatch',
	},
	{
		who: 'distribution, of an upload that it forgot',
		status: 404,
		words: 'BLOB_UPLOAD_UNKNOWN|blob upload unknown to registry',
		code: 'registry-upload-lost',
	},
	{who: 'a proxy that lost patience', status: 408, words: '|Request Timeout', code: 'registry-unavailable'},
	{who: 'a proxy without a registry', status: 502, words: '|Bad Gateway', code: 'registry-unavailable'},
];

const asked = ({status, words, pull, anonymous, unsent, role, challenge}: Example) => {
	const [name = '', message = ''] = words.split('|');
	const body = name === '' ? message : JSON.stringify({errors: [{code: name, message}]});
	const answer = {status, headers: {'www-authenticate': challenge}, body: Buffer.from(body)};
	const context = {registry: 'r.example.com', what: 'push', repository: 'zenml/api', pull, role};
	const asker = {hasLogin: !anonymous, sent: !anonymous && !unsent, ofTokens: role === 'token server'};
	return {answer, context, asker: {...asker, scrub: (text: string) => text}};
};

describe('what registries say when they refuse', () => {
	test.each(examples)('$who ($status) is told as $code', (example) => {
		const {answer, context, asker} = asked(example);
		const {problem} = statusProblem(context, answer, asker);
		expect(problem.code).toBe(example.code);
		expect(problem.evidence?.[0]).toBe(`HTTP ${example.status}`);
	});

	test('has an example for every row, so that none stands behind another that takes all of its answers', () => {
		const met = examples.map((example) => {
			const {answer, context, asker} = asked(example);
			const said = [...wordsOf(answer).lines, ...(example.challenge ? ['insufficient_scope'] : [])].join('\n');
			const refused = {
				context,
				host: hostRowOf('r.example.com'),
				hasLogin: asker.hasLogin,
				sent: asker.sent,
				ofTokens: asker.ofTokens,
				schemes: challengesOf(answer.headers).map(({scheme}) => scheme),
				isPage: isPage(answer),
				isCoded: false,
				words: '',
				status: example.status,
				more: {},
			};
			return refusals.findIndex((row) => isRefusal(row, refused, said));
		});
		expect([...new Set(met)].sort((a, b) => a - b)).toEqual(refusals.map((_row, index) => index));
	});
});

test.each([
	['715803424590.dkr.ecr.eu-west-1.amazonaws.com', 'aws ecr get-login-password --region eu-west-1', true],
	['1.dkr.ecr-fips.us-gov-west-1.amazonaws.com', 'aws ecr get-login-password --region us-gov-west-1', true],
	['public.ecr.aws', 'aws ecr-public get-login-password', undefined],
	['europe-west1-docker.pkg.dev', 'gcloud auth configure-docker europe-west1-docker.pkg.dev', true],
	['eu.gcr.io', 'gcloud auth configure-docker eu.gcr.io', undefined],
	['docker.io', 'docker login, or podman login docker.io', undefined],
	['ghcr.io', 'docker login ghcr.io', undefined],
])('how to log in to %s is known, and whether a vendor gives the right', (host, step, ofVendor) => {
	const row = hostRowOf(host);
	expect(row.login(host).join('\n')).toContain(step);
	expect(row.ofVendor).toBe(ofVendor);
});

test.each([
	['0-99', 100],
	['bytes=0-99', 100],
	['bytes 0-99', 100],
	['0-0', 0],
	['5-99', undefined],
	['0-9999999999999999', undefined],
	['nothing', undefined],
	[undefined, undefined],
])('a Range of %j of an upload means %s bytes', (range, bytes) => {
	expect(uploadedOf(range)).toBe(bytes);
});

test.each([
	['http://registry.test:8080/upload?x=1', 'https://registry.test/upload?x=1'],
	['https://registry.test/upload', 'https://registry.test/upload'],
	['https://storage.test:9000/upload', 'https://storage.test:9000/upload'],
])('a registry at https://registry.test that names %s is followed to %s', (location, address) => {
	expect(outerAddress(new URL(location), new URL('https://registry.test/')).href).toBe(address);
});

test('a status that was not asked to be taken has no meaning', () => {
	for (const meanings of Object.values(answers)) {
		expect(() => meanings.of(418)).toThrow('Nothing is known of status 418.');
		expect(meanings.statuses).not.toContain(418);
	}
});
