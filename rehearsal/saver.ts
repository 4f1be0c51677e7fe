import {writeSecretly} from './folder.ts';

export type Saver = {
	/** Tells that the content has changed; it is written soon. */
	readonly touch: () => void;
	/** Writes now what is not yet written. */
	readonly flush: () => Promise<void>;
};

/**
 * Writes a changing JSON value to a file, at most once in `delayMs`, one write after the other, each as a whole. A
 * write that fails is told by the next `flush`.
 */
export const createSaver = (path: string, content: () => unknown, delayMs: number): Saver => {
	let timer: NodeJS.Timeout | undefined;
	let dirty = false;
	let writing: Promise<void> = Promise.resolve();
	const write = (): Promise<void> => {
		clearTimeout(timer);
		timer = undefined;
		writing = writing
			.catch(() => {
				dirty = true;
			})
			.then(async () => {
				if (!dirty) return;
				dirty = false;
				await writeSecretly(path, JSON.stringify(content()));
			});
		return writing;
	};
	return {
		touch: () => {
			dirty = true;
			timer ??= setTimeout(() => void write().catch(() => undefined), delayMs);
		},
		flush: async () => {
			await write();
		},
	};
};
