import {randomBytes} from 'node:crypto';
import {describe, expect, test} from 'vitest';
import type {Image} from '../../source/oci/image.ts';
import {type Fault, startProxy} from './fault-proxy.ts';
import {client, imageOf, never, problemOf, push, quick, sha256} from './helpers.ts';
import {type Site, sites} from './real-registries.ts';

const mebi = 1024 * 1024;
/** One PATCH of a resumed upload. */
const chunk = 16 * mebi;
const big = imageOf('big', [randomBytes(64 * mebi)]);
const bigSize = big.blobs[1]?.size ?? 0;
const middle = imageOf('middle', [randomBytes(12 * mebi)]);
const upload = /\/blobs\/uploads\//u;

/** What the registry itself has under the tag, every byte of it, not by way of the proxy. */
const isThere = async (host: string, image: Image): Promise<void> => {
	const base = `http://${host}/v2/zenml/${image.name}`;
	const accept = {accept: image.manifest.mediaType};
	const manifest = Buffer.from(await (await fetch(`${base}/manifests/${image.tag}`, {headers: accept})).arrayBuffer());
	expect(sha256(manifest)).toBe(image.manifest.digest);
	for (const {digest} of image.blobs) {
		const bytes = Buffer.from(await (await fetch(`${base}/blobs/${digest}`)).arrayBuffer());
		expect(sha256(bytes)).toBe(digest);
	}
};

const through = async (site: Site, ...faults: Fault[]) => {
	const host = await site.start();
	const proxy = await startProxy(host);
	proxy.faults.push(...faults);
	const registry = client(proxy.host, {
		username: 'robot',
		concurrency: 1,
		retries: {...quick, 'registry-line-dropped': {attempts: 6, pausesMs: [1]}},
		timeouts: {stall: 1500, commit: 3000, answer: 20_000, leave: 200},
	});
	return {host, proxy, registry};
};

const sum = (values: readonly number[]) => values.reduce((some, more) => some + more, 0);

describe.each(sites)('uploads to $name', (site) => {
	const run = test.skipIf(site.missing);

	run('a line that drops at 60 % of a layer costs no more than what the registry did not take', async () => {
		const dropAt = Math.floor(bigSize * 0.6);
		const {host, proxy, registry} = await through(site, {
			method: 'PUT',
			path: upload,
			does: {kind: 'drop', after: dropAt},
		});
		const {seen} = await push(registry, big, 'zenml/big');
		await isThere(host, big);
		const broken = proxy.seen.findIndex(({bytes}) => bytes === dropAt);
		expect(broken).toBeGreaterThan(0);
		const again = sum(proxy.seen.slice(broken + 1).map(({bytes}) => bytes));
		if (site.resumes) {
			expect(again).toBeLessThanOrEqual(bigSize * 0.4 + chunk);
			expect(seen.filter(({digest}) => digest === big.blobs[1]?.digest).some(({done}) => done === dropAt)).toBe(true);
		} else {
			expect(again).toBeGreaterThanOrEqual(bigSize);
			// In pieces from then on.
			expect(proxy.seen.filter(({method}) => method === 'PATCH').length).toBeGreaterThanOrEqual(bigSize / chunk);
		}
	});

	const faults: ReadonlyArray<readonly [string, Fault]> = [
		['a line that falls silent in the middle', {method: 'PUT', path: upload, does: {kind: 'stall', after: 7 * mebi}}],
		[
			'a 500 in the middle',
			{method: 'PUT', path: upload, does: {kind: 'answer', after: 7 * mebi, status: 500, body: 'oops'}},
		],
		[
			'a 429 with Retry-After',
			{
				method: 'POST',
				path: upload,
				times: 2,
				does: {kind: 'answer', after: 0, status: 429, headers: {'retry-after': '0'}},
			},
		],
		[
			'a 502 for the manifest',
			{method: 'PUT', path: /\/manifests\//u, times: 2, does: {kind: 'answer', after: 0, status: 502}},
		],
		[
			'a 401 in the middle',
			{
				method: 'PUT',
				path: upload,
				does: {kind: 'answer', after: 7 * mebi, status: 401, headers: {'www-authenticate': 'Basic realm="x"'}},
			},
		],
	];
	run.each(faults)('%s is ridden out', async (_what, one) => {
		const fault = {...one};
		const {host, proxy, registry} = await through(site, fault);
		await push(registry, middle, 'zenml/middle');
		await isThere(host, middle);
		expect(fault.times).toBe(0);
		const after = 'after' in fault.does ? fault.does.after : 0;
		if (site.resumes && after > 0) {
			const all = sum(middle.blobs.map(({size}) => size));
			expect(sum(proxy.seen.filter(({path}) => upload.test(path)).map(({bytes}) => bytes))).toBeLessThanOrEqual(
				all + 2 * mebi,
			);
		}
	});

	if (site.resumes) {
		run.each([1, -3 * mebi, 64 * mebi])(
			'a registry that lies about its offset by %i bytes is given the layer anew',
			async (add) => {
				const {host, registry} = await through(
					site,
					{method: 'PUT', path: upload, does: {kind: 'drop', after: 7 * mebi}},
					{method: 'GET', path: upload, does: {kind: 'range', add}},
				);
				await push(registry, middle, 'zenml/middle');
				await isThere(host, middle);
			},
		);
	}

	run('an upload that the registry forgot meanwhile is begun anew', async () => {
		const gone = {kind: 'answer', after: 0, status: 404} as const;
		const {host, registry} = await through(
			site,
			{method: 'PUT', path: upload, does: {kind: 'drop', after: 7 * mebi}},
			{method: 'GET', path: upload, does: gone},
		);
		await push(registry, middle, 'zenml/middle');
		await isThere(host, middle);
	});

	run('a manifest that comes back changed is refused', async () => {
		const {registry} = await through(site, {method: 'GET', path: /\/manifests\//u, does: {kind: 'change'}});
		const problem = await problemOf(push(registry, imageOf('small', [Buffer.from('small')]), 'zenml/small'));
		expect(problem.code).toBe('registry-digest-mismatch');
	});

	run('several faults one after the other on a slow line still end in the right bytes', async () => {
		const {host, proxy, registry} = await through(
			site,
			{method: 'POST', path: upload, does: {kind: 'drop', after: 0}},
			{method: 'PUT', path: upload, times: 1, does: {kind: 'drop', after: 3 * mebi}},
			{method: 'PATCH', path: upload, times: 2, does: {kind: 'drop', after: 2 * mebi}},
		);
		proxy.pace.bytesPerSecond = 60 * mebi;
		await push(registry, middle, 'zenml/middle');
		await isThere(host, middle);
		expect(await registry.manifestDigest('zenml/middle', '1.0', never)).toBe(middle.manifest.digest);
	});
});
