import {createHash} from 'node:crypto';
import {digestOfHash} from '../oci/digest.ts';
import {type Slice, scanSlice} from './slice.ts';

/** The SHA-256 of a slice. @throws ProblemError `bundle-archive-truncated`, `bundle-unreadable`; the signal's reason */
export const digestOfSlice = async (slice: Slice, signal: AbortSignal): Promise<string> => {
	const hash = createHash('sha256');
	for await (const chunk of scanSlice(slice)) {
		signal.throwIfAborted();
		hash.update(chunk);
	}
	return digestOfHash(hash);
};
