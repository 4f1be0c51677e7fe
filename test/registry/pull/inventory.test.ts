import {readFile, stat} from 'node:fs/promises';
import path from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {ProblemError} from '../../../source/base/problem.ts';
import {
	formatInventory,
	type Inventory,
	parseInventory,
	readInventory,
} from '../../../source/bundle/layout/inventory-file.ts';
import {createStage} from '../../app/stage.ts';
import {client, fake, serve} from '../helpers.ts';
import {type Answering, answering, canary, digestOf, folderOf, imageOf, never, noise, problemOf} from './support.ts';

const stageOf = async (more: Parameters<typeof createStage>[0] = {}) => {
	const stage = await createStage(more);
	onTestFinished(stage.remove);
	return stage;
};

/** Runs the command against a host. */
const take = async (host: string, words: readonly string[] = [], more: Parameters<typeof createStage>[0] = {}) => {
	const stage = await stageOf(more);
	const file = path.join(stage.folder, 'inventory.json');
	const result = await stage.run(
		'registry',
		'inventory',
		'--registry',
		host,
		'--plain-http',
		'--out',
		'inventory.json',
		...words,
	);
	return {...result, file, read: () => readInventory(file)};
};

test('a prefix with nothing below it is told: it may be a mistyped one', async () => {
	const server = await serve({users: []});
	const taken = await take(`${server.host}/site/zenlm`);
	expect(taken.code).toBe(0);
	expect(taken.err).toContain(`Nothing was found below ${server.host}/site/zenlm: is the prefix right?`);
});

test.each(['basic', 'bearer'] as const)(
	'what was pushed stands in the inventory, with every layer: %s',
	async (login) => {
		const server = await serve({login});
		const registry = client(server.host);
		const [api, other] = [
			imageOf('api', [noise('base', 5000), noise('api', 10)]),
			imageOf('other', [noise('base', 5000)]),
		];
		const options = {signal: never, onProgress: () => {}};
		await registry.push(api, {...options, repository: 'site/zenml/zenml-pro-api', tag: '1.0'});
		await registry.push(api, {...options, repository: 'site/zenml/zenml-pro-api', tag: 'latest'});
		await registry.push(other, {...options, repository: 'elsewhere/other', tag: '2'});
		const environment = {REGISTRY_PASSWORD: canary};
		const words = ['--username', 'robot', '--password-ref', 'env:REGISTRY_PASSWORD'];
		const taken = await take(`${server.host}/site/zenml`, words, {environment});
		expect([taken.code, taken.err]).toEqual([0, expect.any(String)]);
		const inventory = await taken.read();
		expect(inventory).toMatchObject({formatVersion: 1, registry: server.host, prefix: 'site/zenml'});
		expect(inventory.repositories).toEqual([
			{
				name: 'site/zenml/zenml-pro-api',
				tags: ['1.0', 'latest'].map((tag) => ({tag, digest: api.manifest.digest})),
				blobs: api.blobs.map(({digest, size}) => ({digest, size})).sort((a, b) => (a.digest < b.digest ? -1 : 1)),
			},
		]);
		expect(taken.out).toContain('1 repository, 2 tags, 3 layers');
		expect(taken.out + taken.err + (await readFile(taken.file, 'utf8'))).not.toContain(canary);
	},
);

test('without a login on the command line, that of docker is used', async () => {
	const server = await serve();
	const home = await folderOf({
		'.docker/config.json': JSON.stringify({
			auths: {[server.host]: {auth: Buffer.from(`robot:${canary}`).toString('base64')}},
		}),
	});
	expect(await take(server.host, [], {homeDirectory: home})).toMatchObject({code: 0});
	const without = await take(server.host);
	expect(without.code).toBe(6);
	expect(without.err).toContain('no file of logins was found');
	await expect(stat(without.file)).rejects.toMatchObject({code: 'ENOENT'});
});

