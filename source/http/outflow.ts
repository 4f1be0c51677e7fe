import type {ClientRequest} from 'node:http';

/** The bytes of a body on their way into a connection. */
export type Outflow = {
	/** Hands a piece to the connection. */
	readonly write: (piece: Buffer) => void;
	/** Resolves once no more than so many bytes are handed over and not yet taken, or none are wanted any more. */
	readonly untilAhead: (bytes: number) => Promise<void>;
	/** An answer or a failure came: no more bytes are wanted. */
	readonly stop: () => void;
	/** Are bytes still wanted? */
	readonly flows: () => boolean;
	/** Bytes that the connection took. */
	readonly taken: () => number;
};

/** @param onTaken hears the bytes that the connection took, absolute */
export const createOutflow = (request: ClientRequest, onTaken: (bytes: number) => void): Outflow => {
	let handed = 0;
	let taken = 0;
	let wanted = true;
	let wake = (): void => {};
	return {
		write: (piece) => {
			handed += piece.length;
			// An error of a write is the request's own error, which is heard by who owns it.
			request.write(piece, (error) => {
				if (error || !wanted) return;
				taken += piece.length;
				onTaken(taken);
				wake();
			});
		},
		untilAhead: async (bytes) => {
			while (wanted && handed - taken > bytes) {
				await new Promise<void>((resolve) => {
					wake = resolve;
				});
			}
		},
		stop: () => {
			wanted = false;
			wake();
		},
		flows: () => wanted,
		taken: () => taken,
	};
};
