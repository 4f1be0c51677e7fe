import {createHash, createHmac, randomBytes} from 'node:crypto';
import type {PodNetwork} from '../network/pod-network.ts';

type Json = Readonly<Record<string, unknown>>;
type Pod = {readonly network: PodNetwork; readonly files?: ReadonlyMap<string, string>; readonly signal: AbortSignal};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const sha256 = (value: string): string => createHash('sha256').update(value).digest('hex');
const mac = (key: string | Buffer, value: string): Buffer => createHmac('sha256', key).update(value).digest();

type Order = {
	readonly deed: string;
	readonly method: string;
	readonly path: string;
	readonly query?: string;
	readonly body?: string;
};

/** An answer that is none of success, with the deed that it ends. */
class Refused extends Error {
	constructor(readonly found: Json) {
		super(text(found.error));
	}
}

const field = (name: string, body: string): string =>
	new RegExp(`<${name}>([^<]*)</${name}>`, 'u').exec(body)?.[1] ?? '';

const signerOf = (args: Json, files: ReadonlyMap<string, string>) => {
	const paths = args.files as Readonly<Record<string, string>>;
	const member = (name: string): string => (files.get(paths[name] ?? '') ?? '').replace(/\r?\n$/u, '');
	const [accessKey, secretKey, region] = [member('accessKey'), member('secretKey'), text(args.region)];
	const headersFor = (host: string, {method, path, query = '', body = ''}: Order): Readonly<Record<string, string>> => {
		const stamp = new Date().toISOString().replaceAll(/[-:]|\.\d+/gu, '');
		const own = {host, 'x-amz-content-sha256': sha256(body), 'x-amz-date': stamp};
		const lines = Object.entries(own).map(([name, value]) => `${name}:${value}\n`);
		const signed = Object.keys(own).join(';');
		const request = [method, path, query, lines.join(''), signed, own['x-amz-content-sha256']].join('\n');
		const scope = `${stamp.slice(0, 8)}/${region}/s3/aws4_request`;
		const key = mac(mac(mac(mac(`AWS4${secretKey}`, stamp.slice(0, 8)), region), 's3'), 'aws4_request');
		const signature = mac(key, ['AWS4-HMAC-SHA256', stamp, scope, sha256(request)].join('\n')).toString('hex');
		const authorization = `AWS4-HMAC-SHA256 Credential=${accessKey}/${scope}, SignedHeaders=${signed}, Signature=${signature}`;
		return {...own, authorization};
	};
	return {headersFor, ca: member('ca')};
};

/** Does what the script `s3` does (`source/cluster/probe/scripts/s3.ts`), path style and over TLS alone. */
export const s3Probe = async (args: Json, {network, files = new Map(), signal}: Pod): Promise<Json> => {
	const {headersFor, ca} = signerOf(args, files);
	const url = new URL(text(args.endpoint));
	const base = `/${text(args.bucket)}`;
	const prefix = args.prefix === '' ? '' : `${text(args.prefix)}/`;
	const key = `${base}/${prefix}.zenml-airgap-${randomBytes(8).toString('hex')}`;
	const send = async (order: Order): Promise<string> => {
		const {method, path, query = '', body} = order;
		const target = `${url.origin}${path}${query === '' ? '' : `?${query}`}`;
		const headers = headersFor(url.host, order);
		const more = body === undefined ? {} : {body};
		const answer = await network.request({method, url: target, trust: [ca], onlyTrust: true, headers, signal, ...more});
		if (answer.status >= 200 && answer.status < 300) return answer.body;
		const [code, error] = [field('Code', answer.body), field('Message', answer.body)];
		const region = field('Region', answer.body);
		throw new Refused({deed: order.deed, kind: 'answer', status: answer.status, code, region, error, skew: null});
	};
	const body = randomBytes(512).toString('hex');
	try {
		const query = `list-type=2&max-keys=1&prefix=${encodeURIComponent(prefix)}`;
		await send({deed: 'list', method: 'GET', path: base, query});
		await send({deed: 'write', method: 'PUT', path: key, body});
		try {
			const read = await send({deed: 'read', method: 'GET', path: key});
			if (read !== body) return {deed: 'read', kind: 'answer', error: 'it gives back other bytes than were written'};
		} finally {
			await send({deed: 'remove', method: 'DELETE', path: key});
		}
		return {ok: true};
	} catch (error) {
		if (error instanceof Refused) return error.found;
		throw error;
	}
};

/** A claim of the rehearsal is bound to room that anybody may write to: nothing is left to find out. */
export const folderProbe = (): Promise<Json> => Promise.resolve({ok: true, free: 100 * 1024 ** 3});
