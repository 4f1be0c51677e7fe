import {readFileSync} from 'node:fs';
import {request} from 'node:https';
import {parse} from 'yaml';

/** An API server and how to log in there. */
export type Target = {
	readonly name: string;
	readonly url: string;
	readonly ca: string;
	readonly cert?: string;
	readonly key?: string;
	readonly token?: string;
};

export type Reply = {readonly status: number; readonly type: string; readonly warning: string; readonly body: unknown};

/** Reads the current user and cluster of a kubeconfig with everything inside it. */
export const targetOf = (name: string, kubeconfig: string): Target => {
	const config = parse(kubeconfig) as {
		clusters: {cluster: Record<string, string>}[];
		users: {user: Record<string, string>}[];
	};
	const decode = (text = ''): string => Buffer.from(text, 'base64').toString('utf8');
	const cluster = config.clusters[0]?.cluster ?? {};
	const user = config.users[0]?.user ?? {};
	return {
		name,
		url: cluster.server ?? '',
		ca: decode(cluster['certificate-authority-data']),
		...(user.token ? {token: user.token} : {}),
		...(user['client-certificate-data'] && user['client-key-data']
			? {cert: decode(user['client-certificate-data']), key: decode(user['client-key-data'])}
			: {}),
	};
};

export const targetFromFile = (name: string, file: string): Target => targetOf(name, readFileSync(file, 'utf8'));

const parseBody = (text: string, type: string): unknown => {
	if (!type.includes('json')) return text;
	const lines = text.trim().split('\n');
	try {
		return lines.length > 1 && lines[0]?.startsWith('{"type"')
			? lines.map((line) => JSON.parse(line))
			: JSON.parse(text);
	} catch {
		return text;
	}
};

/** One request; a body that is a string goes as it is, anything else as JSON. Streams end by their own timeoutSeconds. */
export const send = (
	target: Target,
	method: string,
	path: string,
	body?: unknown,
	headers: Readonly<Record<string, string>> = {},
): Promise<Reply> =>
	new Promise((done, reject) => {
		const payload = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
		const outgoing = request(
			target.url + path,
			{
				method,
				ca: target.ca,
				// A client certificate would win over the token that a call brings.
				...(target.cert && !headers.authorization ? {cert: target.cert, key: target.key} : {}),
				headers: {
					'user-agent': 'table/1.0',
					accept: 'application/json',
					...(payload === undefined
						? {}
						: {'content-type': 'application/json', 'content-length': `${Buffer.byteLength(payload)}`}),
					...(target.token ? {authorization: `Bearer ${target.token}`} : {}),
					...headers,
				},
			},
			(answer) => {
				let text = '';
				answer.setEncoding('utf8');
				answer.on('data', (chunk: string) => {
					text += chunk;
				});
				answer.on('end', () => {
					const type = (answer.headers['content-type'] ?? '').toLowerCase();
					const warning = `${answer.headers.warning ?? ''}`;
					done({status: answer.statusCode ?? 0, type, warning, body: parseBody(text, type)});
				});
			},
		);
		outgoing.setTimeout(30_000, () => outgoing.destroy(new Error(`${target.name}: no answer to ${method} ${path}`)));
		outgoing.on('error', reject);
		outgoing.end(payload);
	});
