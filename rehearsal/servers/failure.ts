/** Errors of PostgreSQL, of MySQL and MariaDB (`[ERROR]`), and of programs that name themselves first. */
const errorLine = /\b(?:error|fatal|panic)\b[:\]]/iu;

/** Lines of evidence. */
const mostLines = 10;

/** What execFile rejects with. */
type Failed = Error & {
	readonly stderr?: string;
	readonly signal?: string | null;
	readonly killed?: boolean;
	readonly code?: string | number;
};

/** How a program ended that said nothing. */
const endOf = ({signal, killed, code, message}: Failed): string => {
	if (killed) return 'nothing, and did not end in time.';
	if (signal) return `nothing, and was ended by ${signal}.`;
	return typeof code === 'number' ? `nothing, and ended with ${code}.` : (message.split('\n')[0] ?? message);
};

/**
 * Why a program that sets up data failed, in its own words: its first error, since what comes after tells what it takes away again; and the
 * lines from there on. @param error what execFile rejects with
 */
export const wordsOfFailure = (error: unknown): {readonly words: string; readonly evidence: readonly string[]} => {
	const failed = error as Failed;
	const lines = (failed.stderr ?? '')
		.split('\n')
		.map((line) => line.trim())
		.filter((line) => line !== '');
	const first = lines.findIndex((line) => errorLine.test(line));
	if (first >= 0) return {words: lines[first] ?? '', evidence: lines.slice(first, first + mostLines)};
	return {words: lines.at(-1) ?? endOf(failed), evidence: lines.slice(-mostLines)};
};
