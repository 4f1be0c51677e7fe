import {spawn} from 'node:child_process';
import {createHash} from 'node:crypto';
import {once} from 'node:events';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {startRegistry} from '../../../rehearsal/registry/index.ts';
import type {RegistryOptions} from '../../../rehearsal/registry/types.ts';

const temporary = async (): Promise<string> => {
	const directory = await mkdtemp(join(tmpdir(), 'zenml-airgap-test-'));
	onTestFinished(() => rm(directory, {recursive: true, force: true}));
	return directory;
};

const serve = async (options: Partial<RegistryOptions> = {}) => {
	const server = await startRegistry({dataDirectory: await temporary(), ...options});
	onTestFinished(() => server.stop());
	return server;
};

const sha256 = (bytes: Buffer | string): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const login = {authorization: `Basic ${Buffer.from('robot:secret').toString('base64')}`};

/** One upload in one piece. */
const upload = async (base: string, repository: string, bytes: Buffer): Promise<string> => {
	const begun = await fetch(`${base}/v2/${repository}/blobs/uploads/`, {method: 'POST'});
	expect(begun.status).toBe(202);
	const digest = sha256(bytes);
	const put = await fetch(`${base}${begun.headers.get('location')}?digest=${digest}`, {
		method: 'PUT',
		body: new Uint8Array(bytes),
	});
	expect(put.status).toBe(201);
	return digest;
};

const manifestOf = (config: Buffer, layer: Buffer): string =>
	JSON.stringify({
		schemaVersion: 2,
		config: {mediaType: 'application/vnd.oci.image.config.v1+json', digest: sha256(config), size: config.length},
		layers: [{mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: sha256(layer), size: layer.length}],
	});

const [config, layer] = [Buffer.from('{"os":"linux"}'), Buffer.alloc(100_000, 'layer')];

const pushAll = async (base: string, repository: string): Promise<Response> => {
	await upload(base, repository, config);
	await upload(base, repository, layer);
	return fetch(`${base}/v2/${repository}/manifests/1.0`, {
		method: 'PUT',
		headers: {'content-type': 'application/vnd.oci.image.manifest.v1+json'},
		body: manifestOf(config, layer),
	});
};

test('the rehearsal registry stores an image and gives it back byte by byte, by tag and by digest', async () => {
	const server = await serve();
	const base = `http://${server.host}`;
	const put = await pushAll(base, 'team/app');
	expect(put.status).toBe(201);
	const digest = sha256(manifestOf(config, layer));
	expect(put.headers.get('docker-content-digest')).toBe(digest);
	for (const reference of ['1.0', digest]) {
		const got = await fetch(`${base}/v2/team/app/manifests/${reference}`);
		expect(got.headers.get('content-type')).toBe('application/vnd.oci.image.manifest.v1+json');
		expect(await got.text()).toBe(manifestOf(config, layer));
	}
	const blob = await fetch(`${base}/v2/team/app/blobs/${sha256(layer)}`);
	expect(Buffer.from(await blob.arrayBuffer())).toEqual(layer);
	expect(await (await fetch(`${base}/v2/team/app/tags/list`)).json()).toEqual({name: 'team/app', tags: ['1.0']});
	expect(await (await fetch(`${base}/v2/_catalog`)).json()).toEqual({repositories: ['team/app']});
	expect((await fetch(`${base}/v2/team/app/manifests/${digest}`, {method: 'DELETE'})).status).toBe(202);
	expect(await server.has('team/app', '1.0')).toBe(false);
});

test('the rehearsal registry answers what is wrong with the error JSON of the specification', async () => {
	const server = await serve();
	const base = `http://${server.host}`;
	const code = async (answer: Response) => {
		const {errors} = (await answer.json()) as {errors: {code: string}[]};
		return [answer.status, errors[0]?.code];
	};
	const none = sha256('none');
	expect(await code(await fetch(`${base}/v2/a/manifests/1`))).toEqual([404, 'MANIFEST_UNKNOWN']);
	expect(await code(await fetch(`${base}/v2/a/blobs/${none}`))).toEqual([404, 'BLOB_UNKNOWN']);
	expect(await code(await fetch(`${base}/v2/a/tags/list`))).toEqual([404, 'NAME_UNKNOWN']);
	expect(await code(await fetch(`${base}/v2/UPPER/tags/list`))).toEqual([404, 'NAME_INVALID']);
	expect(await code(await fetch(`${base}/v2/a/manifests/1`, {method: 'PUT', body: manifestOf(config, layer)}))).toEqual(
		[404, 'MANIFEST_BLOB_UNKNOWN'],
	);
	expect(await code(await fetch(`${base}/v2/a/manifests/1`, {method: 'PUT', body: '{'}))).toEqual([
		400,
		'MANIFEST_INVALID',
	]);
	const begun = await fetch(`${base}/v2/a/blobs/uploads/`, {method: 'POST'});
	const place = `${base}${begun.headers.get('location')}`;
	expect(await code(await fetch(`${place}?digest=${none}`, {method: 'PUT', body: 'other'}))).toEqual([
		400,
		'DIGEST_INVALID',
	]);
	expect(await code(await fetch(place))).toEqual([404, 'BLOB_UPLOAD_UNKNOWN']);
});

