import {type Draft, getAt} from '../draft.ts';

/** The cluster is reached by a file and a name in it: neither says anything alone. */
const cluster = ['kubernetes.kubeconfig', 'kubernetes.context'] as const;

/** What a bundle holds is looked at for one platform. */
const bundle = ['bundle.path', 'bundle.platform'] as const;

/** Answers that a look at one of them is made with: itself, and those that say how it is meant. */
export const lookedWith = (path: string): readonly string[] => {
	if (cluster.some((one) => one === path)) return cluster;
	if (bundle.some((one) => one === path)) return bundle;
	const server = /^((?:.+\.)?database(?:\.server)?)\.host$/u.exec(path)?.[1];
	return server === undefined ? [path] : [path, `${server}.port`, `${server}.engine`];
};

/** Those of some answers that were looked at with another one that is given now, so that they are to be looked at again. */
export const lookedWithIt = (looked: readonly string[], path: string): readonly string[] =>
	looked.filter((other) => other !== path && lookedWith(other).includes(path));

/** True where two drafts give all that a look at an answer is made with in the same way. */
export const looksSame = (one: Draft, other: Draft, path: string): boolean =>
	one === other || lookedWith(path).every((at) => getAt(one, at) === getAt(other, at));
