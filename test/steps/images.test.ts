import {describe, expect, test} from 'vitest';
import type {Image} from '../../source/oci/image.ts';
import type {RegistryPort} from '../../source/registry/types.ts';
import {targetsToPush} from '../../source/steps/images/compressed-images.ts';
import {failuresText, partialPush} from '../../source/steps/images/failures.ts';
import {clientToolsStep, imagesStep} from '../../source/steps/images/index.ts';
import {mountSources} from '../../source/steps/images/mount-sources.ts';
import {pushImages} from '../../source/steps/images/push-images.ts';
import type {PushTarget} from '../../source/steps/images/types.ts';
import {carried, imageOf, refusal} from './parts.ts';
import {answersOf, changesOf, type Given, linesOf, look, never, refusalOf, worldOf} from './world.ts';

const blob = (digest: string, size: number, more: object = {}) => ({
	mediaType: 'layer',
	digest,
	size,
	open: () => {
		throw new Error('a blob was opened');
	},
	...more,
});
const api = imageOf('api', {blobs: [blob('sha256:a', 10), blob('sha256:s', 5), blob('sha256:s', 5)]});
const web = imageOf('web', {blobs: [blob('sha256:w', 7), blob('sha256:s', 5)]});
const targetOf = (image: Image): PushTarget => ({
	image,
	repository: `zenml/${image.name}`,
	reference: `registry.corp/zenml/${image.name}:1.0`,
});
const sent = {uploadedBytes: 10, mounted: 1, present: 2};

/** A registry that has these digests under the tags of these repositories. */
const having = (tags: Readonly<Record<string, string>>, missing: readonly string[] = []): Partial<RegistryPort> => ({
	host: 'registry.corp',
	manifestDigest: async (repository) => tags[repository],
	missing: async () => new Set(missing),
});
const see = async (registry: Partial<RegistryPort>, more: Given = {}) =>
	look(imagesStep, worldOf({bundle: carried({images: [api, web]}), registry, ...more}));

describe('the look at the registry', () => {
	test('images are there when their digests are, with every part', async () => {
		const all = {'zenml/api': 'sha256:api', 'zenml/web': 'sha256:web'};
		expect(await see(having(all))).toEqual({status: 'ok', note: '2 images at registry.corp, by digest'});
	});

	test('what is missing says what stands in its place', async () => {
		const other = {'zenml/web': 'sha256:0123456789abcdef'};
		expect(changesOf(await see(having(other)))).toEqual([
			'push registry.corp/zenml/api:1.0',
			'push registry.corp/zenml/web:1.0 (the registry has sha256:0123456789ab under this tag)',
		]);
		expect(changesOf(await see(having({'zenml/api': 'sha256:api', 'zenml/web': 'sha256:web'}, ['sha256:s'])))).toEqual([
			'push registry.corp/zenml/api:1.0 (the registry has the tag, but lacks 1 of its layers and manifests)',
			'push registry.corp/zenml/web:1.0 (the registry has the tag, but lacks 1 of its layers and manifests)',
		]);
	});

	test('compressed images are told by their configurations; one of no or other configurations is another', async () => {
		const answers = answersOf((input) => ({...input, bundle: {compress: 'zstd'}}));
		const bytes = Buffer.from(JSON.stringify({config: {digest: 'sha256:config'}}));
		const image = imageOf('api', {manifest: {...api.manifest, bytes}});
		const at = async (configs: readonly string[]) =>
			see(
				{...having({'zenml/api': 'sha256:smaller'}), contents: async () => ({blobs: [], configs})},
				{answers, bundle: carried({images: [image]})},
			);
		expect(await at(['sha256:config'])).toMatchObject({status: 'ok'});
		expect(changesOf(await at(['sha256:other']))).toHaveLength(1);
		expect(changesOf(await at([]))).toHaveLength(1);
	});
});

describe('the client tools before an upgrade', () => {
	const tools = imageOf('client-tools');
	const seen = async (images: readonly Image[], tags: Readonly<Record<string, string>> = {}) =>
		look(clientToolsStep, worldOf({bundle: carried({images}), registry: having(tags)}));

	test('are the only image that is looked for, once for both engines', async () => {
		expect(changesOf(await seen([api, tools, web]))).toEqual(['push registry.corp/zenml/client-tools:1.0']);
		expect(await seen([api, tools], {'zenml/client-tools': 'sha256:client-tools'})).toMatchObject({
			status: 'ok',
			note: '1 image at registry.corp, by digest',
		});
	});

	test('are nothing to push where the bundle carries none', async () => {
		expect(await seen([api, web])).toEqual({status: 'ok', note: 'the bundle carries none'});
	});

	test('are left out where the answers have the programs elsewhere', () => {
		const on = (backup: object) => clientToolsStep.when?.(answersOf((input) => ({...input, backup})));
		expect(on({})).toBe(true);
		expect(on({tools: 'host'})).toBe(false);
		expect(on({toolsImage: 'registry.corp/tools:1.0'})).toBe(false);
	});
});