test('the rehearsal registry takes a blob in pieces, says how far it is, and refuses a piece out of order', async () => {
	const server = await serve();
	const base = `http://${server.host}`;
	const begun = await fetch(`${base}/v2/a/blobs/uploads/`, {method: 'POST'});
	const place = `${base}${begun.headers.get('location')}`;
	const patch = (range: string, body: string) =>
		fetch(place, {method: 'PATCH', headers: {'content-range': range}, body});
	expect((await patch('0-4', 'hello')).headers.get('range')).toBe('0-4');
	expect((await patch('9-13', 'wrong')).status).toBe(416);
	expect((await fetch(place)).headers.get('range')).toBe('0-4');
	expect((await patch('5-10', ' world')).status).toBe(202);
	expect((await fetch(`${place}?digest=${sha256('hello world')}`, {method: 'PUT'})).status).toBe(201);
	expect(await (await fetch(`${base}/v2/a/blobs/${sha256('hello world')}`)).text()).toBe('hello world');
});

test('the rehearsal registry keeps repositories apart: a blob is there only where it was pushed or mounted', async () => {
	const server = await serve();
	const base = `http://${server.host}`;
	const digest = await upload(base, 'one', layer);
	expect((await fetch(`${base}/v2/two/blobs/${digest}`, {method: 'HEAD'})).status).toBe(404);
	expect((await fetch(`${base}/v2/two/blobs/uploads/?mount=${digest}&from=none`, {method: 'POST'})).status).toBe(202);
	expect((await fetch(`${base}/v2/two/blobs/uploads/?mount=${digest}&from=one`, {method: 'POST'})).status).toBe(201);
	expect((await fetch(`${base}/v2/two/blobs/${digest}`, {method: 'HEAD'})).status).toBe(200);
});

test('the rehearsal registry lets nobody in without the right login', async () => {
	const server = await serve({users: [{username: 'robot', password: 'secret'}]});
	const base = `http://${server.host}`;
	const refused = await fetch(`${base}/v2/`);
	expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="rehearsal registry"']);
	const wrong = {authorization: `Basic ${Buffer.from('robot:Secret').toString('base64')}`};
	expect((await fetch(`${base}/v2/`, {headers: wrong})).status).toBe(401);
	expect((await fetch(`${base}/v2/`, {headers: login})).status).toBe(200);
});

test('the rehearsal registry a fault happens as often as asked for and then no more', async () => {
	const server = await serve();
	const base = `http://${server.host}/v2/`;
	server.faults.status = {code: 503, requests: 2};
	expect([(await fetch(base)).status, (await fetch(base)).status, (await fetch(base)).status]).toEqual([503, 503, 200]);
	server.faults.drop = {requests: 1};
	await expect(fetch(base)).rejects.toThrow();
	expect((await fetch(base)).status).toBe(200);
});

test('the rehearsal registry starts again on the same folder with everything it had', async () => {
	const dataDirectory = await temporary();
	const first = await startRegistry({dataDirectory});
	await pushAll(`http://${first.host}`, 'team/app');
	await first.stop();
	const second = await serve({dataDirectory});
	expect(await second.has('team/app', '1.0')).toBe(true);
});

test('after kill -9 in the middle of an upload, what was whole is whole and the upload goes on', async () => {
	const dataDirectory = await temporary();
	const script = join(await temporary(), 'serve.mts');
	const module = resolve(import.meta.dirname, '../../../rehearsal/registry/index.ts');
	await writeFile(
		script,
		`import {startRegistry} from ${JSON.stringify(module)};\nconst server = await startRegistry({dataDirectory: ${JSON.stringify(dataDirectory)}});\nconsole.log(server.host);\n`,
	);
	const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), script], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	onTestFinished(() => {
		child.kill('SIGKILL');
	});
	const [line] = await once(child.stdout, 'data');
	const base = `http://${String(line).trim()}`;
	expect((await pushAll(base, 'team/app')).status).toBe(201);
	const begun = await fetch(`${base}/v2/team/app/blobs/uploads/`, {method: 'POST'});
	const place = begun.headers.get('location') ?? '';
	await fetch(`${base}${place}`, {method: 'PATCH', headers: {'content-range': '0-4'}, body: 'hello'});
	child.kill('SIGKILL');
	await once(child, 'exit');

	const server = await serve({dataDirectory});
	expect(await server.has('team/app', '1.0')).toBe(true);
	const again = `http://${server.host}${place}`;
	expect((await fetch(again)).headers.get('range')).toBe('0-4');
	await fetch(again, {method: 'PATCH', headers: {'content-range': '5-10'}, body: ' world'});
	expect((await fetch(`${again}?digest=${sha256('hello world')}`, {method: 'PUT'})).status).toBe(201);
});