const imageText = (blobs: readonly (readonly [digest: string, size: number])[]): string => {
	const [config, ...layers] = blobs.map(([digest, size]) => ({mediaType: 'application/octet-stream', digest, size}));
	return JSON.stringify({schemaVersion: 2, mediaType: 'application/vnd.oci.image.manifest.v1+json', config, layers});
};
const digests = ['a', 'b', 'c', 'd'].map((digit) => `sha256:${digit.repeat(64)}`) as [string, string, string, string];

/** A registry of these paths: texts are bodies, numbers statuses, records headers of an empty answer. */
const fixed = (
	paths: Readonly<Record<string, string | number | readonly [string, Readonly<Record<string, string>>]>>,
	more?: Answering,
) =>
	answering((request, response, url) => {
		const found = paths[`${request.method} ${url.pathname}${url.search}`] ?? paths[`${request.method} ${url.pathname}`];
		if (found === undefined) return more ? more(request, response, url) : false;
		if (typeof found === 'number') response.writeHead(found).end();
		else if (typeof found === 'string')
			response.writeHead(200, {'content-length': Buffer.byteLength(found)}).end(found);
		else response.writeHead(200, found[1]).end(found[0]);
		return undefined;
	});

test('catalogue and tags are read over all pages, indexes with their images, and each layer is asked for', async () => {
	const amd64 = imageText([
		[digests[0], 10],
		[digests[1], 20],
	]);
	const arm64 = imageText([
		[digests[0], 10],
		[digests[2], 30],
	]);
	const gone = `sha256:${'9'.repeat(64)}`;
	const plain = (digest: string) => ({mediaType: 'application/vnd.oci.image.manifest.v1+json', digest, size: 1});
	const index = JSON.stringify({
		schemaVersion: 2,
		mediaType: 'application/vnd.oci.image.index.v1+json',
		manifests: [digestOf(amd64), digestOf(arm64), gone].map(plain),
	});
	const head = (size: number) => ['', {'content-length': String(size)}] as const;
	const server = await fixed(
		{
			'GET /v2/_catalog?n=1000': ['{"repositories":["other/x"]}', {link: '</v2/_catalog?last=x&n=1000>; rel="next"'}],
			'GET /v2/_catalog?last=x&n=1000': '{"repositories":["p/api","p2/y"]}',
			'GET /v2/p/api/tags/list?n=1000': [
				'{"tags":["1"]}',
				{link: '<http://inner:80/v2/p/api/tags/list?last=1>; rel=next'},
			],
			'GET /v2/p/api/tags/list?last=1': '{"tags":["2"]}',
			'GET /v2/p/api/manifests/1': index,
			'GET /v2/p/api/manifests/2': amd64,
			[`GET /v2/p/api/manifests/${digestOf(amd64)}`]: amd64,
			[`GET /v2/p/api/manifests/${digestOf(arm64)}`]: arm64,
			[`GET /v2/p/api/manifests/${gone}`]: 404,
			[`HEAD /v2/p/api/blobs/${digests[0]}`]: head(10),
			// Another size than the manifest says, and a download that lies elsewhere.
			[`HEAD /v2/p/api/blobs/${digests[1]}`]: head(21),
			[`HEAD /v2/p/api/blobs/${digests[2]}`]: 307,
			'GET /v2/p/zenml/tags/list?n=1000': '{"tags":null}',
		},
		(_request, response, url) => {
			if (!/^\/v2\/p\/(?:zenml-pro-[a-z]+|client-tools)\/tags\/list$/u.test(url.pathname)) return false;
			response.writeHead(404).end();
			return undefined;
		},
	);
	const taken = await take(`${server.host}/p`);
	expect([taken.code, server.unexpected]).toEqual([0, []]);
	expect((await taken.read()).repositories).toEqual([
		{
			name: 'p/api',
			tags: [
				{tag: '1', digest: digestOf(index)},
				{tag: '2', digest: digestOf(amd64)},
			],
			blobs: [
				{digest: digests[0], size: 10},
				{digest: digests[2], size: 30},
			],
		},
		{name: 'p/zenml', tags: [], blobs: []},
	]);
	expect(taken.err).toContain('p/api: manifests name 1 layers that the registry does not have');
});

