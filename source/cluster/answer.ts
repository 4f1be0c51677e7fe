import type * as z from 'zod';
import {printable} from '../base/printable.ts';
import type {ProblemError} from '../base/problem.ts';
import type {Deed} from './errors.ts';
import {clusterProblems} from './problems.ts';

/** How deep an answer may be: no kind of Kubernetes comes near it, and what walks through an answer must not run out of stack. */
const mostDepth = 200;

/** Of somebody else's words in a line of evidence. */
const mostCharacters = 300;

/** The codes of `"`, `\`, and of the brackets that open and close. */
const [quotation, backslash] = [0x22, 0x5c];
const opening: readonly number[] = [0x5b, 0x7b];
const closing: readonly number[] = [0x5d, 0x7d];

const depthAfter = (depth: number, code: number): number => {
	if (opening.includes(code)) return depth + 1;
	return closing.includes(code) ? depth - 1 : depth;
};

/** True for JSON with more lists and objects within each other than anybody wants. */
const isTooDeep = (text: string): boolean => {
	let depth = 0;
	let isText = false;
	for (let at = 0; at < text.length; at += 1) {
		const code = text.charCodeAt(at);
		if (code === quotation) isText = !isText;
		else if (isText && code === backslash) at += 1;
		else if (!isText) depth = depthAfter(depth, code);
		if (depth > mostDepth) return true;
	}
	return false;
};

/** An answer as JSON, or as the text that it is where it is none. */
export const parseAnswer = (text: string): unknown => {
	if (isTooDeep(text)) return text.slice(0, mostCharacters);
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
};

/** That an answer is not what the API answers there, and where it is not. */
export const unreadable = ({server, deed}: Deed, words: string): ProblemError =>
	clusterProblems.error(
		'kubernetes-unreadable',
		{server, deed},
		{evidence: [printable(words).slice(0, mostCharacters)]},
	);

/** Reads an answer by its form. @throws ProblemError `kubernetes-unreadable` */
export const readAnswer = <Shape extends z.ZodType>(shape: Shape, body: unknown, deed: Deed): z.output<Shape> => {
	const read = shape.safeParse(body);
	if (read.success) return read.data;
	if (typeof body === 'string') throw unreadable(deed, body === '' ? 'It is empty.' : body);
	const [issue] = read.error.issues;
	throw unreadable(deed, `${issue?.path.join('.') || 'the whole'}: ${issue?.message ?? 'it has another form'}`);
};
