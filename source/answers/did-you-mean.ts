import {distance} from 'fastest-levenshtein';
import {allNodes, type Group} from './fields.ts';
import {formatPath, type PathLike, toPath} from './tree.ts';

const plain = (key: string): string => key.toLowerCase().replaceAll(/[-_\s]/gu, '');

/** How far apart two keys are; spelling of word borders and case do not count. `undefined`: too far to mean it. */
const farness = (written: string, known: string): number | undefined => {
	const steps = distance(plain(written), plain(known));
	return steps <= Math.max(1, Math.floor(known.length / 3)) ? steps : undefined;
};

/** The nearest of some words, for a message; `undefined` where none is near. */
export const nearest = (written: string, words: readonly string[]): string | undefined =>
	words
		.map((word) => ({word, steps: farness(written, word)}))
		.filter(({steps}) => steps !== undefined)
		.sort((a, b) => (a.steps ?? 0) - (b.steps ?? 0))[0]?.word;

/**
 * Answers that an unknown key may stand for, best first, three at most: near keys of the same group, then the same or
 * a near key elsewhere, then the dotted path itself. `at` is the path of the group that holds the key.
 */
export const candidates = (written: string, at: PathLike, group: Group | undefined): readonly string[] => {
	const here = nearest(
		written,
		(group?.children ?? []).map(([key]) => key),
	);
	if (here !== undefined) return [formatPath([...toPath(at), here])];
	const elsewhere = allNodes
		.filter(({path}) => path.length > 0 && path.at(-1) !== '*')
		.map((node) => ({
			path: node.path.join('.'),
			depth: node.path.length,
			steps: farness(written, node.path.at(-1) ?? '') ?? farness(written, node.path.join('.')),
		}))
		.filter(({steps}) => steps !== undefined)
		.sort((a, b) => (a.steps ?? 0) - (b.steps ?? 0) || a.depth - b.depth);
	const best = elsewhere[0]?.steps;
	return elsewhere
		.filter(({steps}) => steps === best)
		.slice(0, 3)
		.map(({path}) => path.replaceAll('.*.', '.0.'));
};
