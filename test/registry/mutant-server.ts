import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http';
import type {AddressInfo, Socket} from 'node:net';
import type {Image} from '../../source/oci/image.ts';
import {mutantOf, mutantOfJson} from '../helpers/mutations.ts';
import type {Random} from '../helpers/random.ts';

/** What a registry is asked for. */
export type Kind =
	| 'root'
	| 'token'
	| 'manifest'
	| 'manifest put'
	| 'blob'
	| 'upload'
	| 'piece'
	| 'blob put'
	| 'cancel'
	| 'tags'
	| 'catalog'
	| 'referrers';

type Raw = {readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: unknown};

const kinds: ReadonlyArray<readonly [Kind, string, RegExp]> = [
	['token', 'GET', /^\/token/u],
	['root', 'GET', /^\/v2\/$/u],
	['catalog', 'GET', /^\/v2\/_catalog/u],
	['tags', 'GET', /\/tags\/list/u],
	['referrers', 'GET', /\/referrers\//u],
	['manifest put', 'PUT', /\/manifests\//u],
	['manifest', 'GET', /\/manifests\//u],
	['manifest', 'HEAD', /\/manifests\//u],
	['upload', 'POST', /\/blobs\/uploads\//u],
	['upload', 'GET', /\/blobs\/uploads\//u],
	['piece', 'PATCH', /\/blobs\/uploads\//u],
	['blob put', 'PUT', /\/blobs\/uploads\//u],
	['cancel', 'DELETE', /\/blobs\/uploads\//u],
	['blob', 'GET', /\/blobs\//u],
	['blob', 'HEAD', /\/blobs\//u],
];

const kindOf = ({method, url = ''}: IncomingMessage): Kind =>
	kinds.find(([, verb, path]) => verb === method && path.test(url))?.[0] ?? 'root';

const bytesOf = (body: unknown): Buffer => (Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body)));

/** What a sound registry answers that has this image, or nothing yet. */
const soundAnswer = (image: Image, hasAll: boolean, host: string, request: IncomingMessage): Raw => {
	const {url = '', headers} = request;
	const {mediaType, digest, bytes} = image.manifest;
	const blob = image.blobs.find((one) => url.includes(one.digest));
	const content = blob ? {'content-length': String(blob.size)} : {};
	const sent = Number(/-(\d+)/u.exec(headers['content-range'] ?? '')?.[1] ?? 0);
	const upload = {location: `http://${host}/v2/zenml/api/blobs/uploads/1?state=a`, range: `0-${sent}`};
	const descriptor = {mediaType, digest, size: bytes.length};
	const ok = (body: unknown, more = {}): Raw => ({status: 200, headers: more, body});
	const absent: Raw = {
		status: 404,
		headers: {},
		body: {errors: [{code: 'BLOB_UNKNOWN', message: 'unknown', detail: {a: 1}}]},
	};
	const byKind: Readonly<Record<Kind, Raw>> = {
		root: ok({}),
		token: ok({token: 'abc', access_token: 'abc', expires_in: 300}),
		manifest: ok(bytes, {'content-type': mediaType, 'docker-content-digest': digest}),
		'manifest put': {status: 201, headers: {location: `/v2/zenml/api/manifests/${digest}`}, body: {}},
		blob: hasAll && blob ? ok(Buffer.alloc(blob.size, 0x61), content) : absent,
		upload: {status: 202, headers: upload, body: {}},
		piece: {status: 202, headers: upload, body: {}},
		'blob put': {status: 201, headers: {location: '/v2/zenml/api/blobs/1'}, body: {}},
		cancel: {status: 204, headers: {}, body: Buffer.alloc(0)},
		tags: ok({name: 'zenml/api', tags: ['1.0', '2.0']}, {link: '</v2/zenml/api/tags/list?n=2&last=b>; rel="next"'}),
		catalog: ok({repositories: ['zenml/api']}, {link: '</v2/_catalog?n=1&last=b>; rel="next"'}),
		referrers: ok({schemaVersion: 2, mediaType, manifests: [{...descriptor, artifactType: 'application/a'}]}),
	};
	const kind = kindOf(request);
	if (!hasAll && kind === 'manifest' && request.method === 'HEAD') return absent;
	return byKind[kind];
};

/** Addresses and values that no sound server sends. */
const oddValues = [
	'',
	'http://%zz:%zz@127.0.0.1:9/x',
	'http://[::1',
	'//',
	'/',
	'?',
	'ftp://127.0.0.1/x',
	'file:///etc/passwd',
	'http://127.0.0.1:1/v2/',
	'http://localhost:1/x#y',
	'https://127.0.0.1:1/x',
	'javascript:alert(1)',
	`/v2/${'x'.repeat(4000)}`,
	'/v2/ä\u00ff',
	'99999999999999999999',
	'-1',
	'0-',
	'bytes 0-0/1',
	'Bearer',
	'Bearer realm="http://%zz@127.0.0.1:9/token"',
	'Bearer realm=" ",service="\\"",scope=","',
	'Basic realm="x", Bearer realm="http://127.0.0.1:1/t"',
	'sha256:abc',
	'<>; rel=next',
	'<?n=1>; rel="next"',
	'Wed, 99 Foo 2026 99:99:99 GMT',
];
const oddHeaders = [
	'location',
	'location',
	'www-authenticate',
	'range',
	'content-length',
	'content-type',
	'content-range',
	'content-encoding',
	'transfer-encoding',
	'docker-content-digest',
	'retry-after',
	'link',
	'oci-subject',
];
const statuses = [0, 99, 100, 101, 200, 201, 202, 204, 206, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 409];
const moreStatuses = [413, 416, 417, 422, 429, 500, 502, 503, 504, 599, 999, 1000];

/** An answer as it goes over the line. */
const written = ({status, headers, body}: Raw, isHead: boolean): Buffer => {
	const bytes = bytesOf(body);
	const lines = Object.entries({'content-length': String(bytes.length), ...headers});
	const head = [`HTTP/1.1 ${status} X`, ...lines.map(([name, value]) => `${name}: ${value}`), '', ''].join('\r\n');
	return Buffer.concat([Buffer.from(head, 'latin1'), isHead ? Buffer.alloc(0) : bytes]);
};

const withHeader = (raw: Raw, {pick, below}: Random): Raw => {
	const name = pick([...oddHeaders, ...Object.keys(raw.headers)]);
	const value = below(3) === 0 ? mutantOf(raw.headers[name] ?? 'x', {pick, below}).toString('latin1') : pick(oddValues);
	return {...raw, headers: {...raw.headers, [name]: value.slice(0, 12_000)}};
};

const withBody = (raw: Raw, random: Random): Raw => {
	const body = Buffer.isBuffer(raw.body) ? mutantOf(raw.body, random) : Buffer.from(mutantOfJson(raw.body, random));
	return {...raw, body};
};

/** One answer with something wrong in it, in bytes. */
const mutatedAnswer = (raw: Raw, isHead: boolean, random: Random): Buffer => {
	const {pick, below} = random;
	const otherStatus = (one: Raw): Raw => ({...one, status: pick([...statuses, ...moreStatuses])});
	const changes: readonly (() => Buffer)[] = [
		() => written(otherStatus(raw), isHead),
		() => written(withHeader(otherStatus(raw), random), isHead),
		() => written(withHeader(raw, random), isHead),
		() => written(withHeader(withHeader(raw, random), random), isHead),
		() => written(withBody(raw, random), isHead),
		() => written(withBody(otherStatus(raw), random), isHead),
		() => written(withBody(raw, random), false),
		() => mutantOf(written(raw, isHead), random),
		() => written(raw, isHead).subarray(0, below(written(raw, isHead).length)),
	];
	return pick(changes)();
};

/** How a line goes on after an answer: it stays, ends, breaks, or the answer has no end. */
const endings = ['end', 'end', 'end', 'stay', 'reset', 'endless', 'slow'] as const;

const chunk = Buffer.alloc(64 * 1024, 0x78);

/** Says something until the other side has enough of it. @param onSent hears the bytes that were taken */
const pour = (socket: Socket, onSent: (bytes: number) => void): void => {
	const more = (): void => {
		if (socket.destroyed) return;
		onSent(chunk.length);
		socket.write(chunk, more);
	};
	more();
};

const end = (socket: Socket, how: (typeof endings)[number], onSent: (bytes: number) => void): void => {
	if (how === 'end') socket.end();
	if (how === 'reset') socket.resetAndDestroy();
	if (how === 'endless') pour(socket, onSent);
	if (how !== 'slow') return;
	const timer = setInterval(() => socket.write(' '), 20);
	socket.once('close', () => clearInterval(timer));
};

/** A registry that answers one kind of request wrongly. `plan` is set anew for each mutant; `sent` counts what it poured. */
export const startMutantServer = async (image: Image) => {
	type Plan = {readonly broken: Kind; readonly login: string; readonly hasAll: boolean; readonly random: Random};
	const state: {plan?: Plan; sent: number} = {sent: 0};
	let host = '';
	const answer = (request: IncomingMessage, response: ServerResponse, plan: Plan): void => {
		const kind = kindOf(request);
		const isOpen = plan.login === '' || kind === 'token' || request.headers.authorization !== undefined;
		const challenge = plan.login.replace('HOST', host);
		const raw: Raw = isOpen
			? soundAnswer(image, plan.hasAll, host, request)
			: {
					status: 401,
					headers: {'www-authenticate': challenge},
					body: {errors: [{code: 'UNAUTHORIZED', message: 'no'}]},
				};
		const isHead = request.method === 'HEAD';
		if (kind !== plan.broken) {
			response.writeHead(raw.status, {connection: 'close', ...raw.headers});
			response.end(isHead ? undefined : bytesOf(raw.body));
			return;
		}
		const {socket} = request;
		socket.write(mutatedAnswer(raw, isHead, plan.random));
		const how = plan.random.pick(endings);
		end(socket, kind === 'blob' && how === 'slow' ? 'end' : how, (bytes) => {
			state.sent += bytes;
		});
	};
	const listener = (request: IncomingMessage, response: ServerResponse): void => {
		const {plan} = state;
		if (!plan) return void response.end();
		const say = (): void => answer(request, response, plan);
		// Some answer before they have heard everything.
		if (plan.broken === kindOf(request) && plan.random.below(4) === 0) say();
		else request.resume().once('end', say);
	};
	const server: Server = createServer(listener);
	server.on('checkContinue', (request, response) => {
		response.writeContinue();
		listener(request, response);
	});
	const sockets = new Set<Socket>();
	server.on('connection', (socket) => {
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket)).on('error', () => undefined);
	});
	await new Promise<void>((resolve) => {
		server.listen(0, '127.0.0.1', resolve);
	});
	host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
	const endAll = (): void => {
		for (const socket of sockets) socket.destroy();
	};
	return {
		host,
		state,
		endAll,
		stop: (): void => {
			server.close();
			endAll();
		},
	};
};
