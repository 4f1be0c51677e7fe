import type {ProblemTable} from '../../base/problem-table.ts';
import {unused} from './words.ts';

const changed =
	"{expected} was expected, but it is {actual}: bytes were changed on the way or in the registry's storage.";
const verifyFirst = 'Verify the bundle, then push again. If it comes back, a proxy before the registry changes bodies.';

/** What became of bytes that were sent. */
export const uploadTable = {
	'registry-upload-lost': {
		area: 'registry',
		message: unused,
		fix: 'Try again. If it comes back, its instances need shared storage or sticky sessions.',
		answers: ['registry.host'],
		cases: {
			forgotten: {
				cause:
					'It lost an upload or a layer half-way: it was restarted, cleaned up, or several instances do not share their storage.',
			},
			confirmed: {
				cause: 'It took {digest} and confirmed it, but then answers that it does not have it.',
			},
			'piece refused': {cause: 'It does not take the bytes from {start} on (status {status}).'},
			'other offset': {cause: 'It says that it has {told} bytes after {sent} were sent.'},
			'put together wrongly': {cause: 'What it put together out of pieces is not this layer (status {status}).'},
		},
	},
	'registry-digest-mismatch': {
		area: 'registry',
		message: unused,
		answers: ['registry.host'],
		cases: {
			'received others': {
				cause: 'The registry received other bytes than were sent.',
				fix: verifyFirst,
			},
			push: {
				cause: changed,
				fix: verifyFirst,
			},
			pull: {
				cause: changed,
				fix: 'Try again. If it comes back, a proxy on the way changes what passes.',
			},
		},
	},
	'registry-part-damaged': {
		area: 'registry',
		message: unused,
		cause:
			'It took {digest} and confirmed it, but what it gives back when that is read is {actual}: its storage holds a damaged copy, which it does not replace.',
		fix: "Have the copy in the registry's storage compared with its digest on the spot. Where it is another, have that copy deleted and the registry restarted; then push again. Where it is right, a proxy on the way changes what passes.",
		nextSteps: [
			'In the storage of distribution, Harbor included: sha256sum docker/registry/v2/blobs/sha256/{folder}/{hex}/data',
		],
		answers: ['registry.host'],
	},
} as const satisfies ProblemTable;
