import {Transform} from 'node:stream';

/**
 * Reads pieces of stdin, each behind a line with its length, until one of length 0, and gives them on. `read` takes a line byte by
 * byte, and `dd` no byte more than it is told; it has read a piece whole before it finds that nobody takes it, so the next line is
 * again one with a length.
 */
const pieces =
	'while IFS= read -r bytes && [ "$bytes" -gt 0 ]; do dd bs="$bytes" count=1 iflag=fullblock 2>/dev/null; done';

/** What a command says of its own end where the image does not have its program. */
const missing = 'missing';

/** A line of stderr that begins with the mark. */
const said = (what: string): string => `printf '\\n%s %s\\n' "$mark" ${what} >&2`;

/**
 * A command with a stdin that says itself how it ended, in a line of stderr that begins with the mark, and goes when its stdin has
 * ended: where a program goes before it has read its stdin, an API server may say "Success" of any exit code, or nothing at all
 * (measured with Kubernetes 1.34 and kubectl 1.36). The image must have `sh` and `cat`, and for pieces `dd` (coreutils or busybox).
 * @param mark a word that no program says
 * @param isFramed the stdin comes in pieces with their lengths: the end of it, where the protocol cannot tell that
 */
export const markedCommand = (command: readonly string[], mark: string, isFramed: boolean): readonly string[] => {
	const run = `"$@"; code=$?; ${said('"$code"')}`;
	const script = [
		'mark=$1; shift',
		`command -v "$1" >/dev/null 2>&1 || { ${said(missing)}; cat >/dev/null; exit 127; }`,
		isFramed ? `${pieces} | { ${run}; exit "$code"; }` : `${run}; cat >/dev/null; exit "$code"`,
	].join('\n');
	return ['sh', '-c', script, 'sh', mark, ...command];
};

/** Reads a line of stderr: the exit code that a marked command says of itself; undefined for any other line. */
export const endIn = (line: string, mark: string): number | typeof missing | undefined => {
	const [first, said = '', ...more] = line.split(' ');
	if (first !== mark || more.length > 0) return undefined;
	if (said === missing) return missing;
	return /^\d{1,3}$/u.test(said) && Number(said) <= 255 ? Number(said) : undefined;
};

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
