import {Transform} from 'node:stream';

/**
 * Reads pieces of stdin, each behind a line with its length, until one of length 0, and gives them to the command as its stdin;
 * the exit code is that of the command. `read` takes a line byte by byte, and `dd` no byte more than it is told.
 */
const script =
	'while IFS= read -r bytes && [ "$bytes" -gt 0 ]; do dd bs="$bytes" count=1 iflag=fullblock 2>/dev/null || exit 1; done | "$@"';

/**
 * A command that sees the end of its stdin where the protocol cannot tell it: the image must have `sh` and `dd` (coreutils or
 * busybox).
 */
export const framedCommand = (command: readonly string[]): readonly string[] => ['sh', '-c', script, 'sh', ...command];

/** Bytes of one piece: a program is started for each. */
const pieceBytes = 1024 * 1024;

/** Puts a stdin into such pieces. */
export const framed = (): Transform => {
	let held: Buffer[] = [];
	let bytes = 0;
	const piece = (): Buffer => {
		const whole = Buffer.concat([Buffer.from(`${bytes}\n`), ...held]);
		held = [];
		bytes = 0;
		return whole;
	};
	return new Transform({
		transform(chunk: Buffer, _encoding, done) {
			held.push(chunk);
			bytes += chunk.length;
			if (bytes >= pieceBytes) this.push(piece());
			done();
		},
		flush(done) {
			if (bytes > 0) this.push(piece());
			this.push('0\n');
			done();
		},
	});
};
