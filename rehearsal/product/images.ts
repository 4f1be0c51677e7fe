import type {KubeObject} from '../kubernetes/index.ts';

export type ImageReference = {readonly host: string; readonly repository: string; readonly reference: string};

const splitHost = (image: string): {readonly host: string; readonly path: string} => {
	const [first = '', ...rest] = image.split('/');
	if (rest.length === 0) return {host: 'docker.io', path: `library/${image}`};
	const isHost = /[.:]/u.test(first) || first === 'localhost';
	return isHost ? {host: first, path: rest.join('/')} : {host: 'docker.io', path: image};
};

/** Splits `HOST[:PORT]/PATH[:TAG][@DIGEST]`; a first part without dot, colon or `localhost` belongs to Docker Hub. */
export const parseImage = (image: string): ImageReference => {
	const {host, path} = splitHost(image);
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

const authorization = ({username, password}: Login): {readonly authorization: string} => ({
	authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
});

/** A pull of one image. */
type Pull = {readonly image: string; readonly url: string; readonly signal: AbortSignal};

const failed = ({image}: Pull, why: string): PullError =>
	new PullError(`failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${why}`);

const askWith = async (pull: Pull, login: Login | undefined): Promise<Response> => {
	const {url, signal} = pull;
	const headers = {accept: acceptedTypes, ...(login ? authorization(login) : {})};
	try {
		return await fetch(url, {method: 'HEAD', signal, headers});
	} catch (error) {
		signal.throwIfAborted();
		throw failed(pull, `failed to do request: Head "${url}": ${String((error as Error).cause ?? error)}`);
	}
};

const statusWords: Readonly<Record<number, string>> = {401: ' Unauthorized', 403: ' Forbidden'};

/** Why a registry gave no manifest, in the words of containerd. */
const refusal = ({image, url}: Pull, status: number, hasLogin: boolean): string => {
	if (status === 404) return `${image}: not found`;
	if ((status === 401 || status === 403) && !hasLogin)
		return 'pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials';
	return `unexpected status from HEAD request to ${url}: ${status}${statusWords[status] ?? ''}`;
};

/**
 * Asks the rehearsal registry for the manifest of an image, with the pod's pull secrets one after the other, as
 * containerd would. Hands back the manifest's digest.
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
	const isOurs = host === registryHost;
	const url = `${isOurs ? 'http' : 'https'}://${host}/v2/${repository}/manifests/${reference}`;
	const pull = {image, url, signal};
	if (!isOurs)
		throw failed(pull, `failed to do request: Head "${url}": dial tcp: lookup ${host.split(':')[0]}: no such host`);
	const logins = loginsFor(pullSecrets, host);
	let status = 0;
	for (const login of logins.length > 0 ? logins : [undefined]) {
		const response = await askWith(pull, login);
		if (response.ok) return response.headers.get('docker-content-digest') ?? reference;
		status = response.status;
	}
	throw failed(pull, refusal(pull, status, logins.length > 0));
};
