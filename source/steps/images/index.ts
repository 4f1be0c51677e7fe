import {counted as numberOf} from '../../base/text.ts';
import {totalSize} from '../../base/units.ts';
import {clientToolsEngines, clientToolsOf} from '../../bundle/layout/client-tools.ts';
import type {Bundle} from '../../bundle/types.ts';
import type {Change, Finding} from '../../engine/plan.ts';
import type {Image} from '../../oci/image.ts';
import {referenceOf, repositoryOf} from '../shared/names.ts';
import {longTimeouts, type Step, type World} from '../world.ts';
import {type Found, type Looking, lookFor, targetsToPush} from './compressed-images.ts';
import {failuresFile, failuresText, partialPush} from './failures.ts';
import {pushImages} from './push-images.ts';
import {reportPush} from './push-progress.ts';
import type {PushReport, PushTarget} from './types.ts';

const lookingOf = ({answers, registry, signal}: World): Looking => ({
	registry,
	signal,
	compresses: answers.bundle.compress !== 'none',
	cache: new Map(),
});

const targetsOf = ({answers}: World, images: readonly Image[]): readonly PushTarget[] =>
	images.map((image) => ({
		image,
		repository: repositoryOf(answers, image.name),
		reference: referenceOf(answers, image),
	}));

/** What the registry has in the place of an image that is not there. */
const instead = ({found, missing}: Found): string | undefined => {
	if (missing > 0) return `the registry has the tag, but lacks ${missing} of its layers and manifests`;
	return found && `the registry has ${found.slice(0, 19)} under this tag`;
};

/** Bytes of an image that its repository lacks, each part counted once for all images. */
const bytesLacking = async (
	{registry, signal, cache}: Looking,
	{image, repository}: PushTarget,
	counted: Set<string>,
): Promise<number> => {
	const {blobs, children: manifests = []} = image;
	const lacking = await registry.missing(repository, {blobs, manifests}, {signal, cache});
	const parts = [...blobs, ...manifests.map(({digest, bytes}) => ({digest, size: bytes.length}))];
	const due = parts.filter(({digest}) => lacking.has(digest) && !counted.has(digest));
	for (const {digest} of due) counted.add(digest);
	return totalSize(new Map(due.map((part) => [part.digest, part])).values());
};

/** Which images of a bundle a step is about. */
type Choice = (bundle: Bundle) => readonly Image[];

const check = async (world: World, choose: Choice): Promise<Finding> => {
	const images = choose(await world.bundle.open(world.signal));
	const looking = lookingOf(world);
	const counted = new Set<string>();
	const changeOf = async (target: PushTarget): Promise<readonly Change[]> => {
		const found = await lookFor(looking, target);
		if (found.present) return [];
		const bytes = world.pass === 'look' ? await bytesLacking(looking, target, counted) : undefined;
		return [{action: 'push', target: target.reference, detail: instead(found), bytes}];
	};
	const changes = (await Promise.all(targetsOf(world, images).map(changeOf))).flat();
	if (changes.length > 0) return {status: 'todo', changes};
	return {status: 'ok', note: `${numberOf(images.length, 'image')} at ${world.registry.host}, by digest`};
};

/** The images as they are pushed: with their raw layers compressed, where the answers ask for it. */
const prepare = async (world: World, choose: Choice): Promise<readonly PushTarget[]> => {
	const {bundle, report, signal} = world;
	const images = choose(await bundle.open(signal));
	const {targets} = await targetsToPush(lookingOf(world), targetsOf(world, images), {
		compress: async (image, onProgress, inner) => bundle.compressed(image, {signal: inner, onProgress}),
		onProgress: ({reference}, done, total) =>
			report({kind: 'progress', label: `compress ${reference}`, done, total, unit: 'bytes'}),
		onCompressed: ({reference}, before, after) =>
			report({kind: 'line', level: 'info', text: `${reference}: ${before} bytes compressed to ${after}`}),
	});
	return targets;
};

/** Keeps the list of what failed for who comes in the morning. @returns what is thrown */
const keepFailures = async ({host, clock, report}: World, result: PushReport, of: number): Promise<unknown> => {
	const file = await host.saveState(failuresFile, failuresText(result, new Date(clock.now())));
	const text = `${result.done.length} of ${of} images are at the registry; what failed: ${file}`;
	report({kind: 'line', level: 'error', text});
	return partialPush(result, file);
};

const apply = async (world: World, choose: Choice): Promise<void> => {
	const {bundle, registry, host, signal} = world;
	const targets = await prepare(world, choose);
	const {index} = await bundle.open(signal);
	const base = index?.differential?.base.name;
	const result = await pushImages(registry, targets, {signal, base, ...reportPush(world, targets)});
	if (result.error !== undefined) throw await keepFailures(world, result, targets.length);
	await host.saveState(failuresFile, undefined);
	await bundle.dropCompressed();
};

/** Guide step 3: every image of the bundle at the internal registry, compared by manifest digest. */
export const imagesStep: Step = {
	id: 'images',
	title: 'Images',
	why: 'The cluster pulls its images from the internal registry, so they must be there first.',
	area: 'registry',
	// How fast they go there changes nothing about what is there.
	inputs: ({bundle, registry: {pullSecretName: _forPods, concurrency: _width, bandwidth: _rate, ...registry}}) => ({
		bundle,
		registry,
	}),
	retry: {
		codes: ['registry-line-dropped', 'registry-unreachable', 'registry-rate-limited'],
		attempts: 3,
		pausesMs: [1000, 3000],
	},
	timeouts: longTimeouts,
	check: async (world) => check(world, ({images}) => images),
	apply: async (world) => apply(world, ({images}) => images),
};

const clientTools: Choice = (bundle) => [
	...new Set(clientToolsEngines.flatMap((engine) => clientToolsOf(bundle, engine) ?? [])),
];

/**
 * The image with the databases' client programs alone: dumps before an upgrade may have to run in it, when nothing else of the newer
 * bundle is there yet.
 */
export const clientToolsStep: Step = {
	...imagesStep,
	id: 'client-tools',
	title: 'Client tools',
	why: 'The dumps before an upgrade may run in a pod, whose image must be at the registry first.',
	when: ({backup: {tools, toolsImage}}) => tools !== 'host' && toolsImage === undefined,
	check: async (world) => {
		const found = await check(world, clientTools);
		if (found.status !== 'ok' || clientTools(await world.bundle.open(world.signal)).length > 0) return found;
		return {status: 'ok', note: 'the bundle carries none'};
	},
	apply: async (world) => apply(world, clientTools),
};
