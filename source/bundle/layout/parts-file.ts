import * as z from 'zod';
import {digestPattern} from '../../oci/digest.ts';

/** A file name without folders: parts lie beside their list. */
const fileName = z
	.string()
	.max(255)
	.regex(/^(?!\.{1,2}$)[^/\\\0]+$/u, 'must be the name of a file, without a folder');
const bytes = z.int().min(0);
const digest = z.string().regex(digestPattern, 'must be sha256: and 64 hex digits');

/** What the list of a bundle's parts is called: `NAME.tar` and this. */
export const partsFileSuffix = '.parts.json';

/** The name of part `number` (from 1) of `name`: `NAME.tar.001`. Beyond 999 parts there are more digits. */
export const partName = (name: string, number: number): string => `${name}.${String(number).padStart(3, '0')}`;

/**
 * `NAME.tar.parts.json`, version 1: a tar of a bundle that was cut into parts. Each part but the last has `partSize`
 * bytes; joined in this order they are the tar. Parts lie in the folder of this file.
 */
export const partsFileSchema = z
	.object({
		formatVersion: z.literal(1),
		/** The tar that was cut: `NAME.tar`. */
		name: fileName,
		/** Of the tar, in bytes. */
		size: bytes,
		partSize: bytes.min(1),
		parts: z
			.array(z.object({file: fileName, size: bytes, digest}))
			.min(1)
			.max(100_000),
		/** Digest of the bundle inside, as `bundle verify` prints it. */
		bundle: digest,
	})
	.refine(({size, parts}) => parts.reduce((sum, part) => sum + part.size, 0) === size, {
		message: 'the sizes of the parts must add up to the size of the tar',
		path: ['size'],
	})
	.refine(({parts}) => new Set(parts.map(({file}) => file)).size === parts.length, {
		message: 'no part may be listed twice',
		path: ['parts'],
	});

/** The list of a bundle's parts. */
export type PartsFile = z.infer<typeof partsFileSchema>;
