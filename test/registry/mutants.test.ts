import {afterAll, beforeAll, expect, test} from 'vitest';
import {createHosts} from '../../source/registry/pull/hosts.ts';
import {takeInventory} from '../../source/registry/pull/inventory.ts';
import {createImageSource} from '../../source/registry/pull/source.ts';
import {createRegistry} from '../../source/registry/registry.ts';
import type {RegistryPort} from '../../source/registry/types.ts';
import {meetAll, outcomeOf, patienceMs} from '../helpers/mutants.ts';
import {imageOf, never, noise, quick} from './helpers.ts';
import {type Kind, startMutantServer} from './mutant-server.ts';

const image = imageOf('api', [noise('layer', 3000)]);
/** One that is large enough to be gone on with after a line broke. */
const large = imageOf('api', [noise('layer', 5 * 2 ** 20)]);
const name = 'zenml/api';
const atOnce = 4;
const servers: Awaited<ReturnType<typeof startMutantServer>>[] = [];
beforeAll(async () => {
	for (let slot = 0; slot < atOnce; slot += 1) servers.push(await startMutantServer(image));
});
afterAll(() => {
	for (const server of servers) server.stop();
});

const twice = Object.fromEntries(Object.keys(quick).map((code) => [code, {attempts: 2, pausesMs: [1]}]));
const timeouts = {connect: 2000, answer: 300, stall: 300, commit: 300, whole: 1000, leave: 50};
/** What a registry asks to be waited is not waited. */
const clock = {sleep: async () => undefined};
const usual = {retries: twice, timeouts, clock};
const login = {username: 'robot', password: async () => 'secret-of-the-robot'};
const noLogin = async () => ({login: {}, source: 'no file of logins was found'});

type Ask = (registry: RegistryPort) => Promise<unknown>;
const pushing = (what: typeof image) => (registry: RegistryPort) =>
	registry.push(what, {
		repository: name,
		tag: '1.0',
		signal: never,
		onProgress: () => undefined,
		mountFrom: () => ['b/c'],
	});

/** What is asked of a registry that is pushed to, and the kinds of requests that this takes. */
const asking: ReadonlyArray<readonly [Ask, readonly Kind[]]> = [
	[(registry) => registry.ping(never), ['root', 'token']],
	[(registry) => registry.checkPush(name, never), ['upload', 'cancel', 'token', 'root']],
	[(registry) => registry.manifestDigest(name, '1.0', never, 500), ['manifest', 'token']],
	[
		async (registry) => {
			const parts = await registry.contents(name, '1.0', never);
			return registry.missing(name, parts, {signal: never, cache: new Map()});
		},
		['manifest', 'blob', 'token'],
	],
	[pushing(image), ['manifest', 'manifest put', 'blob', 'upload', 'blob put', 'token']],
	[pushing(large), ['upload', 'piece', 'blob put', 'blob']],
];

const collect = async (chunks: AsyncIterable<Buffer>): Promise<number> => {
	let bytes = 0;
	for await (const part of chunks) bytes += part.length;
	return bytes;
};

type Pull = (host: string) => Promise<unknown>;
const sourceOf = (host: string) => createImageSource({findLogin: noLogin, plainHttp: [host], ...usual});
const digestOfManifest = image.manifest.digest;
const layer = image.blobs[1] ?? image.blobs[0];

const inventory: Pull = async (host) => {
	const hosts = createHosts({findLogin: noLogin, plainHttp: [host], ...usual});
	const task = {prefix: '', usual: ['zenml/api'], signal: never, onNote: () => undefined, onProgress: () => undefined};
	await takeInventory({...task, host: await hosts.of(host)}).finally(hosts.close);
};

/** What is asked of a registry that is pulled from. */
const pulling: ReadonlyArray<readonly [Pull, readonly Kind[]]> = [
	[(host) => sourceOf(host).readManifest({host, repository: name, reference: '1.0'}, never), ['manifest', 'token']],
	[
		async (host) =>
			layer && collect(sourceOf(host).readBlob({host, repository: name}, layer, {from: 0, signal: never})),
		['blob', 'token'],
	],
	[(host) => sourceOf(host).referrers({host, repository: name}, digestOfManifest, never), ['referrers', 'manifest']],
	[inventory, ['catalog', 'tags', 'manifest', 'blob']],
];

const logins = [
	'',
	'',
	'Basic realm="x"',
	'Bearer realm="http://HOST/token",service="r",scope="repository:zenml/api:pull"',
];

test(
	'a registry with a mistake in its answers ends in a problem with a name, or does no harm',
	async () => {
		const reaches = [
			'result',
			'registry-not-a-registry',
			'registry-line-dropped',
			'registry-stalled',
			'registry-redirects',
		];
		await meetAll({usual: 250, atOnce, reaches}, async (random, slot) => {
			const {below, pick} = random;
			const server = servers[slot];
			if (!server) throw new Error('no server');
			const {host, state} = server;
			const isPull = below(3) === 0;
			const [pull, kindsOfPull] = pick(pulling);
			const [ask, kindsOfPush] = pick(asking);
			const broken = pick(isPull ? kindsOfPull : kindsOfPush);
			const challenge = broken === 'token' ? (logins.at(-1) ?? '') : pick(logins);
			Object.assign(state, {sent: 0, plan: {broken, login: challenge, hasAll: isPull || below(3) === 0, random}});
			const registry = createRegistry({host, plainHttp: true, ...login, ...usual});
			const outcome = await outcomeOf(() => (isPull ? pull(host) : ask(registry)));
			registry.close();
			server.endAll();
			// The bound of an answer, twice tried, and what lies in the buffers of the lines.
			expect(state.sent).toBeLessThan(64 * 2 ** 20);
			return outcome;
		});
	},
	patienceMs,
);
