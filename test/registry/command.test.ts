import {execFileSync} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {existsSync} from 'node:fs';
import {mkdir, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {describe, expect, test} from 'vitest';
import {startProxy} from './fault-proxy.ts';
import {canary, client, imageOf, never, noise, serve, temporary, users} from './helpers.ts';
import {indexOf, writeLayout} from './on-disk.ts';
import {base, images, setting, start} from './push-command.ts';
import {dockerRegistry, sites} from './real-registries.ts';

const mebi = 1024 * 1024;

describe('registry push', () => {
	test('pushes an OCI layout, a bundle without charts and a tar of one; the second time nothing is sent', async () => {
		const server = await serve({users: []});
		const {folder, layout, state} = await setting();
		execFileSync('tar', ['-cf', join(folder, 'one.tar'), '-C', layout, '.']);
		const ways = [layout, folder, join(folder, 'one.tar')];
		for (const [index, bundle] of ways.entries()) {
			const words = ['--bundle', bundle, '--to', `${server.host}/way${index}`, '--plain-http', '--state-dir', state];
			const first = await start(words).result();
			expect(first).toMatchObject({code: 0});
			expect(first.out).toMatch(/^3 of 3 images at 127\.0\.0\.1:\d+, by digest; [\d.]+ (KiB|MiB) sent\.\n$/u);
			for (const {name} of images) expect(await server.has(`way${index}/${name}`, '1.0')).toBe(true);
			const requests = server.counters.requests;
			const again = await start([...words, '--json']).result();
			expect(JSON.parse(again.out)).toMatchObject({of: 3, bytesSent: 0, failures: [], notTried: []});
			// One look at each tag and each blob below it, and nothing else.
			const blobs = images.reduce((sum, image) => sum + image.blobs.length, 0);
			expect(server.counters.requests - requests).toBe(3 + blobs);
		}
		expect(existsSync(state)).toBe(false);
	});

	test.each(['gzip', 'zstd'])(
		'compresses raw layers with %s when told to; the second time nothing is sent',
		async (algorithm) => {
			const server = await serve({users: []});
			const folder = await temporary();
			const state = join(folder, 'state');
			const text = Buffer.from('a line that comes again and again\n'.repeat(20_000));
			const own = [imageOf('api', [text, noise('api', 9000)]), imageOf('server', [text])];
			const layout = await writeLayout(join(folder, 'images'), own);
			const words = ['--bundle', layout, '--to', `${server.host}/zenml`, '--plain-http', '--state-dir', state];
			const compressing = [...words, '--compress', algorithm];
			const first = await start([...compressing, '--json']).result();
			expect(first).toMatchObject({code: 0});
			const {bytesSent, done} = JSON.parse(first.out);
			expect(done).toHaveLength(2);
			expect(bytesSent).toBeLessThan(text.length / 10);
			expect(first.err).toContain('compressed to');
			expect(first.err).toContain(`are kept in ${join(state, 'compressed-layers')}`);
			const {manifest} = own[0] ?? expect.fail();
			const registry = client(server.host);
			const digest = await registry.manifestDigest('zenml/api', '1.0', never);
			expect(digest).not.toBe(manifest.digest);
			// What was kept may be lost: the configuration tells that the image is there.
			for (const kept of [true, false]) {
				if (!kept) await rm(join(state, 'compressed-layers'), {recursive: true});
				const again = await start([...compressing, '--json']).result();
				expect(JSON.parse(again.out)).toMatchObject({of: 2, bytesSent: 0, failures: []});
				expect(JSON.parse(again.out).done).toHaveLength(2);
			}
			expect(await registry.manifestDigest('zenml/api', '1.0', never)).toBe(digest);
			expect((await start([...words, '--compress', 'xz']).result()).code).toBe(2);
		},
	);

	test('a password is read where it is, and never shown', async () => {
		const server = await serve({users});
		const {layout, state} = await setting();
		const words = ['--bundle', layout, '--to', `${server.host}/zenml`, '--plain-http', '--state-dir', state];
		const login = ['--username', 'robot', '--password-ref', 'env:REGISTRY_PASSWORD'];
		const right = await start([...words, ...login], {REGISTRY_PASSWORD: canary}).result();
		expect(right.code).toBe(0);
		const wrong = await start([...words, ...login], {REGISTRY_PASSWORD: `${canary}!`}).result();
		expect(wrong.code).toBe(6);
		expect(right.out + right.err + wrong.out + wrong.err).not.toContain(canary);
	});

	test('one image that fails does not stop the others: N of M, a file of failures, and no success', async () => {
		const server = await serve({users: []});
		server.faults.status = {code: 403, requests: 100, method: 'POST', path: '/server/blobs', error: 'DENIED'};
		const {layout, state} = await setting();
		const words = ['--bundle', layout, '--to', `${server.host}/zenml`, '--plain-http', '--state-dir', state];
		const failed = await start(words).result();
		expect(failed.code).toBe(6);
		expect(failed.out).toContain('2 of 3 images');
		expect(await server.has('zenml/api', '1.0')).toBe(true);
		expect(await server.has('zenml/client', '1.0')).toBe(true);
		const file = join(state, 'images-failed.json');
		expect((await stat(file)).mode & 0o777).toBe(0o600);
		expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
			done: 2,
			of: 3,
			failures: [{image: `${server.host}/zenml/server:1.0`, code: 'registry-denied', fix: expect.stringMatching(/./u)}],
			notTried: [],
		});
		server.faults.status = undefined as never;
		expect((await start(words).result()).code).toBe(0);
		expect(existsSync(file)).toBe(false);
	});

	test('a cause that all images share is told once', async () => {
		const server = await serve({users});
		const {layout, state} = await setting();
		const words = ['--bundle', layout, '--to', `${server.host}/zenml`, '--plain-http', '--state-dir', state];
		const failed = await start([...words, '--json']).result();
		expect(failed.code).toBe(6);
		const report = JSON.parse(failed.out.split('\n')[0] ?? '') as {failures: {code: string}[]; notTried: string[]};
		expect(report.failures.map(({code}) => code)).toEqual(['registry-unauthorized']);
		expect(report.notTried).toHaveLength(2);
	});

	test('answers are taken from a file that is only half filled in, and flags count more', async () => {
		const server = await serve({users: []});
		const {folder, layout, state} = await setting();
		const file = join(folder, 'answers.yaml');
		await writeFile(
			file,
			`bundle: {path: ${layout}}\nregistry: {host: '${server.host}', prefix: from-file, plainHttp: true, bandwidth: 50MiB}\n`,
		);
		expect((await start(['--answers', file, '--state-dir', state]).result()).code).toBe(0);
		expect(await server.has('from-file/api', '1.0')).toBe(true);
		const other = ['--answers', file, '--set', 'registry.prefix=from-flag', '--state-dir', state];
		expect((await start(other).result()).code).toBe(0);
		expect(await server.has('from-flag/api', '1.0')).toBe(true);
	});

	test.each([
		[['--to', 'https://registry.example.com/zenml'], 'push-target-invalid'],
		[[], 'push-answers-missing'],
		[['--to', 'registry.example.com', '--limit-rate', 'fast'], 'answers-invalid-value'],
		[['--to', 'registry.example.com', '--client-key', '/k'], 'answers-conflict'],
	])('%j is refused as %s', async (words, code) => {
		const refused = await start([...words, '--json', '--bundle', '/nonexistent']).result();
		expect(refused.code).toBe(2);
		expect(refused.err).toContain(`"code":"${code}"`);
	});

	test('a folder without images is refused', async () => {
		const folder = await temporary();
		await mkdir(join(folder, 'nothing'));
		const refused = await start(['--bundle', folder, '--to', 'localhost:1/x', '--json']).result();
		expect(refused.code).toBe(5);
	});
});