test('where the catalogue is refused, the names of the product are looked for, and the reason is told', async () => {
	const server = await fixed({
		'GET /v2/_catalog': 403,
		'GET /v2/p/zenml/tags/list': '{"tags":["1","old"]}',
		'GET /v2/p/zenml/manifests/1': imageText([[digests[3], 4]]),
		'GET /v2/p/zenml/manifests/old': '{"schemaVersion":1}',
		[`HEAD /v2/p/zenml/blobs/${digests[3]}`]: ['', {'content-length': '4'}],
		'GET /v2/p/zenml-pro-api/tags/list': 404,
		'GET /v2/p/zenml-pro-dashboard/tags/list': 404,
		'GET /v2/p/zenml-pro-server/tags/list': 404,
		'GET /v2/p/client-tools/tags/list': 404,
	});
	const taken = await take(`${server.host}/p/`);
	expect([taken.code, server.unexpected]).toEqual([0, []]);
	expect(taken.err).toContain('does not list its repositories (it answers 403)');
	expect(taken.err).toContain('p/zenml:old was left out');
	expect((await taken.read()).repositories).toEqual([
		{name: 'p/zenml', tags: [{tag: '1', digest: expect.any(String)}], blobs: [{digest: digests[3], size: 4}]},
	]);
});

test('named repositories are read alone, and one that is not there is told', async () => {
	const server = await fixed({
		'GET /v2/p/a/tags/list': '{"tags":[]}',
		'GET /v2/p/b/c/tags/list': 404,
	});
	const taken = await take(`${server.host}/p`, ['--repository', 'a', '--repository', 'b/c']);
	expect([taken.code, server.unexpected]).toEqual([0, []]);
	expect(taken.err).toContain('p/b/c is not on the registry');
	expect((await taken.read()).repositories.map(({name}) => name)).toEqual(['p/a']);
});

test('a registry that fails in the middle leaves no file', async () => {
	const server = await fixed({
		'GET /v2/a/tags/list': '{"tags":["1"]}',
		'GET /v2/a/manifests/1': imageText([[digests[0], 1]]),
		[`HEAD /v2/a/blobs/${digests[0]}`]: 401,
	});
	const taken = await take(server.host, ['--repository', 'a']);
	expect([taken.code, server.unexpected]).toEqual([6, []]);
	await expect(stat(taken.file)).rejects.toMatchObject({code: 'ENOENT'});
});

test('a stop in the middle ends with 130, and leaves no file', async () => {
	const stop = new AbortController();
	const server = await answering(() => {
		stop.abort(new Error('it got SIGTERM'));
		return undefined;
	});
	const taken = await take(server.host, [], {signal: stop.signal});
	expect(taken.code).toBe(130);
	expect(taken.err).toContain('Nothing was written');
	await expect(stat(taken.file)).rejects.toMatchObject({code: 'ENOENT'});
});

test('a page of 700,000 names is read, and each name counts once', async () => {
	const names = JSON.stringify({repositories: Array.from({length: 700_000}, () => 'a')});
	const server = await answering((_request, response, url) => {
		if (url.pathname === '/v2/_catalog') response.writeHead(200).end(names);
		else if (url.pathname === '/v2/a/tags/list') response.writeHead(200).end('{"tags":[]}');
		else response.writeHead(404).end();
		return undefined;
	});
	const taken = await take(server.host);
	expect(taken.code).toBe(0);
	expect((await taken.read()).repositories.map(({name}) => name)).toEqual(['a']);
	expect(server.requests.filter(({line}) => line.startsWith('GET /v2/a/'))).toHaveLength(1);
});

