import {readdir, stat} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {bundleProblem, fileProblem} from '../../archive/problems.ts';
import type {Part, Slice} from '../../archive/range.ts';
import {readRegular} from '../../archive/regular-file.ts';
import {type PartsFile, partsFileSchema, partsFileSuffix} from './parts-file.ts';

/** A list of 100,000 parts has some 20 MB. */
export const maximumListBytes = 32 * 1024 * 1024;

const listProblem = (file: string, cause: string) =>
	bundleProblem({
		code: 'bundle-parts-damaged',
		message: `${basename(file)} is not the list of a bundle's parts.`,
		cause,
		fix: `Carry ${basename(file)} in again: \`bundle split\` wrote it beside the parts on the connected side.`,
		answers: ['bundle.path'],
		location: {file: basename(file)},
	});

/**
 * Reads `NAME.tar.parts.json`.
 * @param file absolute
 * @throws ProblemError `bundle-parts-damaged`, `bundle-not-found`, `bundle-unreadable`
 */
export const readPartsFile = async (file: string): Promise<PartsFile> => {
	const bytes = await readRegular(file, maximumListBytes, {
		tooLarge: (size) => listProblem(file, `It has ${size} bytes; some kilobytes were expected.`),
	});
	let value: unknown;
	try {
		value = JSON.parse(bytes.toString('utf8'));
	} catch {
		throw listProblem(file, 'It is not JSON; it may be cut short.');
	}
	const parsed = partsFileSchema.safeParse(value);
	if (parsed.success) return parsed.data;
	const [issue] = parsed.error.issues;
	throw listProblem(file, `At ${issue?.path.join('.') || 'the top'}: ${issue?.message ?? 'not understood'}.`);
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
	if (!status?.isDirectory()) {
		const list = `${path.replace(/\.\d{3,6}$/u, '')}${partsFileSuffix}`;
		const isPart = !status || /\.\d{3,6}$/u.test(path);
		return isPart && (await stat(list).catch(() => undefined))?.isFile() ? list : undefined;
	}
	const lists = (await readdir(path)).filter((name) => name.endsWith(partsFileSuffix)).sort();
	if (lists.length > 1) {
		throw bundleProblem({
			code: 'bundle-parts-ambiguous',
			message: `${path} holds the parts of several bundles.`,
			cause: `It holds ${lists.join(', ')}; which one to install is not said.`,
			fix: `Give the list of the one you mean, such as ${join(path, lists[0] ?? '')}.`,
			answers: ['bundle.path'],
		});
	}
	return lists[0] === undefined ? undefined : join(path, lists[0]);
};

const partsText = (names: readonly string[]): string =>
	names.length > 20 ? `${names.slice(0, 20).join(', ')} and ${names.length - 20} more` : names.join(', ');

/**
 * The tar that the parts make, without joining them.
 * @param file the list of its parts, absolute
 * @throws ProblemError `bundle-part-missing`, `bundle-part-size`, or as `readPartsFile`; every bad part is named
 */
export const joinParts = async (file: string): Promise<Slice> => {
	const list = await readPartsFile(file);
	const missing: string[] = [];
	const wrong: string[] = [];
	const parts: Part[] = [];
	for (const part of list.parts) {
		const path = join(dirname(file), part.file);
		const status = await stat(path).catch((error: unknown) => {
			if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw fileProblem(part.file, error);
		});
		if (!status?.isFile()) missing.push(part.file);
		else if (status.size !== part.size) wrong.push(`${part.file} (${status.size} instead of ${part.size} bytes)`);
		parts.push({file: path, size: part.size, label: part.file});
	}
	const again = (names: string) => ({
		fix: `Bring ${names} over again and put it beside ${basename(file)}; the other parts can stay.`,
		nextSteps: [`In ${dirname(file)}: sha256sum -c ${list.name}.sha256`],
		answers: ['bundle.path'],
	});
	if (missing.length > 0) {
		const first = missing.length > 1 ? 'parts' : 'a part';
		throw bundleProblem({
			code: 'bundle-part-missing',
			message: `The bundle ${list.name} lacks ${first}: ${partsText(missing)}.`,
			cause: `${basename(file)} lists ${list.parts.length} parts; ${list.parts.length - missing.length} of them are in ${dirname(file)}.`,
			...again(missing.length > 1 ? 'the missing parts' : (missing[0] ?? '')),
		});
	}
	if (wrong.length > 0) {
		throw bundleProblem({
			code: 'bundle-part-size',
			message: `${wrong.length > 1 ? 'Parts' : 'A part'} of the bundle ${list.name} ${wrong.length > 1 ? 'have' : 'has'} the wrong size: ${partsText(wrong)}.`,
			cause: 'Copying ended too early, or it is a part of another bundle.',
			...again(wrong.length > 1 ? 'these parts' : (wrong[0]?.replace(/ \(.*$/u, '') ?? '')),
		});
	}
	return {file, offset: 0, size: list.size, label: list.name, parts};
};
