import {nodeAt} from '../fields.ts';
import type {PathLike} from '../tree.ts';

/** Can this tool make the secret at this path? Those that it can are made where nothing is said. */
export const canBeMade = (path: PathLike): boolean => {
	const node = nodeAt(path);
	return node?.kind === 'field' && node.default === 'generate';
};

/** What can stand in the place of a secret, given by the path of its answer, for a sentence. */
export const referenceForms = (path: string): string =>
	`env:NAME, file:PATH, k8s:namespace/name/key${canBeMade(path) ? ', generate' : ''}`;
