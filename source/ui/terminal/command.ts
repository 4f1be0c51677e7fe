import {wrap} from './text.ts';

/** Programs whose calls stand in next steps; a row that begins with one is copied into a shell. */
const programs =
	'kubectl|oc|helm|openssl|nslookup|dig|getent|curl|psql|mysql|ps|rm|df|ls|chmod|chown|sha256sum|zenml-airgap|npm|npx';

const begins = new RegExp(`^(?:${programs}) `, 'u');

/** Is this text one command of a shell? */
export const isCommand = (text: string): boolean => begins.test(text) && !text.includes('\n');

/** Words of a command with the blanks that separate them left out; quotes keep theirs together. */
const wordsIn = (text: string): readonly string[] => text.match(/(?:[^\s'"]|'[^']*'|"[^"]*"|['"])+/gu) ?? [];

/**
 * A command in rows of at most `width` cells, broken between its words only, each row but the last with the mark of the shell that it goes
 * on: copied, it is one command. A word that is wider than a row is cut.
 */
const broken = (text: string, width: number): readonly string[] => {
	const rows: string[] = [];
	for (const word of wordsIn(text)) {
		const row = rows.at(-1);
		if (row !== undefined && row.length + word.length + 3 <= width) rows[rows.length - 1] = `${row} ${word}`;
		else rows.push(word);
	}
	return rows.flatMap((row, index) => wrap(index < rows.length - 1 ? `${row} \\` : row, width));
};

/** Text as rows of a screen: its commands as the shell takes them, the rest broken at blanks. */
export const wrapCommands = (text: string, width: number): readonly string[] =>
	text
		.split('\n')
		.flatMap((line) => (isCommand(line) && line.length > width ? broken(line, width) : wrap(line, width)));
