import {readdir, stat} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {fileProblem} from '../../archive/problems.ts';
import type {Part, Slice} from '../../archive/range.ts';
import {readRegular} from '../../archive/regular-file.ts';
import {isErrno} from '../../base/errno.ts';
import {type PartsFile, partsFileSchema, partsFileSuffix} from './parts-file.ts';
import {layoutProblems} from './problems.ts';
import {faultIn, several} from './text.ts';

/** A list of 100,000 parts has some 20 MB. */
export const maximumListBytes = 32 * 1024 * 1024;

/** How many parts a sentence names. */
const mostNames = 20;

/**
 * Reads `NAME.tar.parts.json`.
 * @param path absolute
 * @throws ProblemError `bundle-parts-damaged`, `bundle-not-found`, `bundle-unreadable`
 */
export const readPartsFile = async (path: string): Promise<PartsFile> => {
	const file = basename(path);
	const more = {location: {file}};
	const bytes = await readRegular(path, maximumListBytes, {
		tooLarge: (size) => layoutProblems.error('bundle-parts-damaged', {case: 'large', file, size}, more),
	});
	let value: unknown;
	try {
		value = JSON.parse(bytes.toString('utf8'));
	} catch {
		throw layoutProblems.error('bundle-parts-damaged', {case: 'no json', file}, more);
	}
	const parsed = partsFileSchema.safeParse(value);
	if (parsed.success) return parsed.data;
	throw layoutProblems.error('bundle-parts-damaged', {case: 'value', file, ...faultIn(parsed.error)}, more);
};

const isFile = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined))?.isFile() ?? false;

const numbered = /\.\d{3,6}$/u;

/** True for a name as `bundle split` gives it to a part. */
export const isPartName = (name: string): boolean => /\.tar\.\d{3,6}$/iu.test(name);

/** Parts among names, though there is no list: it says which they are, and in which order. @returns `undefined` where there are none */
export const withoutList = (folder: string, names: readonly string[]): Error | undefined => {
	const parts = names.filter(isPartName);
	const [first] = parts;
	if (first === undefined) return undefined;
	const bundle = first.replace(numbered, '');
	const given = {bundle, list: `${bundle}${partsFileSuffix}`, parts: several(parts, mostNames), folder};
	return layoutProblems.error('bundle-part-missing', {case: 'no list', ...given});
};

/** The list of what is one of the parts, or is the tar that was cut and is not there any more. */
const listBeside = async (path: string, isThere: boolean): Promise<string | undefined> => {
	if (isThere && !numbered.test(path)) return undefined;
	const list = `${path.replace(numbered, '')}${partsFileSuffix}`;
	return (await isFile(list)) ? list : undefined;
};

/** The one list in a folder. @throws ProblemError `bundle-parts-ambiguous` */
const listIn = async (folder: string): Promise<string | undefined> => {
	const lists = (await readdir(folder)).filter((name) => name.endsWith(partsFileSuffix)).sort();
	const [name] = lists;
	const first = name === undefined ? undefined : join(folder, name);
	if (first === undefined || lists.length === 1) return first;
	throw layoutProblems.error('bundle-parts-ambiguous', {path: folder, lists: lists.join(', '), first});
};

/**
 * The list of parts that a path means: the list itself, one of the parts, the tar that was cut and is not there any
 * more, or a folder that holds one list.
 * @param path absolute
 * @throws ProblemError `bundle-parts-ambiguous` for a folder that holds several lists
 */
export const findPartsFile = async (path: string): Promise<string | undefined> => {
	if (path.endsWith(partsFileSuffix)) return path;
	const status = await stat(path).catch(() => undefined);
	return status?.isDirectory() ? listIn(path) : listBeside(path, status !== undefined);
};

/** A part as it lies beside the list. `held` is its size in bytes on disk; absent where it is not there. */
export type FoundPart = Part & {readonly digest: string; readonly held: number | undefined};

/** Looks at each part without reading it. @param path of the list, absolute @throws ProblemError `bundle-unreadable` */
export const findParts = async (path: string, {parts}: PartsFile): Promise<readonly FoundPart[]> => {
	const found: FoundPart[] = [];
	for (const {file: label, size, digest} of parts) {
		const file = join(dirname(path), label);
		const status = await stat(file).catch((error: unknown) => {
			if (!isErrno(error, 'ENOENT')) throw fileProblem(label, error);
			return undefined;
		});
		found.push({file, size, label, digest, held: status?.isFile() ? status.size : undefined});
	}
	return found;
};

const labelsOf = (parts: readonly FoundPart[]): string =>
	several(
		parts.map(({label}) => label),
		mostNames,
	);

/** @throws ProblemError `bundle-part-missing`, `bundle-part-size`; every bad part is named */
const requireParts = (path: string, bundle: string, parts: readonly FoundPart[]): void => {
	const at = {bundle, list: basename(path), folder: dirname(path)};
	const missing = parts.filter(({held}) => held === undefined);
	if (missing.length > 0) {
		const counts = {count: parts.length, found: parts.length - missing.length};
		throw layoutProblems.error('bundle-part-missing', {case: 'some', ...at, ...counts, parts: labelsOf(missing)});
	}
	const wrong = parts.filter(({held, size}) => held !== size);
	if (wrong.length === 0) return;
	const sizes = wrong.map(({label, held, size}) => `${label} (${held} instead of ${size} bytes)`);
	const names = {parts: labelsOf(wrong), sizes: several(sizes, mostNames)};
	throw layoutProblems.error('bundle-part-size', {case: 'some', ...at, ...names});
};

/**
 * The tar that the parts make, without joining them.
 * @param path the list of its parts, absolute
 * @throws ProblemError `bundle-part-missing`, `bundle-part-size`, or as `readPartsFile`; every bad part is named
 */
export const joinParts = async (path: string): Promise<Slice> => {
	const list = await readPartsFile(path);
	const parts = await findParts(path, list);
	requireParts(path, list.name, parts);
	return {
		file: path,
		offset: 0,
		size: list.size,
		label: list.name,
		parts: parts.map(({file, size, label}) => ({file, size, label})),
	};
};
