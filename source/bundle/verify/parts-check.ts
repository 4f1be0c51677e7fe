import {lstat, stat} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {fileProblem} from '../../archive/problems.ts';
import type {Part} from '../../archive/range.ts';
import {readRegular} from '../../archive/regular-file.ts';
import {maximumListBytes, readPartsFile} from '../layout/parts.ts';
import {type PartsFile, partName, partsFileSuffix} from '../layout/parts-file.ts';
import {partsFileText, partsSumsText, sumsSuffix} from '../layout/parts-text.ts';
import type {Damage} from './damage.ts';
import type {PartClaim} from './plan.ts';

/** What the list of the parts says, what is wrong without reading a part, and what is left to be hashed. */
export type PartsCheck = {
	readonly list: PartsFile;
	readonly damages: readonly Damage[];
	readonly claims: readonly PartClaim[];
};

const textOf = async (file: string): Promise<string | undefined> => {
	const there = await lstat(file).catch(() => undefined);
	return there && (await readRegular(file, maximumListBytes, {label: basename(file)})).toString('utf8');
};

/**
 * The list is what every part is held against, so it is looked at first: `NAME.tar.sha256` has its checksum, and
 * `bundle split` writes both in one form only.
 */
const listDamages = async (file: string, list: PartsFile): Promise<readonly Damage[]> => {
	const [listName, sumsName] = [basename(file), `${list.name}${sumsSuffix}`];
	const bad = (name: string, cause: string): Damage => ({file: name, reason: 'digest', cause});
	const parts = list.parts.length;
	const inOrder = list.parts.every(
		(part, index) =>
			part.file === partName(list.name, index + 1) && (index === parts - 1 || part.size === list.partSize),
	);
	const isItself = listName === `${list.name}${partsFileSuffix}` && inOrder;
	if (!isItself || (await textOf(file)) !== partsFileText(list)) {
		return [bad(listName, 'It is not as `bundle split` writes it: bytes were changed on the way.')];
	}
	const sums = await textOf(join(dirname(file), sumsName));
	const expected = partsSumsText(list);
	if (sums === undefined || sums === expected) return [];
	const [own, others] = [expected.split('\n').at(-2) ?? '', expected.split('\n').slice(0, -2)];
	if (sums.includes(own)) return [bad(sumsName, `It does not agree with ${listName}, whose checksum it has.`)];
	const cause = `${listName} and ${sumsName} do not agree.`;
	const partsAgree = others.every((line) => sums.includes(line));
	return partsAgree ? [bad(listName, cause), bad(sumsName, cause)] : [bad(listName, cause)];
};

/**
 * Looks at the parts of a bundle without reading them.
 * @param file the list, absolute
 * @throws ProblemError `bundle-parts-damaged`, `bundle-not-found`, `bundle-unreadable`
 */
export const checkParts = async (file: string): Promise<PartsCheck> => {
	const list = await readPartsFile(file);
	const damages = [...(await listDamages(file, list))];
	if (damages.length > 0) return {list, damages, claims: []};
	const claims: PartClaim[] = [];
	const parts = list.parts.map(
		(part): Part => ({file: join(dirname(file), part.file), size: part.size, label: part.file}),
	);
	let offset = 0;
	for (const {file: name, size, digest} of list.parts) {
		const path = join(dirname(file), name);
		const status = await stat(path).catch((error: NodeJS.ErrnoException) => {
			if (error.code !== 'ENOENT') throw fileProblem(name, error);
			return undefined;
		});
		if (!status?.isFile()) damages.push({file: name, reason: 'missing', cause: `It is not in ${dirname(file)}.`});
		else if (status.size !== size) {
			const cause = `It has ${status.size} bytes instead of ${size}: copying ended too early, or it is a part of another bundle.`;
			damages.push({file: name, reason: 'size', cause});
		} else {
			const slice = {file, offset, size, label: name, parts};
			claims.push({slice, file: {file: path, offset: 0, size, label: name}, digest});
		}
		offset += size;
	}
	return {list, damages, claims};
};
