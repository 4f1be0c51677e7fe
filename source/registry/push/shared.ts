import type {Blob} from '../../oci/descriptor.ts';
import type {Limiter} from '../limiter.ts';
import type {Repository} from '../repository.ts';
import type {Retries} from '../retry.ts';
import type {KnownBlobs} from './known.ts';
import type {UploadMemo} from './memo.ts';
import type {Way} from './way.ts';

/** What all pushes to one registry share. */
export type Shared = {
	readonly retries: Retries;
	readonly known: KnownBlobs;
	readonly memo: UploadMemo;
	readonly way: Way;
	/** Turns of blobs; attempts take them, so that one that waits for its next holds no connection. */
	readonly blobTurns: Limiter;
	/** Turns of small requests. */
	readonly turns: Limiter;
};

/** One blob on its way to one repository. */
export type BlobJob = {
	readonly repository: Repository;
	readonly blob: Blob;
	/** Repositories that may have it already. */
	readonly mountFrom: readonly string[];
	/** What a differential bundle builds on. */
	readonly base: string | undefined;
	/** Absolute bytes; a new attempt starts where the registry says, which may be 0. */
	readonly onProgress: (done: number) => void;
};

/** An upload under way: its `Location`, the bytes that the registry has of it, and the fewest that it takes at once but at the end. */
export type Upload = {readonly url: URL; readonly offset: number; readonly leastPiece?: number | undefined};