test('a list that leads on for ever is left where nothing new comes, and that is told', async () => {
	const server = await answering((_request, response, url) => {
		const link = {link: `<${url.pathname}?last=x>; rel="next"`};
		if (url.pathname === '/v2/_catalog') response.writeHead(200, link).end('{"repositories":["a"]}');
		else if (url.pathname === '/v2/a/tags/list') response.writeHead(200, link).end('{"tags":["1","1"]}');
		else response.writeHead(404).end();
		return undefined;
	});
	const taken = await take(server.host);
	expect(taken.code).toBe(0);
	const count = (start: string) => server.requests.filter(({line}) => line.startsWith(start)).length;
	expect([count('GET /v2/_catalog'), count('GET /v2/a/tags'), count('GET /v2/a/manifests')]).toEqual([21, 21, 1]);
	expect(taken.err).toContain("The registry's list of repositories: It leads from page to page without anything new");
	expect(taken.err).toContain('The list of tags of a: It leads from page to page');
});

test('the next page is asked of the same registry, though its address looks like that of another', async () => {
	const link = {link: '<http://inner//other.example/v2/_catalog?last=a>; rel="next"'};
	const server = await answering((request, response) => {
		if (request.url === '/v2/_catalog?n=1000') response.writeHead(200, link).end('{"repositories":[]}');
		else response.writeHead(404).end();
		return undefined;
	});
	expect((await take(server.host)).code).toBe(0);
	expect(server.requests.map(({line}) => line)).toContain('GET //other.example/v2/_catalog?last=a');
});

test('names that a repository or a tag cannot have are never asked for, and are told in one line', async () => {
	const odd = ['../../x?y#', 'UPPER', 'a//b', '-a', 'a\u001b[2J\nb', 'x'.repeat(256)];
	const server = await fixed(
		{
			'GET /v2/_catalog': JSON.stringify({repositories: [...odd, 'a']}),
			'GET /v2/a/tags/list': JSON.stringify({tags: ['..', '\u009b1m', 'a/b', 'x'.repeat(129), '1']}),
			'GET /v2/a/manifests/1': imageText([[digests[0], 1]]),
			[`HEAD /v2/a/blobs/${digests[0]}`]: 200,
		},
		(_request, response, url) => {
			if (!/^\/v2\/(?:zenml[a-z-]*|client-tools)\/tags\/list$/u.test(url.pathname)) return false;
			response.writeHead(404).end();
			return undefined;
		},
	);
	const taken = await take(server.host);
	expect([taken.code, server.unexpected]).toEqual([0, []]);
	expect(taken.err).toContain('6 of them are no names of repositories and were left out; the first is "../../x?y#".');
	expect(taken.err).toContain('The list of tags of a: 4 of them are no names of tags');
	expect((await taken.read()).repositories.map(({name, tags}) => [name, tags.length])).toEqual([['a', 1]]);
});

test('a stop among very many tags is heeded, and only those in hand were asked for', async () => {
	const stop = new AbortController();
	const tags = Array.from({length: 300_000}, (_none, index) => `t${index.toString(36)}`);
	const server = await answering((_request, response, url) => {
		if (url.pathname.endsWith('/tags/list')) response.writeHead(200).end(JSON.stringify({tags}));
		else stop.abort(new Error('it got SIGTERM'));
		return undefined;
	});
	const taken = await take(server.host, ['--repository', 'a'], {signal: stop.signal});
	expect(taken.code).toBe(130);
	expect(server.requests.length).toBeLessThan(20);
});

test.each([
	['a URL', ['--registry', 'https://a.io/x'], 2],
	['a repository in capitals', ['--registry', 'a.io', '--repository', 'X'], 2],
	['a password on the command line', ['--registry', 'a.io', '--username', 'u', '--password-ref', 'secret'], 2],
	['a user alone', ['--registry', 'a.io', '--username', 'u'], 2],
	['a CA that is not there', ['--registry', 'a.io', '--ca', 'gone.pem'], 2],
	['no file', ['--registry', 'a.io'], 2],
])('words that cannot be right are refused before anything is asked: %s', async (name, words, code) => {
	const stage = await stageOf();
	const out = name === 'no file' ? [] : ['--out', 'x.json'];
	expect((await stage.run('registry', 'inventory', ...words, ...out)).code).toBe(code);
});

