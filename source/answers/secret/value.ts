import {faultOf, hasMark} from '../../base/reading/encoding.ts';
import {unseenIn} from '../../base/reading/unseen.ts';
import {isOrdinary, mostSecretBytes} from '../../base/redact.ts';
import {counted} from '../../base/text.ts';
import {answersProblems} from '../problems.ts';

/** Where a secret was read, for messages: the answer that refers to it, and the place itself. */
export type SecretPlace = {readonly answer: string; readonly place: string};

type Unfit = 'too long' | 'mark' | 'UTF-16' | 'binary' | 'not UTF-8';

const refusal = ({answer, place}: SecretPlace, which: Exclude<Unfit, 'too long'>) =>
	answersProblems.error('answers-secret-unfit', {case: which, answer, place}, {answers: [answer]});

/** @param size in bytes, or in words where it is not known */
export const tooLong = ({answer, place}: SecretPlace, size: string) =>
	answersProblems.error(
		'answers-secret-unfit',
		{case: 'too long', answer, place, size, most: mostSecretBytes},
		{answers: [answer]},
	);

/**
 * The text of a secret, without the line break at its end. @throws ProblemError `answers-secret-unfit`: longer than any password, or
 * not what a person sees who opens it
 */
export const secretText = (bytes: Uint8Array, at: SecretPlace): string => {
	if (hasMark(bytes)) throw refusal(at, 'mark');
	const fault = faultOf(bytes);
	if (fault) throw refusal(at, fault.kind);
	const value = Buffer.from(bytes)
		.toString('utf8')
		.replace(/\r?\n$/u, '');
	const size = Buffer.byteLength(value);
	if (size > mostSecretBytes) throw tooLong(at, `${size} bytes`);
	return value;
};

/** Below that, and where it is one plain word, a secret also stands in texts that have nothing to do with it. */
const fewest = 8;

/** It is masked in such texts, too: they are hard to read then, and whoever knows them reads it out of the gaps. */
const isCommon = (value: string): boolean => value !== '' && (value.length < fewest || isOrdinary(value));

/** What is worth a look in a secret that is taken as it is. Never tells anything that is seen of it. */
export const oddities = (value: string, {answer, place}: SecretPlace): readonly string[] => {
	const lines = value.split('\n').length;
	const found = [
		...(lines > 1 ? [`has ${counted(lines, 'line')}, which are all part of it`] : []),
		...(/^[ \t]/u.test(value) ? ['begins with a blank, which is part of it'] : []),
		...(/[ \t\r]$/u.test(value) ? ['ends with a blank, which is part of it'] : []),
		...(isCommon(value)
			? [
					'is short or a plain word: it is masked wherever that stands, also in words of this program, from which it can be guessed',
				]
			: []),
		...unseenIn(value.replaceAll('\n', '').trim()).map((name) => `holds ${name}`),
	];
	return found.map((what) => `${answer}: the secret in ${place} ${what}`);
};
