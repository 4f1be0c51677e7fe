import {execFile} from 'node:child_process';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {promisify} from 'node:util';
import {KubeConfig, KubernetesObjectApi, ListWatch, PatchStrategy, type V1Pod, Watch} from '@kubernetes/client-node';
import {build} from 'esbuild';
import {createCluster} from '../source/cluster/cluster.ts';
import {KubernetesError} from '../source/cluster/errors.ts';
import type {ClusterPort} from '../source/cluster/types.ts';

/** What @kubernetes/client-node and our own requests do in the same situation: `npx tsx bench/kubernetes-client.ts [NAME…]`. */

const root = path.dirname(import.meta.dirname);
const never = new AbortController().signal;
const mebibyte = 1024 * 1024;
const map = {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'a', namespace: 'b'}};
const reference = {apiVersion: 'v1', kind: 'ConfigMap', namespace: 'b', name: 'a'};

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;
type Clients = {readonly library: KubernetesObjectApi; readonly config: KubeConfig; readonly ours: ClusterPort};

const send = (response: ServerResponse, status: number, body: unknown, headers = {}): void => {
	response.writeHead(status, {'content-type': 'application/json', ...headers});
	response.end(JSON.stringify(body));
};

/** Both clients before an API server that knows ConfigMaps and answers everything else as it is told. */
const before = async <T>(answer: Answer, work: (clients: Clients) => Promise<T>): Promise<T> => {
	const server = createServer(async (request, response) => {
		let body = '';
		for await (const chunk of request) body += String(chunk);
		if (request.url === '/api/v1')
			return send(response, 200, {
				kind: 'APIResourceList',
				apiVersion: 'v1',
				resources: [{name: 'configmaps', kind: 'ConfigMap', namespaced: true}],
			});
		return answer(request, response, body);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const folder = await mkdtemp(path.join(tmpdir(), 'kubernetes-client-'));
	const kubeconfig = path.join(folder, 'config');
	const {port} = server.address() as AddressInfo;
	await writeFile(
		kubeconfig,
		JSON.stringify({
			clusters: [{name: 'c', cluster: {server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true}}],
			users: [{name: 'u', user: {token: 't'}}],
			contexts: [{name: 'x', context: {cluster: 'c', user: 'u'}}],
			'current-context': 'x',
		}),
	);
	const config = new KubeConfig();
	config.loadFromFile(kubeconfig);
	try {
		return await work({
			library: KubernetesObjectApi.makeApiClient(config),
			config,
			ours: createCluster({kubeconfig, homeDirectory: '/', environment: {}}),
		});
	} finally {
		server.closeAllConnections();
		server.close();
		await rm(folder, {recursive: true});
	}
};

/** How work ends, in a few words, and after how long; work that does not end is left alone after `limitMs`. */
const outcome = async (work: Promise<unknown>, limitMs: number): Promise<string> => {
	const began = performance.now();
	const words = await Promise.race([
		work.then(
			() => 'an answer',
			(error: Error) => {
				const code = 'problem' in error ? (error.problem as {code: string}).code : error.constructor.name;
				return `${code}: ${error.message.split('\n')[0]?.slice(0, 90)}`;
			},
		),
		sleep(limitMs, 'still waiting', {ref: false}),
	]);
	return `${words} (${((performance.now() - began) / 1000).toFixed(1)} s)`;
};

/** Both as pairs of lines. */
type Scene = () => Promise<Readonly<Record<string, string>>>;

const importing: Scene = async () => {
	const folder = await mkdtemp(path.join(tmpdir(), 'kubernetes-client-'));
	const measure = (what: string): string =>
		`const t = performance.now(), m = process.memoryUsage().rss;
		const {KubeConfig} = await import('${what}'); new KubeConfig();
		console.log(Math.round(performance.now() - t) + ' ms, ' + Math.round((process.memoryUsage().rss - m) / ${mebibyte}) + ' MiB');`;
	const sizes: Record<string, string> = {};
	try {
		for (const [name, what] of [
			['library', '@kubernetes/client-node'],
			['ours', path.join(root, 'source/cluster/client.ts')],
		] as const) {
			const outdir = path.join(folder, name);
			const {metafile} = await build({
				stdin: {contents: measure(what), resolveDir: root, loader: 'ts', sourcefile: 'measure.ts'},
				outdir,
				bundle: true,
				splitting: true,
				format: 'esm',
				platform: 'node',
				target: 'node22.15',
				minifySyntax: true,
				keepNames: true,
				metafile: true,
				define: {__filename: '__moduleFile'},
				banner: {
					js: "import {createRequire} from 'node:module';const require = createRequire(import.meta.url), __moduleFile = import.meta.filename;",
				},
			});
			const bytes = Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0);
			const {stdout} = await promisify(execFile)(process.execPath, [path.join(outdir, 'stdin.js')]);
			sizes[name] = `${stdout.trim()}, ${(bytes / mebibyte).toFixed(1)} MiB on disk`;
		}
	} finally {
		await rm(folder, {recursive: true});
	}
	return sizes;
};

const stalled: Scene = () =>
	before(
		() => undefined,
		async ({library, ours}) => {
			const [one, other] = [library.read(map), ours.get(reference, never)].map((work) => outcome(work, 40_000));
			return {library: (await one) ?? '', ours: (await other) ?? ''};
		},
	);

const endless: Scene = async () => {
	const most = 256 * mebibyte;
	const piece = 'x'.repeat(mebibyte);
	let sent = 0;
	const flood: Answer = async (_request, response) => {
		sent = 0;
		response.writeHead(200, {'content-type': 'application/json'});
		while (sent < most && !response.destroyed) {
			if (!response.write(piece))
				await Promise.race([new Promise((resolve) => response.once('drain', resolve)), sleep(1000)]);
			sent += piece.length;
		}
		response.end();
	};
	return before(flood, async ({library, ours}) => {
		const taken = async (work: Promise<unknown>): Promise<string> => {
			const words = await outcome(work, 60_000);
			return `${words}, ${Math.round(sent / mebibyte)} MiB were sent, peak ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`;
		};
		const mine = await taken(ours.get(reference, never));
		return {library: await taken(library.read(map)), ours: mine};
	});
};

const unknownField: Scene = async () => {
	const seen: string[] = [];
	const echo: Answer = (_request, response, body) => {
		seen.push(Object.keys(JSON.parse(body) as object).join(' '));
		send(response, 200, JSON.parse(body));
	};
	const newer = {...map, data: {a: '1'}, fieldOfNextYear: true};
	return before(echo, async ({library, ours}) => {
		await library.patch(newer, undefined, undefined, 'bench', true, PatchStrategy.ServerSideApply);
		await ours.apply(newer, {signal: never});
		return {library: `sends ${seen[0]}`, ours: `sends ${seen[1]}`};
	});
};

const conflict: Scene = () =>
	before(
		(_request, response) =>
			send(response, 409, {
				kind: 'Status',
				apiVersion: 'v1',
				code: 409,
				reason: 'Conflict',
				message: 'Apply failed with 1 conflict',
				details: {
					causes: [{reason: 'FieldManagerConflict', message: 'conflict with "helm" using v1', field: '.data.a'}],
				},
			}),
		async ({library, ours}) => {
			const error = (work: Promise<unknown>) => work.catch((thrown: unknown) => thrown);
			const theirs = await error(
				library.patch(map, undefined, undefined, 'bench', false, PatchStrategy.ServerSideApply),
			);
			const own = await error(ours.apply(map, {signal: never}));
			return {
				library: `${(theirs as Error).constructor.name}; fields: ${Object.keys(theirs as object).join(', ')}`,
				ours: own instanceof KubernetesError ? `${own.problem.code}; managers: ${own.managers.join(', ')}` : '',
			};
		},
	);

const busy: Scene = async () => {
	let asked = 0;
	const once: Answer = (_request, response) => {
		asked += 1;
		if (asked % 2 === 1) send(response, 429, {kind: 'Status', code: 429}, {'retry-after': '1'});
		else send(response, 200, map);
	};
	return before(once, async ({library, ours}) => {
		const theirs = await outcome(library.read(map), 5000);
		asked = 0;
		return {library: theirs, ours: await outcome(ours.get(reference, never), 5000)};
	});
};

const outage: Scene = async () => {
	let lists = 0;
	const away: Answer = (_request, response) => {
		lists += 1;
		send(response, 503, {kind: 'Status', code: 503});
	};
	return before(away, async ({config, ours}) => {
		const list = async () => {
			lists += 1;
			throw new Error('503');
		};
		const informer = new ListWatch<V1Pod>('/api/v1/namespaces/b/pods', new Watch(config), list, false);
		informer.on('error', () => undefined);
		await informer.start();
		await sleep(5000);
		const theirs = lists;
		lists = 0;
		const end = new AbortController();
		const watching = ours.watchPods('b', '', () => undefined, end.signal).catch(() => undefined);
		await sleep(5000);
		end.abort();
		await watching;
		return {library: `${theirs} try in 5 s, then nothing`, ours: `${lists} tries in 5 s`};
	});
};

const scenes: Readonly<Record<string, Scene>> = {
	importing,
	stalled,
	endless,
	'unknown-field': unknownField,
	conflict,
	busy,
	outage,
};

const wanted = process.argv.slice(2);
for (const [name, scene] of Object.entries(scenes)) {
	if (wanted.length > 0 && !wanted.includes(name)) continue;
	const {library, ours} = await scene();
	process.stdout.write(`${name}\n  library  ${library}\n  ours     ${ours}\n`);
}
process.exit(0);
