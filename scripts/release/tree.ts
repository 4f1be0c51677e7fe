import {execFileSync} from 'node:child_process';

/** What a release is made from. */
export type Commit = {
	/** Object names of git. */
	readonly commit: string;
	readonly tree: string;
	/** Seconds since 1970: of the commit, or `SOURCE_DATE_EPOCH` (reproducible-builds.org). */
	readonly epoch: number;
};

const git = (root: string, ...words: readonly string[]): string =>
	execFileSync('git', words, {cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe']}).trimEnd();

/** How many files are named in a refusal. */
const mostNames = 10;

/**
 * The commit that the folder is at.
 * @param given the variable SOURCE_DATE_EPOCH, where it is set
 * @throws Error where a file differs from the commit, is not in it and not ignored, or where there is no git
 */
export const cleanCommit = (root: string, given?: string): Commit => {
	const changed = git(root, 'status', '--porcelain', '--untracked-files=all')
		.split('\n')
		.filter((line) => line !== '');
	if (changed.length > 0) {
		const names = changed.slice(0, mostNames).map((line) => `  ${line}`);
		const more = changed.length > mostNames ? [`  and ${changed.length - mostNames} more`] : [];
		throw new Error(
			[
				'A release is made from a commit, and these files are not as it has them:',
				...names,
				...more,
				'Commit them, or put them away with git stash --include-untracked.',
			].join('\n'),
		);
	}
	const [commit = '', tree = '', time = ''] = git(root, 'log', '-1', '--format=%H %T %ct').split(' ');
	if (given && !/^\d{1,11}$/u.test(given))
		throw new Error(`SOURCE_DATE_EPOCH must be whole seconds since 1970: ${given}`);
	return {commit, tree, epoch: Number(given || time)};
};