describe('pushing', () => {
	const site = (push: RegistryPort['push'], more: Given = {}) => {
		const saved: (readonly [string, string | undefined])[] = [];
		let dropped = 0;
		const world = worldOf({
			clock: {now: () => 0, sleep: async () => undefined},
			bundle: {
				...carried({images: [api, web]}),
				dropCompressed: async () => {
					dropped += 1;
				},
			},
			host: {
				saveState: async (name, text) => {
					saved.push([name, text]);
					return `/state/${name}`;
				},
			},
			registry: {host: 'registry.corp', push},
			...more,
		});
		return {world, saved, dropped: () => dropped};
	};

	test('progress is in bytes of layers, each counted once, and an old list of failures goes', async () => {
		const {world, saved, dropped} = site(async ({manifest, blobs}, {onProgress}) => {
			for (const {digest, size} of blobs) onProgress({digest, done: size, total: size});
			return {digest: manifest.digest, ...sent};
		});
		await imagesStep.apply?.(world);
		const steps = world.told.flatMap((one) => (one.kind === 'progress' ? [one] : []));
		expect(steps.filter(({label}) => label === 'push zenml/api:1.0').map(({done, total}) => [done, total])).toEqual([
			[10, 15],
			[15, 15],
			[15, 15],
			[15, 15],
		]);
		expect(linesOf(world.told)).toContain(
			'info registry.corp/zenml/api:1.0@sha256:api: 10 bytes sent, 1 layer mounted, 2 there already',
		);
		expect(saved).toEqual([['images-failed.json', undefined]]);
		expect(dropped()).toBe(1);
	});

	test('an image that fails stops no other; what failed is kept in a file, and thrown with it', async () => {
		const {world, saved, dropped} = site(async ({name, manifest}) => {
			if (name === 'api') throw refusal('registry-part-damaged', 'It is damaged.', {facts: {blob: 'sha256:a'}});
			return {digest: manifest.digest, ...sent};
		});
		const problem = await refusalOf(imagesStep.apply?.(world) ?? Promise.resolve());
		expect(problem).toMatchObject({
			code: 'registry-part-damaged',
			evidence: ['1 of 2 images are at the registry; all failures: /state/images-failed.json'],
		});
		expect(dropped()).toBe(0);
		expect(JSON.parse(saved[0]?.[1] ?? '')).toEqual({
			time: '1970-01-01T00:00:00.000Z',
			done: 1,
			of: 2,
			failures: [
				{
					image: 'registry.corp/zenml/api:1.0',
					digest: 'sha256:api',
					blob: 'sha256:a',
					code: 'registry-part-damaged',
					message: 'It is damaged.',
					cause: 'Why registry-part-damaged.',
					fix: 'Mend registry-part-damaged.',
				},
			],
			notTried: [],
		});
		expect(linesOf(world.told)).toEqual([
			'error registry.corp/zenml/api:1.0: Why registry-part-damaged. (registry-part-damaged)',
			expect.stringContaining('info registry.corp/zenml/web:1.0@'),
			'error 1 of 2 images are at the registry; what failed: /state/images-failed.json',
		]);
	});

	test('a cause that all would meet ends it: the others are not tried', async () => {
		const report = await pushImages(
			{
				push: async ({name}: Image, {signal}: {readonly signal: AbortSignal}) => {
					if (name === 'api') throw refusal('registry-quota');
					await new Promise((resolve) => setImmediate(resolve));
					signal.throwIfAborted();
				},
			} as unknown as RegistryPort,
			[api, web].map(targetOf),
			{signal: never, onProgress: () => undefined, onImage: () => undefined},
		);
		expect(report).toMatchObject({
			done: [],
			failures: [{code: 'registry-quota'}],
			notTried: ['registry.corp/zenml/web:1.0'],
		});
		expect(report.failures[0]?.blob).toBeUndefined();
	});

	test('the operator who stops it gets that, and no list of failures', async () => {
		const stop = new AbortController();
		const {world, saved} = site(
			async ({manifest}) => {
				stop.abort(new Error('Ctrl-C'));
				return {digest: manifest.digest, ...sent};
			},
			{signal: stop.signal},
		);
		await expect(imagesStep.apply?.(world)).rejects.toThrow('Ctrl-C');
		expect(saved).toEqual([]);
	});

	test('with compression, what the registry lacks is compressed first, and both sizes are told', async () => {
		const answers = answersOf((input) => ({...input, bundle: {compress: 'zstd'}}));
		const pushed: string[] = [];
		const {world} = site(
			async ({manifest, name}) => {
				pushed.push(`${name} ${manifest.digest}`);
				return {digest: manifest.digest, ...sent};
			},
			{answers},
		);
		const manifestDigest: RegistryPort['manifestDigest'] = async (repository) =>
			repository === 'zenml/web' ? web.manifest.digest : undefined;
		const compressed = async (
			image: Image,
			{onProgress}: {readonly onProgress: (layer: {digest: string; done: number; total: number}) => void},
		): Promise<Image> => {
			onProgress({digest: 'sha256:a', done: 5, total: 10});
			onProgress({digest: 'sha256:s', done: 5, total: 5});
			return {...image, manifest: {...image.manifest, digest: 'sha256:small'}, blobs: [blob('sha256:z', 4)]};
		};
		await imagesStep.apply?.({
			...world,
			registry: {...world.registry, push: world.registry.push, manifestDigest, missing: async () => new Set()},
			bundle: {...world.bundle, open: world.bundle.open, dropCompressed: world.bundle.dropCompressed, compressed},
		});
		expect(pushed).toEqual(['api sha256:small']);
		expect(linesOf(world.told)[0]).toBe('info registry.corp/zenml/api:1.0: 20 bytes compressed to 4');
		expect(world.told.filter((one) => one.kind === 'progress' && one.label.startsWith('compress'))).toEqual([
			{kind: 'progress', label: 'compress registry.corp/zenml/api:1.0', done: 5, total: 10, unit: 'bytes'},
			{kind: 'progress', label: 'compress registry.corp/zenml/api:1.0', done: 10, total: 15, unit: 'bytes'},
		]);
	});

	test('an image that cannot be compressed stops the others; nothing is under way when it is told', async () => {
		let running = 0;
		const compress = async (image: Image, _tell: unknown, signal: AbortSignal): Promise<Image> => {
			running += 1;
			try {
				if (image.name === 'api') throw refusal('bundle-unreadable');
				await new Promise<void>((resolve) => {
					if (signal.aborted) resolve();
					signal.addEventListener('abort', () => resolve(), {once: true});
				});
				signal.throwIfAborted();
				return image;
			} finally {
				running -= 1;
			}
		};
		const looking = {registry: having({}) as RegistryPort, signal: never, compresses: true, cache: new Map()};
		const options = {compress, onProgress: () => undefined, onCompressed: () => undefined};
		const problem = await refusalOf(targetsToPush(looking, [api, web].map(targetOf), options));
		expect(problem.code).toBe('bundle-unreadable');
		expect(running).toBe(0);
	});
});

