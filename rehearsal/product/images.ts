import type {KubeObject} from '../kubernetes/objects/types.ts';

export type ImageReference = {readonly host: string; readonly repository: string; readonly reference: string};

/** Splits `HOST[:PORT]/PATH[:TAG][@DIGEST]`; a first part without dot, colon or `localhost` belongs to Docker Hub. */
export const parseImage = (image: string): ImageReference => {
	const [first = '', ...rest] = image.split('/');
	const named = rest.length > 0 && (/[.:]/u.test(first) || first === 'localhost');
	const host = named ? first : 'docker.io';
	const path = named ? rest.join('/') : rest.length === 0 ? `library/${image}` : image;
	const [withTag = '', digest] = path.split('@');
	const [repository = '', tag = 'latest'] = withTag.split(':');
	return {host, repository, reference: digest ?? tag};
};

/** An image that cannot be pulled; the message is containerd's. */
export class PullError extends Error {
	constructor(message: string) {
		super(message);
		this.name = 'PullError';
	}
}

type Login = {readonly username: string; readonly password: string};

const loginFrom = (config: string, host: string): Login | undefined => {
	const {auths} = JSON.parse(config) as {
		auths?: Record<string, {username?: string; password?: string; auth?: string}>;
	};
	const entry = Object.entries(auths ?? {}).find(
		([key]) => key.replace(/^https?:\/\//u, '').split('/')[0] === host,
	)?.[1];
	if (!entry) return undefined;
	const [user = '', ...words] = Buffer.from(entry.auth ?? '', 'base64')
		.toString('utf8')
		.split(':');
	return {username: entry.username ?? user, password: entry.password ?? words.join(':')};
};

const loginsFor = (pullSecrets: readonly KubeObject[], host: string): readonly Login[] =>
	pullSecrets.flatMap(({data}) => {
		const encoded = (data as Record<string, string> | undefined)?.['.dockerconfigjson'];
		const login = encoded === undefined ? undefined : loginFrom(Buffer.from(encoded, 'base64').toString('utf8'), host);
		return login ? [login] : [];
	});

const acceptedTypes = [
	'application/vnd.oci.image.manifest.v1+json',
	'application/vnd.oci.image.index.v1+json',
	'application/vnd.docker.distribution.manifest.v2+json',
	'application/vnd.docker.distribution.manifest.list.v2+json',
].join(', ');

/**
 * Asks the rehearsal registry for the manifest of an image, with the pod's pull secrets, as containerd would.
 * Hands back the manifest's digest.
 * @throws PullError with containerd's wording: other host (no way out), no such image, login refused.
 */
export const pullImage = async (options: {
	readonly pullSecrets: readonly KubeObject[];
	readonly image: string;
	readonly registryHost: string;
	readonly signal: AbortSignal;
}): Promise<string> => {
	const {pullSecrets, image, registryHost, signal} = options;
	const {host, repository, reference} = parseImage(image);
	const failed = (why: string): PullError =>
		new PullError(`failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${why}`);
	const url = `${host === registryHost ? 'http' : 'https'}://${host}/v2/${repository}/manifests/${reference}`;
	if (host !== registryHost)
		throw failed(`failed to do request: Head "${url}": dial tcp: lookup ${host.split(':')[0]}: no such host`);
	const logins: readonly (Login | undefined)[] = loginsFor(pullSecrets, host);
	let status = 0;
	for (const login of logins.length > 0 ? logins : [undefined]) {
		const response = await fetch(url, {
			method: 'HEAD',
			signal,
			headers: {
				accept: acceptedTypes,
				...(login
					? {authorization: `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`}
					: {}),
			},
		}).catch((error: unknown) => {
			signal.throwIfAborted();
			throw failed(`failed to do request: Head "${url}": ${String((error as Error).cause ?? error)}`);
		});
		status = response.status;
		if (response.ok) return response.headers.get('docker-content-digest') ?? reference;
	}
	if (status === 404) throw failed(`${image}: not found`);
	if (status === 401 || status === 403)
		throw failed(
			logins.length > 0
				? `unexpected status from HEAD request to ${url}: ${status} ${status === 401 ? 'Unauthorized' : 'Forbidden'}`
				: 'pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials',
		);
	throw failed(`unexpected status from HEAD request to ${url}: ${status}`);
};
