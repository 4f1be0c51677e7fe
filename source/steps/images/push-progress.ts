import {counted} from '../../base/text.ts';
import {totalSize} from '../../base/units.ts';
import type {World} from '../world.ts';
import type {Pushing} from './push-images.ts';
import type {PushTarget} from './types.ts';

/** Bytes of one image: of its blobs, each once however often the image names it. */
type Bytes = {readonly total: number; readonly sent: Map<string, number>};

const sum = (values: Iterable<number>): number => [...values].reduce((all, value) => all + value, 0);

const bytesOf = ({image}: PushTarget): Bytes => ({
	total: totalSize(new Map(image.blobs.map((blob) => [blob.digest, blob])).values()),
	sent: new Map(),
});

/** The least share of all bytes that is news: a layer tells of each of its pieces. */
const leastShare = 0.002;

/** How far all images together are. */
type All = {
	/** A layer has come so far; what is sent again counts from where it was before. */
	readonly reached: (digest: string, done: number) => void;
	/** Of a layer only so much was taken, whatever was sent. */
	readonly taken: (digest: string, done: number) => void;
};

/** Tells how far all images together are. A layer that several have is sent once, and counts once. */
const tellAll = ({report}: World, targets: readonly PushTarget[]): All => {
	const total = totalSize(
		new Map(targets.flatMap(({image}) => image.blobs.map((blob) => [blob.digest, blob]))).values(),
	);
	const sent = new Map<string, number>();
	let all = 0;
	let told = -1;
	const tell = (): void => {
		if (told >= 0 && all < total && Math.abs(all - told) < total * leastShare) return;
		told = all;
		report({kind: 'progress', label: 'all images', done: all, total, unit: 'bytes', whole: true});
	};
	tell();
	const taken = (digest: string, done: number): void => {
		all += done - (sent.get(digest) ?? 0);
		sent.set(digest, done);
		tell();
	};
	const reached = (digest: string, done: number): void => {
		if (done > (sent.get(digest) ?? 0)) taken(digest, done);
	};
	return {reached, taken};
};

/** Tells how far each image is, and all of them, and how each ended. */
export const reportPush = (world: World, targets: readonly PushTarget[]): Pick<Pushing, 'onProgress' | 'onImage'> => {
	const {report} = world;
	const ofAll = tellAll(world, targets);
	const images = new Map(targets.map((target) => [target.reference, bytesOf(target)]));
	/** Layers that are whole at the registry, by whichever image: the others only have them mounted. */
	const whole = new Set<string>();
	const tell = ({image, repository}: PushTarget, done: number, total: number): void =>
		report({kind: 'progress', label: `push ${repository}:${image.tag}`, done, total, unit: 'bytes'});
	const farthest = (digest: string): number =>
		Math.max(0, ...[...images.values()].map(({sent}) => sent.get(digest) ?? 0));
	const tellOne = (target: PushTarget): void => {
		const {total, sent} = images.get(target.reference) ?? bytesOf(target);
		const sizes = new Map(target.image.blobs.map(({digest, size}) => [digest, size]));
		tell(target, sum([...sizes].map(([digest, size]) => (whole.has(digest) ? size : (sent.get(digest) ?? 0)))), total);
	};
	/** A layer that is whole counts for each image that has it, as it does for all of them together. */
	const tellSharing = (from: PushTarget, digest: string): void => {
		whole.add(digest);
		for (const target of targets) {
			const isBegun = (images.get(target.reference)?.sent.size ?? 0) > 0;
			if (isBegun && target !== from && target.image.blobs.some((blob) => blob.digest === digest)) tellOne(target);
		}
	};
	return {
		onProgress: (target, {digest, done, total}) => {
			const {sent} = images.get(target.reference) ?? bytesOf(target);
			sent.set(digest, done);
			if (done < total) whole.delete(digest);
			ofAll.reached(digest, done);
			tellOne(target);
			if (total > 0 && done >= total && !whole.has(digest)) tellSharing(target, digest);
		},
		onImage: (target, outcome) => {
			const {reference} = target;
			if ('code' in outcome) {
				report({kind: 'line', level: 'error', text: `${reference}: ${outcome.cause} (${outcome.code})`});
				for (const {digest: cut} of target.image.blobs) ofAll.taken(cut, farthest(cut));
				return;
			}
			const {total, sent} = images.get(reference) ?? bytesOf(target);
			for (const {digest, size} of target.image.blobs) {
				sent.set(digest, size);
				ofAll.reached(digest, size);
			}
			tell(target, total, total);
			const {digest, uploadedBytes, mounted, present} = outcome;
			const text = `${reference}@${digest}: ${uploadedBytes} bytes sent, ${counted(mounted, 'layer')} mounted, ${present} there already`;
			report({kind: 'line', level: 'info', text});
		},
	};
};
