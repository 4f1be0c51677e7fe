import {StringDecoder} from 'node:string_decoder';

/** The longest part of a line that is looked at before it has ended, characters. */
const longestLine = 64 * 1024;

/** What of a line is kept and told, characters. */
const keptOfLine = 4000;

/** How many lines are kept: the last ones tell how it ended. */
const keptLines = 400;

/** Takes in what a program says, in pieces as they come. */
export type LineReader = {
	readonly take: (chunk: Buffer) => void;
	/** The last line may have no end. */
	readonly end: () => void;
	/** The last lines, each without its secrets and cut. */
	readonly lines: () => readonly string[];
};

/**
 * Reads lines out of a stream of bytes without an end to trust: of a long line its beginning is kept, of many lines the last
 * ones. A line is masked before it is cut, so that no half of a secret is left of it.
 */
export const readLines = (
	mask: (text: string) => string,
	onLine: (line: string) => void = () => undefined,
): LineReader => {
	const decoder = new StringDecoder('utf8');
	let kept: string[] = [];
	let open = '';
	let skipping = false;
	const finish = (text: string): void => {
		const line = mask(text).trimEnd();
		const told = line.length > keptOfLine ? `${line.slice(0, keptOfLine)}...` : line;
		kept.push(told);
		if (kept.length > 2 * keptLines) kept = kept.slice(-keptLines);
		if (told !== '') onLine(told);
	};
	/** A part of a line; `ends` where it is the last one. */
	const add = (part: string, ends: boolean): void => {
		if (!skipping) open += part.slice(0, longestLine - open.length);
		const full = open.length >= longestLine;
		if (!skipping && (ends || full)) {
			finish(open);
			open = '';
		}
		skipping = !ends && (skipping || full);
	};
	const split = (text: string): void => {
		const parts = text.split('\n');
		for (const [index, part] of parts.entries()) add(part, index < parts.length - 1);
	};
	return {
		take: (chunk) => split(decoder.write(chunk)),
		end: () => {
			split(decoder.end());
			if (open !== '') add('', true);
		},
		lines: () => kept.slice(-keptLines),
	};
};

/** The most that an answer may have, bytes: charts render to some 100 KiB, a history of 256 revisions to less. */
export const mostAnswerBytes = 64 * 1024 * 1024;

/** Takes in an answer whole, up to its bound. */
export type AnswerReader = {
	readonly take: (chunk: Buffer) => void;
	readonly isTooLong: () => boolean;
	readonly text: () => string;
};

/** @param onTooLong called once, when more has come than an answer may have; nothing is kept from there on */
export const readAnswer = (onTooLong: () => void, most = mostAnswerBytes): AnswerReader => {
	let chunks: Buffer[] = [];
	let bytes = 0;
	return {
		take: (chunk) => {
			const before = bytes;
			bytes += chunk.length;
			if (bytes <= most) chunks.push(chunk);
			else if (before <= most) {
				chunks = [];
				onTooLong();
			}
		},
		isTooLong: () => bytes > most,
		text: () => Buffer.concat(chunks).toString('utf8'),
	};
};
