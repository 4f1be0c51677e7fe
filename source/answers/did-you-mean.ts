import {farness, nearest} from '../base/text.ts';
import {allNodes, type Group} from './fields.ts';
import {formatPath, type PathLike, toPath} from './tree.ts';

/** `user` for `username`, `cert` for `certificate`: a key of the same group is meant rather than the same word far away. */
const isShortFor = (written: string, key: string): boolean =>
	written.length >= 3 && key.toLowerCase().startsWith(written.toLowerCase());

/**
 * Answers that an unknown key may stand for, best first, three at most: near keys of the same group, then the same or
 * a near key elsewhere, then the dotted path itself. `at` is the path of the group that holds the key.
 */
export const candidates = (written: string, at: PathLike, group: Group | undefined): readonly string[] => {
	const keys = (group?.children ?? []).map(([key]) => key);
	const here = nearest(written, keys) ?? keys.find((key) => isShortFor(written, key));
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
