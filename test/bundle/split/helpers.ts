import {readdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {splitBundle} from '../../../source/bundle/split/split.ts';
import {never} from '../helpers.ts';
import {openAt} from '../made.ts';

export const later = () => Date.now() + 60_000;

export const splitAt = async (
	path: string,
	out: string,
	partSize = 32_000,
	more: {readonly onProgress?: (done: number) => void; readonly signal?: AbortSignal} = {},
) => {
	const {layout, bundle} = await openAt(path);
	return splitBundle(layout, bundle, {
		out,
		partSize,
		lock: async () => async () => undefined,
		signal: more.signal ?? never,
		onProgress: ({done}) => more.onProgress?.(done),
	});
};

export const flip = async (file: string, at: number): Promise<void> => {
	const bytes = await readFile(file);
	bytes[at] = (bytes[at] ?? 0) ^ 1;
	await writeFile(file, bytes);
};

export const snapshot = async (folder: string): Promise<Record<string, string>> => {
	const entries: Record<string, string> = {};
	for (const name of (await readdir(folder)).sort())
		entries[name] = (await readFile(join(folder, name))).toString('hex');
	return entries;
};
