import {ProblemError, type ProblemInput} from '../base/problem.ts';

/** What is known when a registry refuses: `registry` is host:port, `what` the sentence's verb phrase. */
export type Context = {readonly registry: string; readonly what: string; readonly repository?: string};

/** A refusal of the registry. @returns a `ProblemError` of area `registry`, to be thrown. */
export const registryProblem = (input: Omit<ProblemInput, 'area'>, options?: ErrorOptions): ProblemError =>
	new ProblemError({area: 'registry', ...input}, options);

type Text = Pick<ProblemInput, 'code' | 'cause' | 'fix'> & Partial<Pick<ProblemInput, 'who' | 'nextSteps' | 'answers'>>;

/** Words of a registry as one line: without control characters, invisible ones and such that turn the direction of text. */
export const oneLine = (text: string): string => text.replace(/[\s\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ').trim();

const make = (context: Context, text: Text, evidence: readonly string[], error?: unknown): ProblemError =>
	registryProblem(
		{
			message: `The registry ${context.registry} could not be used to ${context.what}.`,
			...text,
			cause: oneLine(text.cause),
			...(evidence.length === 0 ? {} : {evidence: evidence.map(oneLine)}),
		},
		error === undefined ? undefined : {cause: error},
	);

const errorCode = (error: unknown): string => {
	if (!(error instanceof Error)) return '';
	if ('code' in error && typeof error.code === 'string') return error.code;
	if (error instanceof AggregateError && error.errors.length > 0) return errorCode(error.errors[0]);
	return error.cause === undefined ? '' : errorCode(error.cause);
};

/** Of every refusal over a client certificate. */
export const clientCertificate = {
	code: 'registry-client-certificate',
	fix: 'Give a client certificate and its key (PEM) that the registry takes; ask its administrator for one.',
	answers: ['registry.clientCertificate', 'registry.clientKey'],
} as const;

/** Certificate and key cannot be used with each other, or at all. The error of OpenSSL holds no part of the key. */
export const unusableClient = (error: unknown): ProblemError =>
	registryProblem(
		{
			...clientCertificate,
			message: 'The client certificate for the registry cannot be used.',
			cause: `Certificate and key do not belong together, the key has a passphrase, or they are not PEM (${errorCode(error) || 'no code'}).`,
		},
		{cause: error},
	);

const untrusted =
	/^(UNABLE_TO_(VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT(_LOCALLY)?)|SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|CERT_UNTRUSTED|CERT_SIGNATURE_FAILURE)$/u;

const unreachableCauses: Readonly<Record<string, string>> = {
	ECONNREFUSED: 'Nothing listens on that port, or a firewall refuses it.',
	ENOTFOUND: 'The name is not known to the DNS servers of this host.',
	EAI_AGAIN: 'The DNS servers of this host do not answer.',
	EHOSTUNREACH: 'There is no route to that host.',
	ENETUNREACH: 'There is no route to that network.',
	ETIMEDOUT: 'The host did not answer in time; a firewall may drop the packets.',
};

/**
 * Names the cause of a connection that failed.
 * @param sent bytes of a body that had gone out; more than none means that the line was dropped, not refused
 */
export const connectionProblem = (context: Context, error: unknown, sent = 0): ProblemError => {
	if (error instanceof ProblemError) return error;
	const code = errorCode(error);
	const fail = (text: Text) => make(context, text, code === '' ? [] : [code], error);
	if (untrusted.test(code)) {
		return fail({
			code: 'registry-untrusted',
			cause: 'Its certificate is signed by an authority that this host does not trust.',
			fix: 'Give the CA certificate (PEM) that signed the certificate of the registry.',
			nextSteps: [`openssl s_client -connect ${context.registry} -showcerts </dev/null`],
			answers: ['registry.ca'],
		});
	}
	if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
		const expired = code === 'CERT_HAS_EXPIRED';
		return fail({
			code: 'registry-certificate',
			cause: expired
				? 'Its certificate has expired, or the clock of this host is wrong.'
				: 'Its certificate is not valid yet: the clock of this host is likely behind.',
			fix: 'Compare `date -u` with the validity of the certificate; mend the clock or have the certificate renewed.',
			answers: ['registry.host'],
		});
	}
	if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
		return fail({
			code: 'registry-certificate',
			cause: 'Its certificate is made out to another name than the one given here.',
			fix: 'Give the registry by a name that its certificate holds.',
			nextSteps: [`openssl s_client -connect ${context.registry} </dev/null | openssl x509 -noout -ext subjectAltName`],
			answers: ['registry.host'],
		});
	}
	if (code === 'EPROTO' || code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG') {
		return fail({
			code: 'registry-not-tls',
			cause: 'It does not speak TLS on that port.',
			fix: 'Give the TLS port of the registry; only a registry on this host may be used over plain HTTP.',
			answers: ['registry.host', 'registry.plainHttp'],
		});
	}
	if (
		/ALERT_(BAD_CERTIFICATE|CERTIFICATE_REQUIRED|CERTIFICATE_UNKNOWN|CERTIFICATE_EXPIRED|CERTIFICATE_REVOKED|UNKNOWN_CA)$/u.test(
			code,
		)
	) {
		return fail({
			...clientCertificate,
			cause: 'It asks for a client certificate, and does not take the one given, or none was given.',
		});
	}
	const cause = unreachableCauses[code];
	if (cause !== undefined && sent === 0) {
		return fail({
			code: 'registry-unreachable',
			cause,
			fix: 'Check the name and port of the registry, and that this host may connect to it.',
			answers: ['registry.host'],
		});
	}
	if (code.startsWith('HPE_')) return notARegistry(context, 'What answers there does not speak HTTP.');
	return fail({
		code: 'registry-line-dropped',
		cause: `The connection broke${sent > 0 ? ` after ${sent} bytes` : ''}: the registry, a proxy or the network closed it.`,
		fix: 'Start again: what is already in the registry is not sent twice. If it comes back, ask for the logs of the registry and of any proxy before it.',
		who: 'network team',
		answers: ['registry.host'],
	});
};

