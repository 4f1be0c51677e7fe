import {readdir, readFile, rename, rm, stat} from 'node:fs/promises';
import {dirname, join, relative, sep} from 'node:path';
import * as z from 'zod';
import {bundleProblem} from '../../archive/problems.ts';
import {openNew} from '../../base/files.ts';
import {makeFolders} from '../../base/folders.ts';
import {bundleFiles, bundleIndexSchema} from '../layout/index-file.ts';
import {writing} from './problems.ts';

/** Says which files a run is about to put there, so that a later run with another spec may take them away again. */
export const makingFile = 'bundle.json.part';

const making = z.object({
	formatVersion: z.literal(1),
	paths: z.array(z.string()),
	/** SHA-256 of the checksums that lay there before, which a signature may belong to. */
	checksums: z.string().optional(),
});
export type Making = z.infer<typeof making>;

const own: readonly string[] = [...Object.values(bundleFiles), makingFile, `${makingFile}.new`];
/** Files that are not whole yet: the names alone tell, so that what a killed run left never stands in the way. */
const isPart = (path: string): boolean =>
	/^images\/(?:blobs\/sha256\/[0-9a-f]{64}\.(?:part|new)|(?:oci-layout|index\.json)\.new)$/u.test(path) ||
	/^(?:charts\/[^/]+\.tgz|sbom\/[^/]+|bin\/[^/]+)\.(?:part|new)$/u.test(path) ||
	Object.values(bundleFiles).some((name) => path === `${name}.new`);

/** All files below a folder, by path relative to it with `/`; empty where there is no folder. */
export const filesBelow = async (folder: string): Promise<readonly string[]> => {
	const entries = await readdir(folder, {recursive: true, withFileTypes: true}).catch(
		(error: NodeJS.ErrnoException) => {
			if (error.code === 'ENOENT') return [];
			throw error;
		},
	);
	return entries
		.filter((entry) => !entry.isDirectory())
		.map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
		.sort();
};

const readJson = async (file: string): Promise<unknown> => {
	try {
		return JSON.parse(await readFile(file, 'utf8'));
	} catch {
		// Not there, or not whole: then it claims nothing.
		return undefined;
	}
};

/** What lies in the folder of a bundle already. */
export type Found = {
	/** Files of an earlier run that the new bundle does not have. */
	readonly leftOver: readonly string[];
	readonly owned: readonly string[];
	readonly making: Making | undefined;
};

/**
 * Looks at the folder without changing it.
 * @param planned paths of the bundle to be
 * @throws ProblemError `bundle-create-foreign-files` where files lie there that no run of this tool put there
 */
export const lookAtFolder = async (folder: string, planned: ReadonlySet<string>): Promise<Found> => {
	const status = await stat(folder).catch(() => undefined);
	if (status && !status.isDirectory()) {
		throw bundleProblem({
			code: 'bundle-create-unwritable',
			message: `${folder} cannot be written.`,
			cause: 'It is a file, but the bundle is a folder.',
			fix: 'Name another folder with --out.',
		});
	}
	const here = await writing(folder, () => filesBelow(folder));
	const index = bundleIndexSchema.safeParse(await readJson(join(folder, bundleFiles.index)));
	const before = making.safeParse(await readJson(join(folder, makingFile)));
	const claimed = new Set([
		...own,
		...(index.success ? index.data.files.map(({path}) => path) : []),
		...(before.success ? before.data.paths : []),
	]);
	const isOwned = (path: string): boolean => claimed.has(path) || isPart(path);
	const foreign = here.filter((path) => !planned.has(path) && !isOwned(path));
	if (foreign.length > 0) {
		throw bundleProblem({
			code: 'bundle-create-foreign-files',
			message: `${folder} holds ${foreign.length === 1 ? 'a file' : `${foreign.length} files`} that this tool did not put there.`,
			cause: `A bundle holds nothing but what its lists name: ${foreign.slice(0, 10).join(', ')}${foreign.length > 10 ? ', ...' : ''}.`,
			fix: 'Take them away, or name another folder with --out.',
		});
	}
	const leftOver = here.filter((path) => !planned.has(path) && !own.includes(path) && !isPart(path));
	return {leftOver, owned: here.filter(isOwned), making: before.success ? before.data : undefined};
};

/** Writes a file whole or not at all, with its bytes on the disk. */
export const writeWhole = async (file: string, bytes: Buffer | string, mode = 0o644): Promise<void> =>
	writing(file, async () => {
		await makeFolders(dirname(file));
		const handle = await openNew(`${file}.new`, mode);
		try {
			await handle.writeFile(bytes);
			await handle.sync();
		} finally {
			await handle.close();
		}
		await rename(`${file}.new`, file);
	});

/** Takes files away, and the folders that are then empty. */
export const removeFiles = async (folder: string, paths: readonly string[]): Promise<void> =>
	writing(folder, async () => {
		for (const path of paths) await rm(join(folder, path), {force: true});
		for (const parent of new Set(paths.map((path) => dirname(path)))) {
			if (parent === '.' || (await readdir(join(folder, parent)).catch(() => ['?'])).length > 0) continue;
			await rm(join(folder, parent), {recursive: true});
		}
	});
