import type {Change, Finding} from '../../engine/plan.ts';
import type {Image} from '../../oci/image.ts';
import {referenceOf, repositoryOf} from '../shared/names.ts';
import {longTimeouts, type Step, type World} from '../world.ts';
import {type Looking, lookFor, targetsToPush} from './compressed-images.ts';
import {failuresFile, failuresText, type PushTarget, partialPush, pushImages} from './push-images.ts';

const lookingOf = ({answers, registry, signal}: World): Looking => ({
	registry,
	signal,
	compresses: answers.bundle.compress !== 'none',
	asked: new Map(),
});

const targetsOf = ({answers}: World, images: readonly Image[]): readonly PushTarget[] =>
	images.map((image) => ({
		image,
		repository: repositoryOf(answers, image.name),
		reference: referenceOf(answers, image),
	}));

const check = async (world: World): Promise<Finding> => {
	const {answers, bundle, registry, signal} = world;
	const {images} = await bundle.open(signal);
	const looking = lookingOf(world);
	const states = await Promise.all(targetsOf(world, images).map((target) => lookFor(looking, target)));
	const changes = images.flatMap((image, index): Change[] => {
		const {present = false, found, missing = 0} = states[index] ?? {};
		if (present) return [];
		return [
			{
				action: 'push',
				target: referenceOf(answers, image),
				...(missing > 0
					? {detail: `the registry has the tag, but lacks ${missing} of its layers and manifests`}
					: found
						? {detail: `the registry has ${found.slice(0, 19)} under this tag`}
						: {}),
			},
		];
	});
	return changes.length > 0
		? {status: 'todo', changes}
		: {status: 'ok', note: `${images.length} images at ${registry.host}, by digest`};
};

const apply = async (world: World): Promise<void> => {
	const {bundle, registry, host, clock, signal, report} = world;
	const {images: carried, index} = await bundle.open(signal);
	const {targets} = await targetsToPush(lookingOf(world), targetsOf(world, carried), {
		compress: (image, onProgress, signal) => bundle.compressed(image, {signal, onProgress}),
		onProgress: ({reference}, done, total) =>
			report({kind: 'progress', label: `compress ${reference}`, done, total, unit: 'bytes'}),
		onCompressed: ({reference}, before, after) =>
			report({kind: 'line', level: 'info', text: `${reference}: ${before} bytes compressed to ${after}`}),
	});
	const states = new Map(
		targets.map(({image, reference}) => {
			const sizes = new Map(image.blobs.map(({digest, size}) => [digest, size]));
			const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
			return [reference, {total, done: new Map<string, number>()}];
		}),
	);
	const tell = ({image, repository, reference}: PushTarget, whole: boolean): void => {
		const {total = 0, done} = states.get(reference) ?? {};
		const sent = [...(done?.values() ?? [])].reduce((sum, value) => sum + value, 0);
		const label = `push ${repository}:${image.tag}`;
		report({kind: 'progress', label, done: whole ? total : sent, total, unit: 'bytes'});
	};
	const base = index?.differential?.base.name;
	const result = await pushImages(registry, targets, {
		signal,
		...(base === undefined ? {} : {base}),
		onProgress: (target, {digest, done}) => {
			states.get(target.reference)?.done.set(digest, done);
			tell(target, false);
		},
		onImage: (target, outcome) => {
			if ('code' in outcome) {
				report({kind: 'line', level: 'error', text: `${target.reference}: ${outcome.cause} (${outcome.code})`});
				return;
			}
			tell(target, true);
			const {digest, uploadedBytes, mounted, present} = outcome;
			const text = `${target.reference}@${digest}: ${uploadedBytes} bytes sent, ${mounted} layers mounted, ${present} there already`;
			report({kind: 'line', level: 'info', text});
		},
	});
	if (result.error === undefined) {
		await host.saveState(failuresFile, undefined);
		return bundle.dropCompressed();
	}
	const file = await host.saveState(failuresFile, failuresText(result, new Date(clock.now())));
	report({
		kind: 'line',
		level: 'error',
		text: `${result.done.length} of ${targets.length} images are at the registry; what failed: ${file}`,
	});
	throw partialPush(result, file);
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
	check,
	apply,
};
