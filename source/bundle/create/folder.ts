import {readdir, rm, stat} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import * as z from 'zod';
import {filesBelow, unfinished} from '../../base/files.ts';
import {counted, firstOf} from '../../base/text.ts';
import {bundleFiles, bundleIndexSchema, makingFile} from '../layout/index-file.ts';
import {readJsonFile} from '../write/json.ts';
import {unwritable, writeProblems} from '../write/problems.ts';
import {createProblems} from './problems.ts';

const makingSchema = z.object({
	formatVersion: z.literal(1),
	paths: z.array(z.string()),
	/** SHA-256 of the checksums that lay there before, which a signature may belong to. */
	checksums: z.string().optional(),
});
/** What a run is about to do, as `bundle.json.part` has it. */
export type Making = z.infer<typeof makingSchema>;

/** What every run puts there. */
const own: readonly string[] = [...Object.values(bundleFiles), makingFile, unfinished(makingFile)];

/** Names of files that are not whole yet: they alone tell, so that what a killed run left never stands in the way. */
const notWhole: readonly RegExp[] = [
	/^images\/blobs\/sha256\/[0-9a-f]{64}\.(?:part|new)$/u,
	/^images\/(?:oci-layout|index\.json)\.new$/u,
	/^charts\/[^/]+\.tgz\.(?:part|new)$/u,
	/^(?:(?:sbom|bin)\/[^/]+|tool\/.+)\.(?:part|new)$/u,
];

const isLeftBehind = (path: string): boolean =>
	notWhole.some((pattern) => pattern.test(path)) ||
	Object.values(bundleFiles).some((name) => path === unfinished(name));

/** Where the bytes of a blob are collected until it is whole; a later run goes on with them. */
export const partOf = (file: string): string => `${file}.part`;

/** Is it called as a file that is not whole? What says what a run is about to do is whole. */
export const isNotWhole = (path: string): boolean =>
	path !== makingFile && [partOf(''), unfinished('')].some((ending) => path.endsWith(ending));

/** What lies in the folder of a bundle already. */
export type Found = {
	/** Files of an earlier run that the new bundle does not have. */
	readonly leftOver: readonly string[];
	/** Files that a run of this tool has put there. */
	readonly owned: readonly string[];
	readonly making: Making | undefined;
};

/** @throws ProblemError `bundle-create-unwritable` */
const requireFolder = async (folder: string): Promise<void> => {
	const status = await stat(folder).catch(() => undefined);
	if (!status || status.isDirectory()) return;
	throw writeProblems.error('bundle-create-unwritable', {case: 'a file', path: folder});
};

/** Paths that the lists of an earlier run claim. */
const claimedBy = async (folder: string, making: Making | undefined): Promise<readonly string[]> => {
	const index = bundleIndexSchema.safeParse(await readJsonFile(join(folder, bundleFiles.index))).data;
	return [...(index?.files.map(({path}) => path) ?? []), ...(making?.paths ?? [])];
};

/**
 * Looks at the folder without changing it.
 * @param planned paths of the bundle to be
 * @throws ProblemError `bundle-create-foreign-files` where files lie there that no run of this tool put there
 */
export const lookAtFolder = async (folder: string, planned: ReadonlySet<string>): Promise<Found> => {
	await requireFolder(folder);
	const here = await filesBelow(folder).catch(unwritable(folder));
	const making = makingSchema.safeParse(await readJsonFile(join(folder, makingFile))).data;
	const claimed = new Set([...own, ...(await claimedBy(folder, making))]);
	const isOwned = (path: string): boolean => claimed.has(path) || isLeftBehind(path);
	const foreign = here.filter((path) => !planned.has(path) && !isOwned(path));
	if (foreign.length > 0) {
		const given = {folder, count: counted(foreign.length, 'file'), files: firstOf(foreign, 10)};
		throw createProblems.error('bundle-create-foreign-files', given);
	}
	const leftOver = here.filter((path) => !planned.has(path) && !own.includes(path) && !isLeftBehind(path));
	return {leftOver, owned: here.filter(isOwned), making};
};

const isEmpty = async (folder: string): Promise<boolean> =>
	(await readdir(folder).catch(() => ['not known'])).length === 0;

/** Takes files away, and the folders that are then empty. @throws ProblemError `bundle-create-unwritable` */
export const removeFiles = async (folder: string, paths: readonly string[]): Promise<void> => {
	for (const path of paths) await rm(join(folder, path), {force: true}).catch(unwritable(folder));
	for (const parent of new Set(paths.map((path) => dirname(path)))) {
		if (parent === '.' || !(await isEmpty(join(folder, parent)))) continue;
		await rm(join(folder, parent), {recursive: true}).catch(unwritable(folder));
	}
};