describe('where a layer may be already', () => {
	test('at most three repositories that have it too', () => {
		const targets = ['a', 'b', 'c', 'd'].map((name) => targetOf(imageOf(name, {blobs: [blob('sha256:s', 1)]})));
		const of = mountSources(targets, undefined);
		expect(of('sha256:s')).toEqual(['zenml/a', 'zenml/b', 'zenml/c']);
		expect(of('sha256:unknown')).toEqual([]);
	});

	test.each([
		['registry.corp', ['zenml/api', 'api']],
		['registry.corp/old/zenml', ['zenml/api', 'old/zenml/api']],
		['elsewhere.corp/zenml', ['zenml/api']],
		['sha256:digest-of-a-bundle', ['zenml/api']],
	])('what a differential bundle left out, also below the prefix of its inventory %s', (base, repositories) => {
		const image = imageOf('api', {blobs: [blob('sha256:s', 1, {omitted: true})]});
		expect(mountSources([targetOf(image)], base)('sha256:s')).toEqual(repositories);
	});
});

describe('the list of failures', () => {
	const failure = {image: 'a', digest: 'd', code: 'registry-quota', message: 'm', cause: 'c', fix: 'f'} as const;

	test('counts all, and names those that were not tried', () => {
		const report = {done: ['x'], failures: [failure], notTried: ['y']};
		expect(JSON.parse(failuresText(report, new Date(0)))).toMatchObject({done: 1, of: 3, notTried: ['y']});
	});

	test('what is thrown names the other failures, ten at most; an error of no problem goes through', () => {
		const failures = Array.from({length: 14}, (_, index) => ({...failure, image: `i${index}`}));
		const error = refusal('registry-quota', 'Full.', {evidence: ['507']});
		const thrown = partialPush({done: [], failures, notTried: [], error}, '/f') as typeof error;
		expect(thrown.problem.evidence?.slice(0, 3)).toEqual([
			'507',
			'0 of 14 images are at the registry; all failures: /f',
			'i1: registry-quota',
		]);
		expect(thrown.problem.evidence).toHaveLength(12);
		const bug = new TypeError('bug');
		expect(partialPush({done: [], failures, notTried: [], error: bug}, '/f')).toBe(bug);
	});
});
