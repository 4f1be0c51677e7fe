import {toProblem} from '../../base/problem.ts';
import {counted, firstOf, oneLine} from '../../base/text.ts';
import type {KubeObject} from '../../cluster/types.ts';
import type {Image} from '../../oci/image.ts';
import {stepProblems} from '../problems.ts';
import type {Check} from '../shared/checks.ts';
import {type Component, referenceOf} from '../shared/names.ts';
import {digestsOf, isSameImage} from '../shared/pinned.ts';
import {selectorOf} from '../shared/release/wanted.ts';
import type {World} from '../world.ts';
import {unseen} from './pods.ts';
import {containersThatRan, type Ran} from './ran.ts';

/** What came of comparing one container with the bundle. */
type Compared =
	| {readonly result: 'same'}
	| {readonly result: 'other'; readonly ran: Ran; readonly words: string}
	| {readonly result: 'unknown'; readonly words: string};

/** The image of the bundle that a pod asks for, by tag or by digest. */
const wantedBy = ({answers}: World, images: readonly Image[], {image}: Ran): Image | undefined =>
	images.find((one) => {
		const [byTag, byName] = [referenceOf(answers, one), referenceOf(answers, one).slice(0, -one.tag.length - 1)];
		return image === byTag || image.startsWith(`${byTag}@`) || image.startsWith(`${byName}@`);
	});

/** Another digest than those of the bundle may still be the same image, compressed otherwise: the registry tells. */
const compareDigest = async (world: World, image: Image, ran: Ran, digest: string): Promise<Compared> => {
	const words = `${ran.label}: ${ran.image} is ${digest}; the bundle has ${image.manifest.digest}`;
	try {
		return (await isSameImage(world, image, digest)) ? {result: 'same'} : {result: 'other', ran, words};
	} catch (error) {
		world.signal.throwIfAborted();
		return {result: 'unknown', words: `${words}, and the registry cannot be asked: ${toProblem(error).message}`};
	}
};

const compare = async (world: World, images: readonly Image[], ran: Ran): Promise<Compared> => {
	const image = wantedBy(world, images, ran);
	if (!image) return {result: 'unknown', words: `${ran.label}: ${oneLine(ran.image)} is not in the bundle`};
	if (ran.digest === undefined) return {result: 'unknown', words: `${ran.label}: its node tells no digest`};
	return digestsOf(image).has(ran.digest) ? {result: 'same'} : compareDigest(world, image, ran, ran.digest);
};

const comparePod = async (world: World, images: readonly Image[], pod: KubeObject): Promise<readonly Compared[]> => {
	const ran = containersThatRan(pod);
	if (!ran)
		return [{result: 'unknown', words: `pod ${pod.metadata.name}: what the cluster tells of it cannot be read`}];
	return Promise.all(ran.map(async (one) => compare(world, images, one)));
};

type Other = Extract<Compared, {result: 'other'}>;

const isOther = (one: Compared): one is Other => one.result === 'other';

/** @throws ProblemError `verification-failed` where pods run something else under the name of an image of the bundle */
const refuseOthers = ({label, answers: {namespace}}: Component, others: readonly Other[]): void => {
	if (others.length === 0) return;
	const images = [...new Set(others.map(({ran}) => ran.image))];
	const pods = [...new Set(others.map(({ran}) => ran.pod))];
	throw stepProblems.error(
		'verification-failed',
		{case: 'other images', component: label, images: firstOf(images, 3)},
		{
			evidence: others.map(({words}) => words),
			nextSteps: [
				...images.map((image) => `on the nodes: crictl rmi ${image}`),
				`kubectl -n ${namespace} delete pod ${pods.join(' ')}`,
			],
		},
	);
};

/** The most containers that a warning names. */
const mostShown = 3;

/**
 * Pods run the very images of the bundle: charts name them by tag, which whoever may push can move between the push and the rollout, and
 * back. Compared are digests as the nodes tell them.
 */
export const digests = (component: Component): Check => ({
	label: `${component.label}: pods run the images of the bundle`,
	asks: 'cluster',
	run: async (world) => {
		const {namespace, release} = component.answers;
		const {images} = await world.bundle.open(world.signal);
		const selection = {apiVersion: 'v1', kind: 'Pod', namespace, labelSelector: selectorOf(release)};
		const pods = await world.cluster.list(selection, world.signal);
		const all = (await Promise.all(pods.map(async (pod) => comparePod(world, images, pod)))).flat();
		if (all.length === 0) return unseen(component, 'the digests of its images were', 'no container of it runs');
		refuseOthers(component, all.filter(isOther));
		const unknown = all.flatMap((one) => (one.result === 'unknown' ? [one.words] : []));
		const same = counted(all.length - unknown.length, 'container');
		if (unknown.length === 0) return {note: `${same}, by digest`};
		const note = `${same} by digest, ${unknown.length} could not be compared`;
		return {note, bad: true, warnings: [`${component.label}: ${note}: ${firstOf(unknown, mostShown, '; ')}`]};
	},
});
