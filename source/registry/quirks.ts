import {type HostRow, meanings, type RefusalRow} from './quirk.ts';
import * as tell from './tell.ts';

/*
 * What registries do otherwise than the specification, or than one another, and what is made of it: the one place for that. A new one
 * is a row here, and one in test/registry/quirks.test.ts.
 */

const sentOn = [301, 302, 303, 307, 308];
const blob = [
	{servers: 'all', statuses: [200], means: 'there'},
	{
		servers: 'those whose blobs lie in another storage send a download there: they have it',
		statuses: sentOn,
		means: 'there',
	},
	{servers: 'all', statuses: [404], means: 'absent'},
] as const;

/** Statuses, by what was asked. */
export const answers = {
	/** HEAD of a blob in the repository that it shall be in. */
	blob: meanings(blob),
	/** HEAD of a blob in another repository, to mount it from there. */
	blobElsewhere: meanings([
		...blob,
		{
			servers: 'Harbor, of what it does not have; others, who may not read there',
			statuses: [401, 403],
			means: 'absent',
		},
	]),
	/** POST to mount a blob from another repository (specification 1.1, "Mounting a blob"). */
	mount: meanings([
		{servers: 'all', statuses: [201], means: 'mounted'},
		{servers: 'those that do not have it there, or do not mount', statuses: [202], means: 'upload opened'},
		{
			servers: 'those without mounts, or without the right to read there',
			statuses: [400, 401, 403, 404, 405],
			means: 'none',
		},
	]),
	/** GET of an upload that was begun earlier. */
	upload: meanings([
		{servers: 'all', statuses: [200, 204], means: 'known'},
		{servers: 'all', statuses: [404, 410, 416], means: 'gone'},
		{servers: 'those that keep no uploads, or do not tell of them', statuses: [400, 401, 403, 405, 501], means: 'gone'},
		{
			servers: 'distribution on S3, which clears away parts of uploads but not their entry: it would say so for ever',
			statuses: [500],
			means: 'gone',
		},
	]),
	/** PATCH with a piece of a blob (specification 1.1, "Pushing a blob in chunks"). */
	piece: meanings([
		{servers: 'all', statuses: [201, 202, 204], means: 'taken'},
		{servers: 'those that have other bytes than they said', statuses: [416], means: 'refused'},
		{servers: 'those that forgot the upload', statuses: [400, 404], means: 'refused'},
		{servers: 'those that take no pieces', statuses: [405, 501], means: 'never'},
	]),
	/** PUT that closes an upload of pieces. */
	close: meanings([
		{servers: 'all', statuses: [201, 204], means: 'whole'},
		{servers: 'those that put other bytes together, or forgot some', statuses: [400, 404, 416], means: 'wrong'},
	]),
	/** GET of a blob. */
	download: meanings([
		{servers: 'all', statuses: [200, 206], means: 'bytes'},
		{servers: 'those whose blobs lie in another storage', statuses: sentOn, means: 'elsewhere'},
		{servers: 'all', statuses: [404], means: 'absent'},
		{servers: 'all', statuses: [416], means: 'too short'},
	]),
	/** GET of a blob at the storage that a registry sent on to. */
	storage: meanings([
		{servers: 'all', statuses: [200, 206], means: 'bytes'},
		{servers: 'all', statuses: sentOn, means: 'elsewhere'},
		{servers: 'all', statuses: [416], means: 'too short'},
		{servers: 'object storage, and proxies before it', statuses: [400, 401, 403, 404, 405, 410], means: 'refused'},
	]),
	/** GET of the catalogue. */
	catalog: meanings([
		{servers: 'all', statuses: [200], means: 'list'},
		{
			servers: 'those that have none, or keep it to administrators',
			statuses: [400, 401, 403, 404, 405, 501],
			means: 'none',
		},
	]),
	/** GET of the referrers of a manifest (specification 1.1, "Listing Referrers"). */
	referrers: meanings([
		{servers: 'all', statuses: [200], means: 'list'},
		{
			servers: 'those without it answer in many ways; some refuse even who may read everything else',
			statuses: [400, 401, 403, 404, 405, 406, 501],
			means: 'none',
		},
	]),
} as const;

/**
 * Bytes that a registry says it has of an upload: `Range: 0-N`; some write `bytes=0-N`. Distribution says `0-0` for none as well as for
 * one, which is taken for none.
 */
export const uploadedOf = (range: unknown): number | undefined => {
	const last = /^(?:bytes[= ])?0-(\d{1,15})$/u.exec(String(range ?? ''))?.[1];
	if (last === undefined) return undefined;
	return last === '0' ? 0 : Number(last) + 1;
};

