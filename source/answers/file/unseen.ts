import {unseenIn, withNames} from '../../base/reading/unseen.ts';
import {cutTo} from '../../base/text.ts';
import type {Answers} from '../schema.ts';

/** Most of a value that a message has room for. */
const longest = 120;

/** A value as a message shows it: its characters that nobody sees are written as their names. */
export const shownValue = (value: string): string => {
	return JSON.stringify(cutTo(withNames(value), longest));
};

const textsIn = (value: unknown, at: string): readonly (readonly [at: string, text: string])[] => {
	if (typeof value === 'string') return [[at, value]];
	if (value === null || typeof value !== 'object') return [];
	return Object.entries(value).flatMap(([key, inner]) => textsIn(inner, at === '' ? key : `${at}.${key}`));
};

/** Answers that are taken as they are and hold characters that nobody sees, each in a sentence. Secrets are only references here. */
export const unseenInAnswers = (answers: Answers): readonly string[] =>
	textsIn(answers, '')
		.filter(([, text]) => unseenIn(text).length > 0)
		.map(([at, text]) => `${at} holds ${unseenIn(text).join(' and ')}: ${shownValue(text)}`);
