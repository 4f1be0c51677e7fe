import {createHash} from 'node:crypto';
import {digestOfHash} from '../oci/digest.ts';
import {type Slice, scanSlice} from './slice.ts';

/** The SHA-256 of a slice. @param onBytes told how many of its bytes are done @throws ProblemError `bundle-archive-truncated`, `bundle-unreadable`; the signal's reason */
export const digestOfSlice = async (
	slice: Slice,
	signal: AbortSignal,
	onBytes?: (done: number) => void,
): Promise<string> => {
	const hash = createHash('sha256');
	let done = 0;
	for await (const chunk of scanSlice(slice)) {
		signal.throwIfAborted();
		hash.update(chunk);
		done += chunk.length;
		onBytes?.(done);
	}
	return digestOfHash(hash);
};
