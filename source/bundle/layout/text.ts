import type * as z from 'zod';

/** Names as a sentence bears them: `a, b and 3 more`. */
export const several = (names: readonly string[], most = 10): string => {
	const shown = names.slice(0, most).join(', ');
	return names.length <= most ? shown : `${shown} and ${names.length - most} more`;
};

/** The first fault that a schema found: its place in dotted form, and what is wrong there. */
export const faultIn = ({issues: [issue]}: z.ZodError): {readonly place: string; readonly fault: string} => ({
	place: issue?.path.join('.') || 'the whole file',
	fault: issue?.message ?? 'not understood',
});

/** The format version that a file claims, where it is newer than the one that is understood; a newer tool wrote it. */
export const newerVersion = (value: unknown, understood: number): number | undefined => {
	const version = value instanceof Object && 'formatVersion' in value ? value.formatVersion : undefined;
	return typeof version === 'number' && version > understood ? version : undefined;
};
