import {writeWhole} from '../source/base/files.ts';

export type Saver = {
	/** Tells that the content has changed; it is written soon. */
	readonly touch: () => void;
	/** Writes now what is not yet written. */
	readonly flush: () => Promise<void>;
};

/**
 * Writes a changing JSON value to a file for its owner alone, at most once in `delayMs`, one write after the other,
 * each as a whole. A write that fails is told by the next `flush`.
 */
export const createSaver = (path: string, content: () => unknown, delayMs: number): Saver => {
	let timer: NodeJS.Timeout | undefined;
	let dirty = false;
	let writing: Promise<void> = Promise.resolve();
	const write = async (): Promise<void> => {
		if (!dirty) return;
		dirty = false;
		try {
			await writeWhole(path, JSON.stringify(content()));
		} catch (error) {
			dirty = true;
			throw error;
		}
	};
	const writeNext = (): Promise<void> => {
		clearTimeout(timer);
		timer = undefined;
		writing = writing.catch(() => undefined).then(write);
		return writing;
	};
	return {
		touch: () => {
			dirty = true;
			timer ??= setTimeout(() => void writeNext().catch(() => undefined), delayMs);
		},
		flush: writeNext,
	};
};
