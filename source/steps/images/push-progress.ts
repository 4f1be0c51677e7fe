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

/** Tells how far each image is, and how it ended. */
export const reportPush = (
	{report}: World,
	targets: readonly PushTarget[],
): Pick<Pushing, 'onProgress' | 'onImage'> => {
	const images = new Map(targets.map((target) => [target.reference, bytesOf(target)]));
	const tell = ({image, repository}: PushTarget, done: number, total: number): void =>
		report({kind: 'progress', label: `push ${repository}:${image.tag}`, done, total, unit: 'bytes'});
	return {
		onProgress: (target, {digest, done}) => {
			const {total, sent} = images.get(target.reference) ?? bytesOf(target);
			sent.set(digest, done);
			tell(target, sum(sent.values()), total);
		},
		onImage: (target, outcome) => {
			const {reference} = target;
			if ('code' in outcome) {
				report({kind: 'line', level: 'error', text: `${reference}: ${outcome.cause} (${outcome.code})`});
				return;
			}
			const {total} = bytesOf(target);
			tell(target, total, total);
			const {digest, uploadedBytes, mounted, present} = outcome;
			const text = `${reference}@${digest}: ${uploadedBytes} bytes sent, ${counted(mounted, 'layer')} mounted, ${present} there already`;
			report({kind: 'line', level: 'info', text});
		},
	};
};
