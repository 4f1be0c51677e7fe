import {isSecretReference} from '../parts.ts';

/** What is wrong with a text that looks like a reference to a secret and is none; a case of the problem `answers-literal-secret`. */
export type Mistyped = 'env name' | 'file path' | 'k8s parts' | 'shell variable' | 'lower case';

const looks: ReadonlyArray<readonly [pattern: RegExp, kind: Mistyped]> = [
	[/^env:/u, 'env name'],
	[/^file:/u, 'file path'],
	[/^k8s:/u, 'k8s parts'],
	[/^(?:env:|file:|k8s:|(?:generate|prompt)$)/iu, 'lower case'],
	[/^\$(?:[A-Z_][A-Z0-9_]{2,}|\{[A-Za-z_]\w*\})$/u, 'shell variable'],
];

/** What a text was meant to be that only looks like a reference; undefined for a reference, and for what may well be a secret. */
export const mistypedReference = (typed: string): Mistyped | undefined => {
	const text = typed.trim();
	return isSecretReference(text) ? undefined : looks.find(([pattern]) => pattern.test(text))?.[1];
};

/** True for what is typed at the place of a secret and may be seen: a reference, or the beginning of one. */
export const beginsReference = (typed: string): boolean =>
	/^\s*(?:env:|file:|k8s:|(?:generate|prompt)\s*$)/u.test(typed);
