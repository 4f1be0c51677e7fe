import type {ProblemError, ProblemInput} from '../base/problem.ts';
import {type Context, clientCertificate, notARegistry, oneLine, refusal} from './problems.ts';

/** A response with a body that was read whole (bounded). Header names are lower case. */
export type Answer = {
	readonly status: number;
	readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
	readonly body: Buffer;
};

/** Bytes of a page that is no JSON which are searched for words. */
const mostWords = 64 * 1024;

/** The registry's own words, each line without control characters: `errors[].{code,message,detail}` of the OCI distribution specification 1.1, "Error Codes". */
export const wordsOf = (answer: Answer): {readonly codes: readonly string[]; readonly lines: readonly string[]} => {
	try {
		const value: unknown = JSON.parse(answer.body.toString('utf8'));
		const errors = value instanceof Object && 'errors' in value && Array.isArray(value.errors) ? value.errors : [];
		const entries = errors.slice(0, 5).map((entry: unknown) => {
			const field = (key: string) =>
				entry instanceof Object && key in entry ? String((entry as Record<string, unknown>)[key] ?? '') : '';
			return {code: field('code'), message: field('message')};
		});
		return {
			codes: entries.map(({code}) => code),
			lines: entries.map(({code, message}) => oneLine(`${code}: ${message}`.slice(0, 300))),
		};
	} catch {
		const text = oneLine(
			answer.body
				.subarray(0, mostWords)
				.toString('utf8')
				.replace(/<[^<>]*>/gu, ' '),
		);
		return {codes: [], lines: text === '' ? [] : [text.slice(0, 300)]};
	}
};

type Rule = {
	readonly when: (status: number, words: string) => boolean;
	readonly text: (context: Context, status: number) => Omit<ProblemInput, 'area' | 'message' | 'evidence'>;
};

const login = ['registry.username', 'registry.password'] as const;