/** The fewest bytes of a piece that is not the last: `OCI-Chunk-Min-Length` (specification 1.1, "Pushing a blob in chunks"). */
export const leastPieceOf = (header: unknown): number | undefined => {
	const text = String(header ?? '');
	return /^\d{1,12}$/u.test(text) ? Number(text) : undefined;
};

/**
 * The address of a `Location`. A registry behind a proxy often names itself by its inner protocol or port; those by which it was
 * reached are known to work.
 */
export const outerAddress = (location: URL, origin: URL): URL => {
	if (location.hostname !== origin.hostname) return location;
	return Object.assign(new URL(location), {protocol: origin.protocol, port: origin.port});
};

const loginEnded = /expired|reauthenticate|not authenticated|unauthenticated/iu;

/** Refusals by status and words: the first that fits counts. Words before statuses, as proxies and Harbor use these for many things. */
export const refusals: readonly RefusalRow[] = [
	{servers: 'proxies on the way', statuses: [407], told: tell.proxyLogin},
	{servers: 'proxies that take the length away', statuses: [411], told: tell.noLength},
	{servers: 'hosts that a registry sends to', only: 'elsewhere', statuses: [401], told: tell.loginElsewhere},
	{servers: 'hosts that a registry sends to', only: 'elsewhere', statuses: [403], told: tell.deniedElsewhere},
	{
		servers: 'proxies and single sign-ons, by Negotiate, NTLM or Digest',
		only: 'other scheme',
		statuses: [401],
		told: tell.otherScheme,
	},
	{servers: 'proxies that take the challenge away', only: 'no challenge', statuses: [401], told: tell.noChallenge},
	{servers: 'firewalls and proxies', only: 'page', statuses: [403], told: tell.deniedByPage},
	{
		servers: 'token servers, of a refresh token (RFC 6749 section 5.2)',
		only: 'of tokens',
		statuses: [400],
		words: /invalid_grant|invalid.{0,20}token/iu,
		told: tell.refusedToken,
	},
	{servers: 'all', only: 'pull', statuses: [401], told: tell.unauthorizedPull},
	{
		servers: 'ECR, of a login that has ended',
		only: 'pull',
		statuses: [403],
		words: loginEnded,
		told: tell.unauthorizedPull,
	},
	{servers: 'all', only: 'pull', statuses: [403], told: tell.deniedPull},
	{
		servers: 'Docker Hub, and caches of it',
		only: 'pull',
		statuses: [429],
		words: /pull rate limit|toomanyrequests/iu,
		told: tell.pullLimit,
	},
	{servers: 'all', only: 'no login', statuses: [401], told: tell.noLogin},
	{
		servers: 'nginx and Go, spoken to without TLS',
		statuses: [400],
		words: /HTTP request (was sent )?to (an )?HTTPS/iu,
		told: tell.plainly('registry-wants-tls'),
	},
	{servers: 'nginx', statuses: [400], words: /SSL certificate|client certificate/iu, told: tell.clientCertificate},
	{
		servers: 'Harbor (412), ECR and Nexus (400)',
		statuses: ['4xx', '5xx'],
		words: /immutable|cannot be overwritten|does not allow updating assets/iu,
		told: tell.plainly('registry-tag-immutable'),
	},
	{
		servers: 'Harbor (412)',
		statuses: ['4xx', '5xx'],
		words: /PROJECTPOLICYVIOLATION|current image.{0,80}vulnerabilit|not signed/iu,
		told: tell.plainly('registry-policy'),
	},
	{
		servers: 'Quay, and others with few parts in a path',
		statuses: ['4xx'],
		words:
			/NAME_INVALID|invalid repository name|nested repositor|too many (path )?(components|segments)|repository name must/iu,
		told: tell.plainly('registry-path-refused'),
	},
	{servers: 'all', statuses: [415], told: tell.manifestRefused},
	{
		servers: 'registries that are older than OCI, or take its types alone',
		statuses: [400],
		words: /MANIFEST_INVALID|manifest (type|schema)|unsupported media type/iu,
		told: tell.manifestRefused,
	},
	{servers: 'all', statuses: [507], told: tell.plainly('registry-quota')},
	{
		servers: 'Harbor (403), and any whose disk is full',
		statuses: ['4xx', '5xx'],
		// ENOSPC and EDQUOT as distribution tells them.
		words:
			/quota|exceed.{0,40}(upper limit|storage)|no space left|disk.{0,20}full|insufficient storage|"Err":(?:28|122)\b/iu,
		told: tell.plainly('registry-quota'),
	},
	{
		servers: 'Harbor (403), others with other statuses',
		statuses: [403, 405, 409, 423, 503],
		words: /read.?only/iu,
		told: tell.plainly('registry-read-only'),
	},
	{
		servers: 'distribution, whose disk was mounted so (EROFS)',
		statuses: ['5xx'],
		words: /read-only file system|"Err":30\b/iu,
		told: tell.plainly('registry-read-only'),
	},
	{
		servers: 'caches, groups of registries, proxies that let only reading through',
		statuses: [405],
		told: tell.plainly('registry-takes-no-push'),
	},
	{
		servers: 'Harbor, ECR (404), others with 401 or 403',
		statuses: [401, 403, 404],
		words: /project\b.{0,120}not (found|exist)|NAME_UNKNOWN|NAMESPACE_UNKNOWN|repository name not known|UNKNOWN REPO/iu,
		told: tell.noProject,
	},
	{
		servers: 'ECR, of a login that has ended',
		only: 'push',
		statuses: [403],
		words: loginEnded,
		told: tell.loginEnded,
	},
	{servers: 'all', only: 'no login', statuses: [403], told: tell.deniedWithoutLogin},
	{servers: 'those with a list of allowed hosts', only: 'login not sent', statuses: [403], told: tell.notAsked},
	{servers: 'token servers', only: 'of tokens', statuses: [403], told: tell.noTokenGiven},
	{servers: 'all', statuses: [403], told: tell.denied},
	{
		servers: 'distribution, of a good token without the right; RFC 6750 section 3.1 says 403 for that',
		statuses: [401],
		words: /^insufficient_scope$/mu,
		told: tell.denied,
	},
	// Harbor says it of a project that is not there, too: who pushes asks whether the login is accepted at all.
	{servers: 'all', statuses: [401], told: tell.unauthorized},
	{servers: 'proxies with a bound on bodies', statuses: [413], told: tell.plainly('registry-too-large')},
	{servers: 'all', statuses: [429], told: tell.rateLimited},
	{servers: 'some with 503', statuses: ['4xx', '5xx'], words: /TOOMANYREQUESTS/u, told: tell.rateLimited},
	{servers: 'distribution', statuses: [400], words: /DIGEST_INVALID/u, told: tell.receivedOthers},
	{
		servers: 'distribution, restarted, or several of it without a common storage',
		statuses: [400, 404],
		words: /(BLOB_UPLOAD_(UNKNOWN|INVALID)|BLOB_UNKNOWN|MANIFEST_BLOB_UNKNOWN)/u,
		told: tell.uploadForgotten,
	},
	{servers: 'all, and proxies before them', statuses: ['5xx', 408, 425], told: tell.unavailable},
];

