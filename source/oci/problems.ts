import {declareProblems} from '../base/problem-table.ts';

const tagFix = 'A tag has up to 128 letters, digits, dots, dashes and underscores, and begins with none of . and -.';

/** Bytes of a file of the bundle that cannot be right: the way out is always the same. `file` is relative to the bundle. */
export const carryAgain = {
	fix: 'Carry {file} in again from the connected side and try again.',
	nextSteps: [
		'On the connected side: sha256sum {file}',
		'Here, in the bundle: sha256sum {file}',
		'The two must be equal. When they are, make the file anew on the connected side.',
	],
} as const;

const otherBytes = {message: '{file} is not what it should be.', ...carryAgain} as const;

/** A differential bundle counts on what is not at the registry. */
const notThere = {
	message:
		'The layer {digest} is neither in the bundle nor at the registry {registry}; nothing of this image was pushed.',
	nextSteps: [
		'`zenml-airgap registry inventory` lists what a registry has: a differential bundle made against that list fits.',
	],
	answers: ['bundle.path', 'registry.host', 'registry.prefix'],
} as const;

/** Problems of images and their parts, wherever they are met: in a bundle that is read, at a registry that they are pushed to. */
export const ociProblems = declareProblems({
	'image-reference-invalid': {
		area: 'usage',
		message: '{text} is not the reference of an image.',
		nextSteps: [
			'A reference is HOST[:PORT]/PATH[:TAG][@DIGEST], for example public.ecr.aws/zenml/zenml-pro-api:0.10.24',
		],
		cases: {
			empty: {cause: 'It is empty.', fix: 'Give an image.'},
			space: {cause: 'There is a space or a line break in it.', fix: 'Take it out, or quote the reference.'},
			url: {cause: 'It begins like a URL.', fix: 'Leave everything up to :// out.'},
			digest: {
				cause: 'What comes after @ is not sha256: and 64 hex digits in lower case.',
				fix: 'Give the whole digest, or leave it out.',
			},
			'empty tag': {cause: 'There is a colon, but no tag after it.', fix: tagFix},
			tag: {cause: '{tag} is not a tag.', fix: tagFix},
			host: {cause: '{host} is not host or host:port.', fix: 'Correct the host.'},
			port: {cause: 'There is no port {port}.', fix: 'Correct the port: 1 to 65535.'},
			slash: {
				cause: 'There is a slash too many, or nothing before the tag.',
				fix: 'Correct the path of the image.',
			},
			capitals: {cause: '{part} has capital letters.', fix: 'Write it in lower case: {lower}'},
			part: {
				cause: "{part} is not a part of a repository's path.",
				fix: 'A part has lower-case letters and digits, with single . or _, or dashes between them.',
			},
			long: {
				cause: 'It is longer than the {most} characters that registries take.',
				fix: 'Correct the path of the image.',
			},
		},
	},
	'bundle-checksum-mismatch': {
		area: 'bundle',
		cases: {
			file: {
				...otherBytes,
				cause: 'Its SHA-256 is {actual}, but {digest} was expected: bytes were changed or lost on the way.',
			},
			'file by another sum': {
				...otherBytes,
				cause: 'It has {actual}, but {digest} was expected: bytes were changed or lost on the way.',
			},
			'image part': {
				...otherBytes,
				cause:
					'The digest of a part of an image in it is {actual}, but {digest} was expected: bytes were changed or lost on the way.',
			},
			'layer contents': {
				message: 'A layer in {file} is not the one that its image names.',
				cause:
					'It unpacks to {actual}, the configuration of the image says {digest}: the tool that saved it wrote another order or another layer.',
				fix: 'Save the image anew: skopeo copy docker://NAME:VERSION docker-archive:FILE:NAME:VERSION. Carried in again, it stays as it is.',
			},
			changed: {
				...otherBytes,
				cause: 'Its SHA-256 is {actual}, but {digest} was expected: it has changed since the bundle was made.',
			},
			form: {...otherBytes, cause: 'It is not as `bundle split` writes it: bytes were changed on the way.'},
			'own checksum': {...otherBytes, cause: 'It does not agree with {list}, whose checksum it has.'},
			lists: {...otherBytes, cause: '{list} and {sums} do not agree.'},
			'other bundle': {
				...otherBytes,
				cause: 'It is the list of another bundle: it names {named}, the parts hold {held}.',
			},
			layer: {
				...otherBytes,
				message: 'The layer {file} is not what it should be.',
				cause: 'Its bytes have {actual}: they were changed or lost on the way.',
			},
			index: {
				message: '{file} is not what SHA256SUMS says.',
				cause: 'Its SHA-256 is {actual}, SHA256SUMS has {digest}: one of the two was changed or lost bytes on the way.',
				fix: 'Carry bundle.json and SHA256SUMS in again from the connected side.',
			},
			several: {
				message: '{count} files are not what they should be: {files}.',
				cause: 'They were changed, cut short or lost on the way; the others are whole.',
				fix: 'Carry these files in again from the connected side, and only these; then try again.',
			},
			'while pushed': {
				message: 'A layer in the bundle is not what it should be; it was not pushed.',
				cause: '{actual} was read where {digest} was expected.',
				fix: 'Carry the bundle in again from the connected side and try again.',
				answers: ['bundle.path'],
			},
		},
	},
	'bundle-blob-omitted': {
		area: 'bundle',
		cases: {
			opened: {
				message: 'The bundle does not hold {digest}.',
				cause:
					'It is a differential bundle: what the registry was said to have already was left out, but the registry lacks this.',
				fix: 'Load the bundle that it was made against first, or have a whole bundle made.',
				answers: ['bundle.path'],
			},
			'not at inventory': {
				...notThere,
				cause:
					'This is a differential bundle: it leaves out what {base} had when its inventory was taken, and {repository} does not have that.',
				fix: 'Push to the prefix that it was made for, {base}. Where the layers were deleted there, make it anew against a new inventory, or carry in a full bundle.',
			},
			'not of base': {
				...notThere,
				cause:
					'This is a differential bundle: it leaves out what its base ({base}) has, and {repository} does not have that.',
				fix: 'Push the base bundle ({base}) to this registry and prefix first, or carry in a full bundle.',
			},
			'base unknown': {
				...notThere,
				cause: 'This is a differential bundle: it leaves out what its base has, and {repository} does not have that.',
				fix: 'Push the base bundle to this registry and prefix first, or carry in a full bundle.',
			},
		},
	},
});

declare module '../base/problem.ts' {
	interface ProblemTables {
		readonly oci: typeof ociProblems.table;
	}
}
