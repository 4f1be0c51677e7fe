import path from 'node:path';
import {shared} from '../../base/pool.ts';
import {ProblemError} from '../../base/problem.ts';
import {type FoundHelm, innerHelm, type PackedHelm, placeHelm} from '../../helm/index.ts';
import type {Ports} from '../../steps/world.ts';
import type {Context} from '../base/context.ts';
import {cacheFolderOf} from '../base/surroundings.ts';

/** `helm.binary` of answers that leave the choice to this program. */
const anyHelm = 'auto';

/** Where a Helm of a bundle, or of this program, is unpacked to: what may be lost first, for more runs than one profit of it. */
export const helmFolders = (
	{environment, homeDirectory}: Pick<Context, 'environment' | 'homeDirectory'>,
	stateDirectory: string,
): readonly string[] => [
	path.join(cacheFolderOf(environment, homeDirectory), 'programs'),
	path.join(stateDirectory, 'programs'),
];

/** The bundle's, where there is one that can be opened: what is wrong with a bundle is told by the step that opens it. */
const ofBundle = async (bundle: Ports['bundle'], signal: AbortSignal): Promise<PackedHelm | undefined> => {
	try {
		const found = await bundle.helm(signal);
		return found && {inside: 'bundle', ...found};
	} catch (error) {
		if (error instanceof ProblemError) return undefined;
		throw error;
	}
};

/**
 * Finds the helm of a run: the one that the answers name, else that of the bundle, else the one inside this program, else the first in
 * PATH. It is looked for once.
 * @param folders where one that lies in something is unpacked to
 * @returns a function that throws ProblemError `helm-no-place`, `helm-copy-damaged`
 */
export const helmChoice = (
	answer: string,
	bundle: Ports['bundle'],
	folders: readonly string[],
): ((signal: AbortSignal) => Promise<FoundHelm>) => {
	let known: FoundHelm | undefined;
	const find = async (signal: AbortSignal): Promise<FoundHelm> => {
		if (answer !== anyHelm) return {file: answer, origin: 'as helm.binary says'};
		const carried = (await ofBundle(bundle, signal)) ?? innerHelm();
		if (!carried) return {file: 'helm', origin: 'as the first in PATH'};
		const origin = carried.inside === 'bundle' ? 'from the bundle' : 'from inside this program';
		return {file: await placeHelm(carried, folders), origin};
	};
	const ask = shared(find);
	return async (signal) => {
		known ??= await ask(signal);
		return known;
	};
};