describe.each(sites)('a push that is killed on its way to $name', (site) => {
	const big = imageOf('big', [randomBytes(48 * mebi)]);
	const size = big.blobs[1]?.size ?? 0;

	test.skipIf(site.missing)('goes on in the next process, and keeps no trace once it is done', async () => {
		const host = await site.start();
		const proxy = await startProxy(host);
		const folder = await temporary();
		const layout = await writeLayout(join(folder, 'layout'), [big]);
		const state = join(folder, 'state');
		const words = ['--bundle', layout, '--to', `${proxy.host}/zenml`, '--plain-http', '--state-dir', state, '--json'];
		proxy.pace.bytesPerSecond = 30 * mebi;
		const first = start(words);
		const taken = () => proxy.seen.reduce((sum, {bytes}) => sum + bytes, 0);
		while (taken() < size / 2) {
			expect(first.child.exitCode).toBeNull();
			await sleep(10);
		}
		first.child.kill('SIGKILL');
		await first.result();
		const memo = join(state, 'uploads.json');
		expect((await stat(memo)).mode & 0o777).toBe(0o600);
		expect(JSON.parse(await readFile(memo, 'utf8'))).toMatchObject({
			uploads: [{registry: proxy.host, repository: 'zenml/big', digest: big.blobs[1]?.digest}],
		});
		proxy.pace.bytesPerSecond = 0;
		await sleep(300);
		const before = proxy.seen.length;
		const second = await start(words).result();
		expect(second).toMatchObject({code: 0});
		const sent = proxy.seen.slice(before).reduce((sum, {bytes}) => sum + bytes, 0);
		if (site.resumes) expect(sent).toBeLessThanOrEqual(size / 2 + 2 * mebi);
		else expect(sent).toBeGreaterThanOrEqual(size);
		expect(existsSync(memo)).toBe(false);
		const manifest = await fetch(`http://${host}/v2/zenml/big/manifests/1.0`, {
			headers: {accept: big.manifest.mediaType},
		});
		expect(manifest.headers.get('docker-content-digest')).toBe(big.manifest.digest);
	});
});

