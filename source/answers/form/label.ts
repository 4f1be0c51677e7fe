import {nodeAt} from '../fields.ts';
import {topics} from '../questions.ts';

/** What the question about an answer is called; its path where no question asks for it. */
export const labelAt = (path: string): string => {
	const general = path.replaceAll(/\.\d+(?=\.|$)/gu, '.*');
	return topics.flatMap(({questions}) => questions).find((one) => one.path === general)?.label ?? path;
};

/** What the question of an answer is called, in quotes, with the number that its list counts it by. */
const titleAt = (path: string): string => {
	const member = /\.(\d+)\./u.exec(path)?.[1];
	return `"${labelAt(path)}"${member === undefined ? '' : ` (${Number(member) + 1})`}`;
};

/** Words that name other answers as their questions are called: paths are those of the file. */
export const withTitles = (words: string): string =>
	words.replaceAll(/\b[a-z]\w*(?:\.\w+)+/gu, (word) => (nodeAt(word) === undefined ? word : titleAt(word)));
