import type {Image} from '../bundle/types.ts';
import type {Change, Finding} from '../engine/types.ts';
import {referenceOf, repositoryOf} from './names.ts';
import {longTimeouts, type Step, type World} from './world.ts';

const check = async (world: World): Promise<Finding> => {
	const {answers, bundle, registry, signal} = world;
	const {images} = await bundle.open(signal);
	const present = await Promise.all(
		images.map(async ({name, tag}) => registry.manifestDigest(repositoryOf(answers, name), tag, signal)),
	);
	const changes = images.flatMap((image, index): Change[] => {
		const found = present[index];
		if (found === image.manifest.digest) return [];
		return [
			{
				action: 'push',
				target: referenceOf(answers, image),
				...(found ? {detail: `the registry has ${found.slice(0, 19)} under this tag`} : {}),
			},
		];
	});
	return changes.length > 0
		? {status: 'todo', changes}
		: {status: 'ok', note: `${images.length} images at ${registry.host}, by digest`};
};

const apply = async (world: World): Promise<void> => {
	const {answers, bundle, registry, signal, report} = world;
	const {images} = await bundle.open(signal);
	const repositories = images.map(({name}) => repositoryOf(answers, name));
	const pushOne = async (image: Image): Promise<void> => {
		const repository = repositoryOf(answers, image.name);
		if ((await registry.manifestDigest(repository, image.tag, signal)) === image.manifest.digest) return;
		const sizes = new Map(image.blobs.map(({digest, size}) => [digest, size]));
		const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
		const done = new Map<string, number>();
		const label = `push ${repository}:${image.tag}`;
		report({kind: 'progress', label, done: 0, total, unit: 'bytes'});
		const result = await registry.push(image, {
			repository,
			tag: image.tag,
			signal,
			mountFrom: () => repositories,
			onProgress: (progress) => {
				done.set(progress.digest, progress.done);
				report({
					kind: 'progress',
					label,
					done: [...done.values()].reduce((sum, value) => sum + value, 0),
					total,
					unit: 'bytes',
				});
			},
		});
		report({kind: 'progress', label, done: total, total, unit: 'bytes'});
		report({
			kind: 'line',
			level: 'info',
			text: `${referenceOf(answers, image)}@${result.digest}: ${result.uploadedBytes} bytes sent, ${result.mounted} layers mounted, ${result.present} there already`,
		});
	};
	// Side by side: the registry port bounds its connections and sends a layer that images share only once.
	const results = await Promise.allSettled(images.map(pushOne));
	const failed = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
	if (failed.length === 0) return;
	signal.throwIfAborted();
	report({
		kind: 'line',
		level: 'error',
		text: `${images.length - failed.length} of ${images.length} images are at the registry`,
	});
	throw failed[0];
};

/** Guide step 3: every image of the bundle at the internal registry, compared by manifest digest. */
export const imagesStep: Step = {
	id: 'images',
	title: 'Images',
	why: 'The cluster pulls its images from the internal registry, so they must be there first.',
	inputs: ({bundle, registry: {pullSecretName: _forPods, ...registry}}) => ({bundle, registry}),
	retry: {
		codes: ['registry-line-dropped', 'registry-unreachable', 'registry-rate-limited'],
		attempts: 3,
		pausesMs: [1000, 3000],
	},
	timeouts: longTimeouts,
	check,
	apply,
};
