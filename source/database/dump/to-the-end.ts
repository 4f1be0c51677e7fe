import {Readable} from 'node:stream';

/**
 * A stream for a reader that may stop before the end, as pg_restore does once it has all tables. `rest` reads what is left: whoever
 * checks a dump while it is read says so at its end.
 */
export const toTheEnd = (
	from: NodeJS.ReadableStream,
): {readonly stream: Readable; readonly rest: () => Promise<void>} => {
	const readable = from instanceof Readable ? from : new Readable().wrap(from);
	let failed: unknown;
	readable.on('error', (error: unknown) => {
		failed ??= error;
	});
	async function* pass(): AsyncGenerator<Buffer> {
		for await (const chunk of readable.iterator({destroyOnReturn: false})) yield chunk as Buffer;
	}
	return {
		stream: Readable.from(pass()),
		rest: async () => {
			if (failed !== undefined) throw failed;
			for await (const _chunk of readable);
		},
	};
};
