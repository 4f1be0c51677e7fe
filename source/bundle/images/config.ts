import {archiveProblems} from '../../archive/problems.ts';
import {readJson, type Tree} from '../../archive/tree.ts';
import {digestOfHex, sha256Of} from '../../oci/digest.ts';
import {type ImageConfig, imageConfigSchema} from '../../oci/manifest.ts';
import {imageProblems} from './problems.ts';

/** The configuration of an image in an archive. `size` in bytes. */
export type FoundConfig = {readonly config: ImageConfig; readonly digest: string; readonly size: number};

/**
 * @param part its name in the archive
 * @throws ProblemError `bundle-archive-damaged` where it is no image configuration, `bundle-digest-mismatch` where its name lies, or
 * as `readJson`
 */
export const readConfig = async (tree: Tree, part: string): Promise<FoundConfig> => {
	const [file, more] = [tree.label, {location: {file: tree.label}}];
	const {bytes, value} = await readJson(tree, part);
	const parsed = imageConfigSchema.safeParse(value);
	if (!parsed.success) {
		throw archiveProblems.error('bundle-archive-damaged', {case: 'no configuration', part, file}, more);
	}
	const actual = sha256Of(bytes);
	const hex = /([0-9a-f]{64})(?:\.json)?$/u.exec(part)?.[1];
	if (hex !== undefined && digestOfHex(hex) !== actual) {
		const given = {case: 'configuration', file, named: digestOfHex(hex), actual} as const;
		throw imageProblems.error('bundle-digest-mismatch', given, more);
	}
	return {config: parsed.data, digest: actual, size: bytes.length};
};