const skopeo = ['/usr/bin/skopeo', '/usr/local/bin/skopeo'].find((file) => existsSync(file));

test.skipIf(skopeo === undefined || dockerRegistry === undefined)(
	'what was pushed to docker-registry is pulled by skopeo, digest by digest, an index with all its platforms too',
	async () => {
		const host = await (sites[1]?.start() ?? '');
		const {layout, state, folder} = await setting();
		expect(
			(await start(['--bundle', layout, '--to', `${host}/zenml`, '--plain-http', '--state-dir', state]).result()).code,
		).toBe(0);
		for (const image of images) {
			const target = join(folder, image.name);
			const source = `docker://${host}/zenml/${image.name}:${image.tag}`;
			execFileSync(skopeo ?? '', ['copy', '--src-tls-verify=false', '--all', source, `dir:${target}`], {stdio: 'pipe'});
			expect(await readFile(join(target, 'manifest.json'))).toEqual(image.manifest.bytes);
			const names = await readdir(target);
			for (const {digest} of image.blobs) expect(names).toContain(digest.slice('sha256:'.length));
		}
	},
);

test('an index goes to the registry after the manifests that it names', async () => {
	const {client, push} = await import('./helpers.ts');
	const server = await serve();
	const parts = ['amd64', 'arm64'].map((architecture) => ({
		...imageOf(`x-${architecture}`, [base, noise(architecture, 1000)]),
		platform: {os: 'linux', architecture},
	}));
	const index = indexOf('x', parts);
	await push(client(server.host), index, 'zenml/x');
	for (const reference of ['1.0', ...(index.children ?? []).map(({digest}) => digest)])
		expect(await server.manifest('zenml/x', reference)).toBeDefined();
	expect((await server.manifest('zenml/x', '1.0'))?.digest).toBe(index.manifest.digest);
	for (const {digest} of index.children ?? []) expect(await server.has('zenml/x', digest)).toBe(true);
});
