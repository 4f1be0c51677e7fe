import path from 'node:path';
import * as z from 'zod';
import {saveFile} from '../../base/files.ts';
import {readOwnFile} from '../../base/own/file.ts';
import {folderFault} from '../../base/own/folder.ts';
import type {Effects} from './find.ts';

/** What was found of charts, kept for the next look: a search takes seconds, and charts never change. */
export type EffectMemo = {
	/** What is kept under a key, or what `find` finds; asked for twice at the same time it is found once. */
	readonly of: (key: string, find: () => Promise<Effects>) => Promise<Effects>;
};

const effectsSchema = z.object({
	dead: z.array(z.string()),
	idle: z.array(z.object({path: z.string(), switch: z.string()})),
	unproven: z.array(z.string()),
});
const fileSchema = z.object({version: z.literal(1), found: z.record(z.string(), effectsSchema)});

/** Some shapes of values of some versions of both charts; older ones go first. */
const mostEntries = 200;

const mostBytes = 2 * 1024 * 1024;

/** It only saves time: one that is missing, damaged or maybe somebody else's word means another search. */
const load = async (file: string): Promise<Readonly<Record<string, Effects>>> => {
	try {
		if (folderFault(path.dirname(file))) return {};
		const read = await readOwnFile(file, mostBytes);
		const parsed = fileSchema.safeParse(JSON.parse(read?.fault ? '' : (read?.text ?? '')));
		return parsed.success ? parsed.data.found : {};
	} catch {
		return {};
	}
};

const keep = async (file: string, key: string, effects: Effects): Promise<void> => {
	const entries = Object.entries({...(await load(file)), [key]: effects}).slice(-mostEntries);
	// A disk that does not take it costs a second search, and is told of by whoever needs it.
	await saveFile(file, `${JSON.stringify({version: 1, found: Object.fromEntries(entries)})}\n`).catch(() => undefined);
};

/** @param file where it is kept beyond this process; absent for one that ends with it */
export const createEffectMemo = (file?: string): EffectMemo => {
	const found = new Map<string, Promise<Effects>>();
	const searched = async (key: string, find: () => Promise<Effects>): Promise<Effects> => {
		const kept = file === undefined ? undefined : (await load(file))[key];
		if (kept) return kept;
		const effects = await find();
		if (file !== undefined && effects.unproven.length === 0) await keep(file, key, effects);
		return effects;
	};
	return {
		of: (key, find) => {
			const running = found.get(key) ?? searched(key, find);
			found.set(key, running);
			running.catch(() => found.delete(key));
			return running;
		},
	};
};
