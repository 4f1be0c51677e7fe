import {stripVTControlCharacters} from 'node:util';
import {withoutInputs} from '../../base/redact/inputs.ts';
import {cutTo} from '../../base/text.ts';

/** Characters of one line; longer ones are cut. */
const longestLine = 4000;

/** Lines over which the input that a validation complains of may go on. */
const mostHeld = 10;

/** A log as people read it: programs color their lines without a terminal, too. */
export const logText = (text: string): string => withoutInputs(stripVTControlCharacters(text));

/** True while an input has begun in these lines and not ended. */
const isOpen = (lines: readonly string[]): boolean => {
	const text = lines.join('\n');
	const at = text.lastIndexOf('input_value=');
	return at >= 0 && !text.slice(at).includes('input_type=') && lines.length < mostHeld;
};

/** Takes a log piece by piece and tells whole lines, as `logText` gives them. */
export const createLineTeller = (tell: (line: string) => void) => {
	let rest = '';
	let held: readonly string[] = [];
	const flush = (): void => {
		if (held.length > 0) for (const line of logText(held.join('\n')).split('\n')) tell(line);
		held = [];
	};
	const takeLine = (line: string): void => {
		held = [...held, cutTo(line, longestLine)];
		if (!isOpen(held)) flush();
	};
	return {
		take: (piece: string): void => {
			const [first = '', ...others] = piece.split('\n');
			// What comes after the cut of a line without end is not kept.
			rest = (rest + first).slice(0, longestLine + 1);
			for (const next of others) {
				takeLine(rest);
				rest = next.slice(0, longestLine + 1);
			}
		},
		end: (): void => {
			if (rest !== '') takeLine(rest);
			rest = '';
			flush();
		},
	};
};
