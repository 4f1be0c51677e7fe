import {createLimiter, type Limiter} from '../limiter.ts';
import {isTrouble, type Retries} from '../retry.ts';
import type {PushResult} from '../types.ts';
import {type ImageJob, pushImage} from './image.ts';
import {createKnownBlobs} from './known.ts';
import type {UploadMemo} from './memo.ts';
import type {Shared} from './shared.ts';
import {createWay} from './way.ts';

/** Pushes images to one registry, and keeps what one push learns for the next: which blobs lie where, and how it takes them. */
export type Uploader = {readonly push: (job: ImageJob) => Promise<PushResult>};

/** @param options.concurrency blobs in flight at once, over all pushes @param options.turns of small requests, beside the blobs */
export const createUploader = (options: {
	readonly concurrency: number;
	readonly turns: Limiter;
	readonly retries: Retries;
	/** Uploads that can be gone on with. */
	readonly memo: UploadMemo;
}): Uploader => {
	const {concurrency, turns, retries, memo} = options;
	const shared: Shared = {
		turns,
		retries,
		memo,
		blobTurns: createLimiter(concurrency, isTrouble),
		known: createKnownBlobs(),
		way: createWay(),
	};
	return {push: (job) => pushImage(job, shared)};
};
