import {errnoOf, errnoWords, isErrno} from '../base/errno.ts';
import {isAbort, ProblemError} from '../base/problem.ts';
import {declareProblems} from '../base/problem-table.ts';
import {carryAgain} from '../oci/problems.ts';

const notSound = '{file} is not sound {algorithm} data.';
const notTar = '{file} is not a sound tar file (byte {at}).';
const notImages = '{file} is not an image archive.';
const badHeader = '{file} is damaged at byte {at}.';
const badPart = '{part} in {file} cannot be used.';

/** Problems of reading archives. `file` is always relative to the bundle, as the operator knows it. */
export const archiveProblems = declareProblems({
	'bundle-not-found': {
		area: 'bundle',
		message: 'There is no file or folder at {file}.',
		cause: 'Nothing has that name: it was moved or renamed, its disk is not mounted, or the path has a slip.',
		fix: 'Correct the path, or put there what it names.',
		nextSteps: ['ls -l {file}'],
		answers: ['bundle.path'],
	},
	'bundle-unreadable': {
		area: 'bundle',
		message: '{file} cannot be read.',
		answers: ['bundle.path'],
		cases: {
			refused: {
				cause: 'Reading it fails: {words}',
				fix: 'Check the path, its permissions and its disk, then try again.',
				nextSteps: ['ls -l {file}'],
			},
			'no file': {
				cause: 'It is {kind}, but a file was expected.',
				fix: 'Give a file; what comes out of a pipe can be put into one first.',
				nextSteps: ['ls -lL {file}'],
			},
		},
	},
	'bundle-compressed': {
		area: 'bundle',
		message: '{file} is compressed with {algorithm}.',
		cause: 'Archives are read in place; only gzip and zstd can be read so.',
		fix: 'Unpack it once: {$algorithm} -d {$file}',
		answers: ['bundle.path'],
	},
	'bundle-archive-sparse': {
		area: 'bundle',
		message: '{file} holds a sparse file: {member}.',
		cause:
			'The tar was made with --sparse (-S), which leaves zeros out; archives are read in place, and such a file cannot be.',
		fix: 'Make the tar anew on the connected side, without --sparse. Carried in again, it stays as it is.',
	},
	'bundle-archive-oversized': {
		area: 'bundle',
		message: '{file} unpacks to far more than an archive of its kind can.',
		cause: 'Its {packed} become more than {most}: it was made to exhaust who reads it, or holds something else.',
		fix: 'Do not use this file. Make it anew on the connected side, or unpack it there ({algorithm} -d) and carry in what comes out.',
	},
	'bundle-archive-truncated': {
		area: 'bundle',
		message: '{file} is cut short.',
		...carryAgain,
		cases: {
			file: {cause: 'The file ends at byte {at} of {size}.'},
			unpacked: {cause: 'What it unpacks to ends at byte {at}.'},
			bytes: {cause: '{left} of {size} bytes are missing at its end.'},
			compressed: {cause: 'The {algorithm} data in it ends too early.'},
			member: {cause: 'The member {member} claims {size} bytes, but only {have} follow.'},
			'unpacked member': {cause: 'The member {member} claims {size} bytes, but fewer follow.'},
			'no end': {cause: 'The blocks that close a tar file are missing.'},
			'no file': {cause: 'Its end is missing, and with it {part}.'},
			'no layer': {cause: 'Its end is missing, and with it the layer {part}.'},
			'no blob': {cause: 'Its end is missing, and with it the blob {part}.'},
			'no part': {cause: 'Its end is missing, and with it {part} of {image}.'},
		},
	},
	'bundle-archive-incomplete': {
		area: 'bundle',
		cause: 'The archive is whole but lacks a part that it names, or it was not made by `docker save`.',
		...carryAgain,
		cases: {
			'no file': {message: '{file} does not hold {part}.'},
			'no layer': {message: '{file} does not hold the layer {part}.'},
			'no blob': {message: '{file} does not hold the blob {part}.'},
			'no part': {message: '{file} does not hold {part} of {image}.'},
		},
	},
	'bundle-archive-damaged': {
		area: 'bundle',
		...carryAgain,
		cases: {
			'not sound': {
				message: notSound,
				cause: 'Decompressing it fails: {words}. Bytes were changed, lost or added on the way.',
			},
			'large window': {
				message: notSound,
				cause:
					'It was compressed with a window over 128 MiB (zstd --long=28 or more), which reading would need in memory.',
			},
			'bytes behind': {
				message: notSound,
				cause: 'Something else follows after its end: bytes were added on the way.',
			},
			'no tar': {message: notTar, cause: 'Its first 512 bytes are no tar header.'},
			'tar header': {
				message: notTar,
				cause: 'The header there fails its checksum: bytes were changed or lost on the way.',
			},
			'too many members': {
				message: notImages,
				cause: 'It lists more than {most} members; an image archive has some hundred.',
			},
			'too many manifests': {
				message: notImages,
				cause: 'Its index.json leads to more than {most} manifests, or to more than {mostBytes} of them.',
			},
			'too many mentions': {message: notImages, cause: 'Its indexes name manifests more than {most} times.'},
			'large extension': {
				message: badHeader,
				cause: 'A header extension claims {size} bytes; {most} is the most that makes sense.',
			},
			'pax header': {message: badHeader, cause: 'A pax header does not add up.'},
			'pax size': {message: badHeader, cause: 'A pax header gives a size that is no number.'},
			'large part': {message: badPart, cause: 'It claims {size} bytes; {most} is the most that makes sense.'},
			'no json': {message: badPart, cause: 'It is not JSON.'},
			'no image list': {message: badPart, cause: 'It is not the list of images that `docker save` writes.'},
			'no configuration': {
				message: badPart,
				cause: 'It is not an image configuration: os, architecture or rootfs.diff_ids are missing or malformed.',
			},
			layers: {
				message: '{file} contradicts itself about its layers.',
				cause: 'manifest.json lists {listed} layers, the image configuration {configured}.',
			},
		},
	},
	'bundle-chart-damaged': {
		area: 'bundle',
		message: '{file} is not a packed Helm chart.',
		...carryAgain,
		cases: {
			large: {cause: 'It has {size} bytes; a chart has some hundred kilobytes.'},
			'large inside': {cause: 'It unpacks to more than {most}.'},
			'large metadata': {cause: 'Its Chart.yaml is larger than 1 MiB.'},
			'not unpacked': {
				cause: 'It cannot be unpacked as gzip and tar; its bytes were changed or lost on the way.',
			},
			'no metadata': {cause: 'There is no Chart.yaml in it.'},
			'no yaml': {cause: 'Its Chart.yaml is not YAML.'},
			'no name': {cause: 'Its Chart.yaml has no name or no version.'},
		},
	},
	'bundle-archive-unsafe': {
		area: 'bundle',
		cases: {
			member: {
				message: '{file} holds a member that points out of the archive: {member}.',
				cause: 'An archive made by `docker save` never does; this file was made or changed by something else.',
				fix: 'Do not use this file. Make {file} anew with `docker save` on the connected side.',
			},
			'link out': {
				...carryAgain,
				message: '{file} holds a bad link: {member}.',
				cause: 'A link leads out of the archive.',
			},
			'link circle': {
				...carryAgain,
				message: '{file} holds a bad link: {member}.',
				cause: 'Links point at each other in a circle.',
			},
			'outside named': {
				...carryAgain,
				message: '{file} cannot be used.',
				cause: 'manifest.json names a file outside the archive.',
			},
		},
	},
});

declare module '../base/problem.ts' {
	interface ProblemTables {
		readonly archive: typeof archiveProblems.table;
	}
}

/** Turns an error of the file system into a problem that names the file; anything else is given back as it is. */
export const fileProblem = (file: string, error: unknown): unknown => {
	if (error instanceof ProblemError || isAbort(error) || errnoOf(error) === undefined) return error;
	if (isErrno(error, 'ENOENT')) return archiveProblems.error('bundle-not-found', {file}, {error});
	const words = errnoWords(error, 'read');
	return archiveProblems.error('bundle-unreadable', {case: 'refused', file, words}, {error});
};

/** A file that ends too early. `at` and `size` in bytes. */
export const fileEnds = (file: string, at: number, size: number): ProblemError =>
	archiveProblems.error('bundle-archive-truncated', {case: 'file', file, at, size}, {location: {file}});
