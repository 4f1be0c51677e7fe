import {lstat} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {readRegular} from '../../archive/regular-file.ts';
import {ociProblems} from '../../oci/problems.ts';
import {type FoundPart, findParts, maximumListBytes, readPartsFile} from '../layout/parts.ts';
import {type PartsFile, partName, partsFileSuffix} from '../layout/parts-file.ts';
import {partsFileText, partsSumsText, sumsSuffix} from '../layout/parts-text.ts';
import {layoutProblems} from '../layout/problems.ts';
import {type Damage, damageOf} from './damage.ts';
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

/** Whether the list is called after its tar, and its parts are numbered and of one size, as `bundle split` does it. */
const isInOrder = (listName: string, {name, partSize, parts}: PartsFile): boolean =>
	listName === `${name}${partsFileSuffix}` &&
	parts.every(
		({file, size}, index) => file === partName(name, index + 1) && (index === parts.length - 1 || size === partSize),
	);

/** How a list and its checksums can contradict each other, or the form that `bundle split` gives them. */
type ListFault =
	| {readonly case: 'form'}
	| {readonly case: 'own checksum'; readonly list: string}
	| {readonly case: 'lists'; readonly list: string; readonly sums: string};

/**
 * The list is what every part is held against, so it is looked at first: `NAME.tar.sha256` has its checksum, and
 * `bundle split` writes both in one form only.
 */
const listDamages = async (path: string, list: PartsFile): Promise<readonly Damage[]> => {
	const [listName, sumsName] = [basename(path), `${list.name}${sumsSuffix}`];
	const bad = (file: string, fault: ListFault): Damage =>
		damageOf(file, 'digest', ociProblems.problem('bundle-checksum-mismatch', {...fault, file}, {location: {file}}));
	if (!isInOrder(listName, list) || (await textOf(path)) !== partsFileText(list))
		return [bad(listName, {case: 'form'})];
	const sums = await textOf(join(dirname(path), sumsName));
	const expected = partsSumsText(list);
	if (sums === undefined || sums === expected) return [];
	const lines = expected.split('\n').slice(0, -1);
	// The last line is the list's own.
	if (sums.includes(lines.at(-1) ?? '')) return [bad(sumsName, {case: 'own checksum', list: listName})];
	const fault = {case: 'lists', list: listName, sums: sumsName} as const;
	// Where the sums have the parts as the list has them, nobody can tell which of the two was changed.
	const partsAgree = lines.slice(0, -1).every((line) => sums.includes(line));
	return partsAgree ? [bad(listName, fault), bad(sumsName, fault)] : [bad(listName, fault)];
};

/** What is wrong with a part that was not read. */
const partDamage = (folder: string, {label: file, size, held}: FoundPart): Damage | undefined => {
	const more = {location: {file}};
	if (held === undefined) {
		const problem = layoutProblems.problem('bundle-part-missing', {case: 'one', file, folder}, more);
		return damageOf(file, 'missing', problem);
	}
	if (held === size) return undefined;
	return damageOf(file, 'size', layoutProblems.problem('bundle-part-size', {case: 'one', file, held, size}, more));
};

/**
 * Looks at the parts of a bundle without reading them.
 * @param path of the list, absolute
 * @throws ProblemError `bundle-parts-damaged`, `bundle-not-found`, `bundle-unreadable`
 */
export const checkParts = async (path: string): Promise<PartsCheck> => {
	const list = await readPartsFile(path);
	const ofList = await listDamages(path, list);
	if (ofList.length > 0) return {list, damages: ofList, claims: []};
	const found = await findParts(path, list);
	const parts = found.map(({file, size, label}) => ({file, size, label}));
	const damages: Damage[] = [];
	const claims: PartClaim[] = [];
	let offset = 0;
	for (const part of found) {
		const {file, size, label, digest} = part;
		const damage = partDamage(dirname(path), part);
		if (damage) damages.push(damage);
		else {
			claims.push({slice: {file: path, offset, size, label, parts}, file: {file, offset: 0, size, label}, digest});
		}
		offset += size;
	}
	return {list, damages, claims};
};