/** What `WWW-Authenticate` says is wrong with the token (RFC 6750 section 3): `invalid_token`, `insufficient_scope`. */
const challengeErrorsOf = ({headers}: Answer): readonly string[] =>
	[headers['www-authenticate'] ?? []]
		.flat()
		.flatMap((header) =>
			[...header.slice(0, 8192).matchAll(/[\s,]error\s*=\s*"?([a-z_]+)/gu)].map(([, word = '']) => word),
		);

/** First rule that fits wins: words before numbers, because proxies and Harbor reuse the numbers. */
const rules: readonly Rule[] = [
	{
		when: (status, words) => status === 400 && /HTTP request (was sent )?to (an )?HTTPS/iu.test(words),
		text: () => ({
			code: 'registry-wants-tls',
			cause: 'It speaks TLS on that port, but plain HTTP was asked for.',
			fix: 'Leave plain HTTP off.',
			answers: ['registry.plainHttp'],
		}),
	},
	{
		when: (status, words) => status === 400 && /SSL certificate|client certificate/iu.test(words),
		text: () => ({
			...clientCertificate,
			cause:
				'It, or a proxy before it, asks for a client certificate, and does not take the one given, or none was given.',
		}),
	},
	{
		when: (status, words) =>
			status >= 400 && /immutable|cannot be overwritten|does not allow updating assets/iu.test(words),
		text: ({repository = ''}) => ({
			code: 'registry-tag-immutable',
			cause: `Tags in ${repository} cannot be moved, and this tag stands for another image there.`,
			fix: 'If the image there is the wrong one, have that tag deleted or the rule lifted for this repository; or push under another prefix.',
			nextSteps: [
				'Harbor: project, Policy, Tag Immutability. Nexus: deployment policy of the repository. ECR: tag mutability.',
			],
			answers: ['registry.prefix'],
		}),
	},
	{
		when: (status, words) =>
			status >= 400 && /PROJECTPOLICYVIOLATION|current image.{0,80}vulnerabilit|not signed/iu.test(words),
		text: ({repository = ''}) => ({
			code: 'registry-policy',
			cause: `A policy of the project of ${repository} keeps the image from being pulled, after a scan or for want of a signature.`,
			fix: 'Have the image allowed in the project, or the policy lifted: nodes would be refused in the same way.',
			nextSteps: [
				'Harbor: project, Configuration, "Prevent vulnerable images from running" and "Cosign"; an allowlist is beside them.',
			],
			answers: ['registry.prefix'],
		}),
	},
	{
		when: (status, words) =>
			status >= 400 &&
			status < 500 &&
			/NAME_INVALID|invalid repository name|nested repositor|too many (path )?(components|segments)|repository name must/iu.test(
				words,
			),
		text: ({repository = ''}) => ({
			code: 'registry-path-refused',
			cause: `It does not take ${repository} as a repository: it wants a project in front, or allows fewer parts than that.`,
			fix: 'Give a prefix that fits: PROJECT for Harbor, an organization for Quay, the key of a Docker repository for Artifactory.',
			answers: ['registry.prefix'],
		}),
	},
	{
		when: (status, words) =>
			status === 415 ||
			(status === 400 && /MANIFEST_INVALID|manifest (type|schema)|unsupported media type/iu.test(words)),
		text: () => ({
			code: 'registry-manifest-refused',
			cause:
				'It does not take a manifest of this kind: it is too old for OCI images, multi-platform images or this compression of layers.',
			fix: 'Use a registry that speaks the OCI distribution specification 1.0 or newer, or have this one upgraded.',
			answers: ['registry.host'],
		}),
	},
	{
		when: (status, words) =>
			status === 507 ||
			/quota|exceed.{0,40}(upper limit|storage)|no space left|disk.{0,20}full|insufficient storage/iu.test(words),
		text: () => ({
			code: 'registry-quota',
			cause: 'Its storage, or the quota of the project, is used up.',
			fix: 'Have the quota raised or old images removed, then start again: what is already there is not sent twice.',
			answers: ['registry.prefix'],
		}),
	},
	{
		when: (status, words) => [403, 405, 409, 423, 503].includes(status) && /read.?only/iu.test(words),
		text: () => ({
			code: 'registry-read-only',
			cause: 'It is in read-only mode, as during its garbage collection or maintenance.',
			fix: 'Wait until the registry takes uploads again, then start again.',
		}),
	},
	{
		when: (status) => status === 405,
		text: ({repository = 'this place'}) => ({
			code: 'registry-takes-no-push',
			cause: `It takes no push to ${repository}: it is likely a cache or a group of other registries, or a proxy lets reading through only.`,
			fix: 'Push to the registry (or hosted repository) behind it; where that has a name of its own, give it as the push host.',
			answers: ['registry.pushHost', 'registry.host', 'registry.prefix'],
		}),
	},
	{
		when: (status, words) =>
			[401, 403, 404].includes(status) &&
			/project\b.{0,120}not (found|exist)|NAME_UNKNOWN|NAMESPACE_UNKNOWN|repository name not known|UNKNOWN REPO/iu.test(
				words,
			),
		text: ({repository = ''}) => ({
			code: 'registry-no-project',
			cause: `The project or repository path of ${repository} does not exist there, and it is not made by a push.`,
			fix: `Have the project ${repository.split('/')[0] ?? ''} made in the registry, or give another prefix.`,
			answers: ['registry.prefix', 'registry.host', ...login],
		}),
	},
	{
		// RFC 6750 section 3.1: the token is good, its rights are not. Distribution says 401 with it, the RFC 403.
		when: (status, words) => status === 403 || (status === 401 && /^insufficient_scope$/mu.test(words)),
		text: ({repository = 'it'}) => ({
			code: 'registry-denied',
			cause: `The login is right but may not push to ${repository}.`,
			fix: 'Have the right to push (in Harbor: role Developer or above) given to this user, or use another login.',
			answers: [...login, 'registry.prefix'],
		}),
	},
	{
		when: (status) => status === 401,
		text: ({repository}) => ({
			code: 'registry-unauthorized',
			cause:
				repository === undefined
					? 'It does not accept this login.'
					: `It does not accept this login for ${repository}; Harbor says the same when the project does not exist.`,
			fix: 'Check user name and password (or robot token), and that the project exists.',
			answers: ['registry.host', ...login, ...(repository === undefined ? [] : ['registry.prefix'])],
		}),
	},
	{
		when: (status) => status === 413,
		text: () => ({
			code: 'registry-too-large',
			cause: 'A layer is larger than a proxy before the registry, or the registry itself, lets through.',
			fix: 'Have the limit lifted: in nginx `client_max_body_size 0`, in an ingress the annotation `nginx.ingress.kubernetes.io/proxy-body-size: "0"`.',
			who: 'network team',
			answers: ['registry.host'],
		}),
	},
	{
		when: (status, words) => status === 429 || (status >= 400 && /TOOMANYREQUESTS/u.test(words)),
		text: () => ({
			code: 'registry-rate-limited',
			cause: 'It takes no more requests for now.',
			fix: 'Wait some minutes and start again, or have the rate limit for this user raised.',
			answers: ['registry.username'],
		}),
	},
	{
		when: (status, words) => status === 400 && /DIGEST_INVALID/u.test(words),
		text: () => ({
			code: 'registry-digest-mismatch',
			cause: 'The registry received other bytes than were sent.',
			fix: 'Verify the bundle, then push again. If it comes back, a proxy before the registry changes bodies.',
			answers: ['registry.host'],
		}),
	},
	{
		when: (status, words) =>
			(status === 400 || status === 404) &&
			/(BLOB_UPLOAD_(UNKNOWN|INVALID)|BLOB_UNKNOWN|MANIFEST_BLOB_UNKNOWN)/u.test(words),
		text: () => ({
			code: 'registry-upload-lost',
			cause:
				'It lost an upload or a layer half-way: it was restarted, cleaned up, or several instances do not share their storage.',
			fix: 'Start again. If it comes back, its instances need shared storage or sticky sessions.',
			answers: ['registry.host'],
		}),
	},
	{
		when: (status) => status >= 500 || status === 408 || status === 425,
		text: (_context, status) => ({
			code: 'registry-unavailable',
			cause: `It answers ${status}: it, its storage or a proxy before it is in trouble.`,
			fix: 'Look at the logs of the registry, then start again: what is already there is not sent twice.',
			answers: ['registry.host'],
		}),
	},
];

/**
 * The problem behind a status that was not expected.
 * @param scrub removes the login from the registry's own words
 */
export const statusProblem = (context: Context, answer: Answer, scrub: (text: string) => string): ProblemError => {
	const lines = [...wordsOf(answer).lines, ...challengeErrorsOf(answer)];
	const words = lines.join('\n');
	const evidence = [`HTTP ${answer.status}`, ...lines].map(scrub);
	const rule = rules.find(({when}) => when(answer.status, words));
	if (rule) return refusal(context, rule.text(context, answer.status), evidence);
	return notARegistry(context, `It answers ${answer.status} where a registry would not.`);
};
