import type {Body} from './types.ts';

/** No body at all. */
export const noBody: Body = {length: 0, chunks: async function* () {}};

/** A body that lies in memory. */
export const wholeBody = (content: Buffer | string): Body => {
	const bytes = Buffer.from(content);
	return {
		length: bytes.length,
		chunks: async function* () {
			yield bytes;
		},
	};
};
