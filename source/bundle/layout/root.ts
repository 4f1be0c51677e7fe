import {bundleFiles} from './index-file.ts';

/** The shortest `…/` in front of `images/`: a bundle is often packed with its folder, or one folder too high is given. */
export const rootOf = (names: Iterable<string>): string | undefined => {
	let root: string | undefined;
	for (const name of names) {
		const prefix = /^((?:[^/]+\/){0,2})images\/./u.exec(name)?.[1];
		if (prefix !== undefined && (root === undefined || prefix.length < root.length)) root = prefix;
	}
	return root;
};

/** What speaks for each file of a bundle: where one of them is there, nothing may lie in the bundle unseen. */
export const isGuarded = (has: (name: string) => boolean): boolean =>
	has(bundleFiles.index) || has(bundleFiles.signature);
