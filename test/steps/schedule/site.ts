import type {Answers, AnswersInput} from '../../../source/answers/schema.ts';
import type {KubeObject} from '../../../source/cluster/types.ts';
import {scheduleObjectsStep} from '../../../source/steps/schedule/objects.ts';
import {bundle, carried, files, generatedAndEnrolled, imageOf, kept, releaseOf} from '../parts.ts';
import {answersOf, type Given, worldOf} from '../world.ts';

type Schedule = NonNullable<NonNullable<AnswersInput['backup']>['schedule']>;

export const volume: Schedule = {kind: 'storageClass', storageClass: {name: 'files'}};

export const toolsDigest = `sha256:${'c'.repeat(64)}`;
const toolsManifest = {mediaType: 'application/json', digest: toolsDigest, bytes: Buffer.from('{}')};

/** Answers that ask for a schedule into a storage. */
export const scheduledTo = (schedule: Schedule, more: Partial<AnswersInput> = {}): Answers =>
	answersOf((input) => ({...input, ...more, backup: {recipients: 'age1abc, age1def', schedule}}));

/** A namespace that is there, with labels of its own. */
export const namespaceNamed = (name: string, labels: Readonly<Record<string, string>> = {}): KubeObject => ({
	apiVersion: 'v1',
	kind: 'Namespace',
	metadata: {name, labels},
});

/** A site with everything installed, in which time passes only by waiting. */
export const siteOf = (given: Given = {}, ...objects: readonly KubeObject[]) => {
	const all = kept(generatedAndEnrolled(), namespaceNamed('zenml-pro'), ...objects);
	let time = 0;
	const clock = {
		now: () => time,
		sleep: async (ms: number, signal?: AbortSignal) => {
			signal?.throwIfAborted();
			time += ms;
		},
	};
	const world = worldOf({
		answers: scheduledTo(volume),
		bundle: carried({images: [...bundle.images, imageOf('client-tools', {manifest: toolsManifest})]}),
		helm: {
			release: async (name, namespace) => releaseOf({name, namespace}),
			values: async (name) => ({of: name}),
		},
		host: files,
		registry: {manifestDigest: async (_repository, reference) => reference},
		...given,
		cluster: {...all, ...given.cluster},
		clock,
	});
	return {world, all: all.all, time: () => time};
};

/** The same with the schedule in its cluster. */
export const scheduledSite = async (given: Given = {}) => {
	const site = siteOf(given);
	await scheduleObjectsStep.apply?.(site.world);
	return site;
};