test('a place that cannot be written is told', async () => {
	const server = await fixed({'GET /v2/a/tags/list': '{"tags":[]}'});
	const stage = await stageOf();
	const words = ['--registry', server.host, '--plain-http', '--repository', 'a', '--out', 'no/such/x.json'];
	const {code, err} = await stage.run('registry', 'inventory', ...words);
	expect([code, err]).toEqual([2, expect.stringContaining('Its folder does not exist')]);
});

const inventory: Inventory = {
	formatVersion: 1,
	registry: 'r:5000',
	prefix: 'p',
	taken: '2026-01-02T03:04:05.000Z',
	repositories: [
		{name: 'p/b', tags: [], blobs: []},
		{
			name: 'p/a',
			tags: [
				{tag: '2', digest: digests[0]},
				{tag: '1', digest: digests[1]},
			],
			blobs: [
				{digest: digests[1], size: 2},
				{digest: digests[0], size: 1},
			],
		},
	],
};

test('an inventory is written in one order and read back', () => {
	const text = formatInventory(inventory);
	const turned = {...inventory, repositories: inventory.repositories.toReversed()};
	expect(formatInventory(turned)).toBe(text);
	expect(formatInventory(parseInventory(text, 'x'))).toBe(text);
	expect(parseInventory(text, 'x').repositories.map(({name}) => name)).toEqual(['p/a', 'p/b']);
});

test.each([
	['half a file', formatInventory(inventory).slice(0, 200), /not JSON/u],
	['another version', formatInventory({...inventory, formatVersion: 2 as 1}), /format version 2/u],
	[
		'a digest that is none',
		formatInventory(inventory).replace(/sha256:a+/u, 'sha256:zz'),
		/repositories\.0\.\S+digest/u,
	],
	['a size below zero', formatInventory(inventory).replace('"size": 1', '"size": -1'), /repositories\.0\.blobs/u],
	['an unknown word', formatInventory(inventory).replace('"prefix"', '"prefixes"'), /prefix/u],
	['something else', '[]', /whole/u],
])('what is no inventory is refused with the place: %s', (_name, text, cause) => {
	const refused = (() => {
		try {
			return parseInventory(text, 'inventory.json');
		} catch (error) {
			return error;
		}
	})();
	expect(refused).toBeInstanceOf(ProblemError);
	const {problem} = refused as ProblemError;
	expect(problem).toMatchObject({code: 'bundle-inventory-invalid', location: {file: 'inventory.json'}});
	expect(problem.cause).toMatch(cause);
});

test('an inventory that is not there is told', async () => {
	expect(await problemOf(readInventory('/nowhere/inventory.json'))).toMatchObject({code: 'bundle-not-found'});
});

test('an image whose manifest names its parts in another way is left out, and does not hide the others', async () => {
	const good = imageOf('api', [noise('api', 10)]);
	const config = {mediaType: 'x', digest: `sha512:${'0'.repeat(128)}`, size: 2};
	const host = await fake((request, response) => {
		const {url = ''} = request;
		if (url.includes('/tags/list')) return void response.end('{"tags":["odd","null","good"]}');
		if (url.endsWith('/odd')) return void response.end(JSON.stringify({schemaVersion: 2, config, layers: []}));
		if (url.endsWith('/null'))
			return void response.end(
				JSON.stringify({schemaVersion: 2, mediaType: good.manifest.mediaType, config, layers: null}),
			);
		if (url.endsWith('/good')) return void response.end(good.manifest.bytes);
		response.end();
	});
	const taken = await take(host, ['--repository', 'api']);
	expect([taken.code, taken.err]).toEqual([0, expect.stringContaining('api:odd was left out')]);
	const {repositories} = await taken.read();
	expect(repositories.map(({tags}) => tags)).toEqual([[{tag: 'good', digest: good.manifest.digest}]]);
});