const googleLogin = (host: string): readonly string[] => [
	`gcloud auth configure-docker ${host}`,
	`Or: gcloud auth print-access-token | docker login -u oauth2accesstoken --password-stdin https://${host}`,
];

/** Hosts by their names; the first that fits counts. */
const hosts: readonly HostRow[] = [
	{
		servers: 'Amazon ECR',
		is: /^\d+\.dkr\.ecr(?:-fips)?\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/u,
		login: (host) => [
			`aws ecr get-login-password --region ${host.split('.')[3]} | docker login --username AWS --password-stdin ${host}`,
			`Or without Docker: install amazon-ecr-credential-helper and write {"credHelpers": {"${host}": "ecr-login"}} into ~/.docker/config.json`,
		],
		ofVendor: true,
	},
	{
		servers: 'Amazon ECR Public',
		is: /^public\.ecr\.aws$/u,
		login: () => [
			'aws ecr-public get-login-password --region us-east-1 | docker login --username AWS --password-stdin public.ecr.aws',
		],
	},
	{servers: 'Google Artifact Registry', is: /(?:^|[.-])docker\.pkg\.dev$/u, login: googleLogin, ofVendor: true},
	{servers: 'Google Container Registry', is: /(?:^|\.)gcr\.io$/u, login: googleLogin},
	{
		servers: 'Docker Hub, whose name in references serves no images',
		is: /^(?:docker\.io|index\.docker\.io|registry-1\.docker\.io)$/u,
		endpoint: 'registry-1.docker.io',
		loginKey: 'https://index.docker.io/v1/',
		login: () => ['docker login, or podman login docker.io'],
		on401: 'Docker Hub answers the same for a repository that does not exist: check its name.',
	},
	{servers: 'all others', is: /^/u, login: (host) => [`docker login ${host}, or podman login ${host}`]},
];

/** What is known of a host by its name. */
export const hostRowOf = (host: string): HostRow => hosts.find(({is}) => is.test(host)) as HostRow;
