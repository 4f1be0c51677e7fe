import {createZstdDecompress} from 'node:zlib';
import * as z from 'zod';
import {carriedBytes} from '../../base/self/assets.ts';
import type {PackedHelm} from './place.ts';

/** What the build says of the Helm that it puts into the executable. */
const factsSchema = z.object({version: z.string(), sha256: z.string(), bytes: z.number()});

/** The Helm that this program carries as one executable, compressed; undefined where it carries none. */
export const innerHelm = (): PackedHelm | undefined => {
	const facts = carriedBytes('helm.json');
	const packed = carriedBytes('helm.zst');
	if (!facts || !packed) return undefined;
	return {
		inside: 'program',
		...factsSchema.parse(JSON.parse(Buffer.from(facts).toString('utf8'))),
		open: () => {
			const unpacking = createZstdDecompress();
			unpacking.end(packed);
			return unpacking;
		},
	};
};
