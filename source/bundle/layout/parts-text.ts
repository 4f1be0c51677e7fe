import {hexOf, sha256Of} from '../../oci/digest.ts';
import {type PartsFile, partsFileSuffix} from './parts-file.ts';

/** What the checksums of the parts are called, behind `NAME.tar`. */
export const sumsSuffix = '.sha256';

/** The list of parts as text: JSON in a fixed order, so that equal parts have equal lists. */
export const partsFileText = ({formatVersion, name, size, partSize, parts, bundle}: PartsFile): string =>
	`${JSON.stringify(
		{
			formatVersion,
			name,
			size,
			partSize,
			parts: parts.map(({file, size: bytes, digest}) => ({file, size: bytes, digest})),
			bundle,
		},
		undefined,
		'\t',
	)}\n`;

/** Lines for `sha256sum -c`: every part, and the list of parts itself. */
export const partsSumsText = (list: PartsFile): string =>
	[
		...list.parts.map(({file, digest}) => ({file, digest})),
		{file: `${list.name}${partsFileSuffix}`, digest: sha256Of(partsFileText(list))},
	]
		.map(({file, digest}) => `${hexOf(digest)}  ${file}\n`)
		.join('');
