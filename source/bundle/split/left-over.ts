import {readdir} from 'node:fs/promises';
import {join} from 'node:path';
import {takeAway} from '../../base/files.ts';
import {shellWord} from '../../base/shell.ts';
import {firstOf} from '../../base/text.ts';
import {unwritable} from '../write/problems.ts';
import {brokenSuffix, type PartPlan} from './part.ts';
import {splitProblems} from './problems.ts';

/** Is it called as a part of that tar is, with `end` behind? */
const isNumbered = (file: string, name: string, end = ''): boolean =>
	file.startsWith(`${name}.`) &&
	file.endsWith(end) &&
	/^\d{3,}$/u.test(file.slice(name.length + 1, file.length - end.length));

/**
 * What a run that was stopped left of a part is not gone on with, and `cat NAME.tar.[0-9]*` would take it for one. It may be the
 * beginning of a part that this splitting does not have.
 */
export const removeBroken = async (out: string, name: string): Promise<void> => {
	const names = await readdir(out).catch(unwritable(out));
	for (const file of names.filter((one) => isNumbered(one, name, brokenSuffix))) {
		await takeAway(join(out, file)).catch(unwritable(out));
	}
};

/** Parts of another splitting would be taken for parts of this one by `cat NAME.tar.*`. @throws ProblemError `bundle-split-left-over` */
export const refuseStrangers = async (out: string, name: string, parts: readonly PartPlan[]): Promise<void> => {
	const known = new Set(parts.map(({file}) => file));
	const names = await readdir(out).catch(unwritable(out));
	const strange = names.filter((file) => isNumbered(file, name) && !known.has(file)).sort();
	if (strange.length === 0) return;
	throw splitProblems.error(
		'bundle-split-left-over',
		{out, files: firstOf(strange, 10), last: parts.at(-1)?.file ?? ''},
		{nextSteps: strange.slice(0, 10).map((file) => `rm ${shellWord(join(out, file))}`)},
	);
};
