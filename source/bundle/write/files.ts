import {createHash} from 'node:crypto';
import {dirname} from 'node:path';
import {type Content, unfinished, writeWhole} from '../../base/files.ts';
import {makeFolders} from '../../base/folders.ts';
import {digestOfHash} from '../../oci/digest.ts';
import {unwritable} from './problems.ts';

type BundleFileOptions = {
	/** Of the file; readable for everybody where nothing is said. */
	readonly mode?: number | undefined;
	/** What it is called meanwhile: a name by which what a killed run left of it is known again. */
	readonly temporary?: string | undefined;
};

/**
 * Writes a file of a bundle, whole or not at all, and the folders above it. What a killed run left of it is replaced.
 * @throws ProblemError `bundle-create-disk-full`, `bundle-create-unwritable`; what the content throws
 */
export const writeBundleFile = async (
	file: string,
	content: Content,
	{mode = 0o644, temporary = unfinished(file)}: BundleFileOptions = {},
): Promise<void> => {
	const folder = dirname(file);
	await makeFolders(folder).catch(unwritable(folder));
	await writeWhole(file, content, {mode, temporary}).catch(unwritable(file));
};

/** What is told of bytes that pass. */
type Passing = {
	/** Bytes that were taken since it was told last. */
	readonly onBytes?: ((bytes: number) => void) | undefined;
	/** SHA-256 of them all, `sha256:` and hex, when the last was taken. What it throws, whoever takes them gets. */
	readonly onEnd?: ((digest: string) => void) | undefined;
	readonly signal?: AbortSignal | undefined;
};

/** Hashes bytes on their way to somebody. */
export async function* hashed(
	source: AsyncIterable<Buffer>,
	{onBytes, onEnd, signal}: Passing,
): AsyncGenerator<Buffer> {
	const hash = createHash('sha256');
	for await (const chunk of source) {
		signal?.throwIfAborted();
		hash.update(chunk);
		yield chunk;
		onBytes?.(chunk.length);
	}
	onEnd?.(digestOfHash(hash));
}