/** Nothing moved for too long. @param waitedMs how long in milliseconds @param reason what was waited for */
export const stalled = (context: Context, waitedMs: number, reason: string): ProblemError =>
	make(
		context,
		{
			code: 'registry-stalled',
			cause: `Nothing moved for ${Math.round(waitedMs / 1000)} s while waiting for ${reason}.`,
			fix: 'Start again: what is already in the registry is not sent twice. If it comes back, look at the load and the free disk of the registry.',
			answers: ['registry.host'],
		},
		[],
	);

/** Its answer came so slowly that its end was not waited for. @param waitedMs how long in milliseconds */
export const unfinished = (context: Context, waitedMs: number): ProblemError =>
	make(
		context,
		{
			code: 'registry-stalled',
			cause: `It had begun to answer, but was not done with it after ${Math.round(waitedMs / 1000)} s.`,
			fix: 'Start again: what is already in the registry is not sent twice. If it comes back, look at the line, and at the load of the registry.',
			answers: ['registry.host'],
		},
		[],
	);

/** What answers is not a registry. */
export const notARegistry = (context: Context, cause: string): ProblemError =>
	make(
		context,
		{
			code: 'registry-not-a-registry',
			cause,
			fix: 'Give host and port of the registry itself, without https:// and without a path.',
			nextSteps: [`curl -i https://${context.registry}/v2/`],
			answers: ['registry.host'],
		},
		[],
	);

/** The login is accepted by the registry but not for this repository. */
export const noProject = (context: Context, evidence: readonly string[], error: unknown): ProblemError => {
	const project = context.repository?.split('/')[0] ?? '';
	return make(
		context,
		{
			code: 'registry-no-project',
			cause: `It accepts this login, but not for ${context.repository ?? 'this repository'}: the project ${project} does not exist (Harbor then answers 401), or this user has no right in it.`,
			fix: `Have the project ${project} made, or the right to push to it given to this user; or give another prefix.`,
			answers: ['registry.prefix', 'registry.host', 'registry.username', 'registry.password'],
		},
		evidence,
		error,
	);
};

/** What went in is not what comes out. */
export const digestMismatch = (context: Context, expected: string, actual: string): ProblemError =>
	make(
		context,
		{
			code: 'registry-digest-mismatch',
			cause: `${expected} was expected, but it is ${actual}: bytes were changed on the way or in the registry's storage.`,
			fix: 'Verify the bundle, then push again. If it comes back, a proxy before the registry changes bodies.',
			answers: ['registry.host'],
		},
		[],
	);

/** The base is told by the digest of a bundle, or by the registry and prefix of an inventory. */
const omittedText = (repository: string, base: string | undefined): Pick<ProblemInput, 'cause' | 'fix'> => {
	if (base !== undefined && !base.startsWith('sha256:')) {
		return {
			cause: `This is a differential bundle: it leaves out what ${base} had when its inventory was taken, and ${repository} does not have that.`,
			fix: `Push to the prefix that it was made for, ${base}. Where the layers were deleted there, make it anew against a new inventory, or carry in a full bundle.`,
		};
	}
	const which = base === undefined ? '' : ` (${base})`;
	return {
		cause: `This is a differential bundle: it leaves out what its base${which} has, and ${repository} does not have that.`,
		fix: `Push the base bundle${which} to this registry and prefix first, or carry in a full bundle.`,
	};
};

/** It took a part that it lacks, and lacks it still: distribution keeps what lies at a digest's place, also when that was cut short. */
export const partDamaged = (context: Context, digest: string): ProblemError =>
	make(
		context,
		{
			code: 'registry-part-damaged',
			cause: `It took ${digest} and confirmed it, but does not have it whole: its storage holds a damaged copy, which it does not replace.`,
			fix: "Have the damaged copy deleted from the registry's storage, and the registry restarted; then push again.",
			nextSteps: [
				`In the storage of distribution, Harbor included: docker/registry/v2/blobs/sha256/${digest.slice(7, 9)}/${digest.slice(7)}/data`,
			],
			answers: ['registry.host'],
		},
		[],
	);

/** A differential bundle counts on a blob that is not there. */
export const blobOmitted = (context: Context, digest: string, base: string | undefined): ProblemError =>
	new ProblemError({
		code: 'bundle-blob-omitted',
		area: 'bundle',
		message: `The layer ${digest} is neither in the bundle nor at the registry ${context.registry}; nothing of this image was pushed.`,
		...omittedText(context.repository ?? 'the repository', base),
		nextSteps: [
			'`zenml-airgap registry inventory` lists what a registry has: a differential bundle made against that list fits.',
		],
		answers: ['bundle.path', 'registry.host', 'registry.prefix'],
	});

/** A redirect or token server that must not be followed. */
export const badRedirect = (context: Context, cause: string): ProblemError =>
	make(
		context,
		{
			code: 'registry-redirects',
			cause,
			fix: 'Give the registry by the name under which it is meant to be used, or have its external URL corrected.',
			who: 'operator',
			answers: ['registry.host'],
		},
		[],
	);

export {make as refusal};
