import {access} from 'node:fs/promises';
import path from 'node:path';
import {type Draft, getAt, setAt} from '../../../answers/draft.ts';
import {placesOfType} from '../../../answers/secret-places.ts';
import type {ReadBackup} from '../../../backup/types.ts';
import {saveFile} from '../../../base/files.ts';
import {withNames} from '../../../base/reading/unseen.ts';
import type {Context} from '../../base/context.ts';
import {type Held, heldIn} from './held.ts';

const isThere = async (file: string): Promise<boolean> =>
	access(file).then(
		() => true,
		() => false,
	);

/** A reference to a file or a variable of a host; others lead to no host, or to whoever types. */
type OnHost = {readonly what: string; readonly isHere: () => Promise<boolean>};

const onHost = ({environment}: Context, text: string, isSecret: boolean): OnHost | undefined => {
	if (!isSecret || text.startsWith('file:')) {
		const file = isSecret ? text.slice('file:'.length) : text;
		// A program is looked for on the search path, and a key may stand there itself.
		return path.isAbsolute(file) ? {what: withNames(file), isHere: async () => isThere(file)} : undefined;
	}
	const name = /^env:(.+)$/u.exec(text)?.[1];
	if (name === undefined) return undefined;
	return {what: `the variable ${name}`, isHere: async () => (environment[name] ?? '') !== ''};
};

/** What the answers refer to and this host lacks, by answer. */
const lackingIn = async (context: Context, answers: Draft): Promise<ReadonlyMap<string, string>> => {
	const lacking = new Map<string, string>();
	for (const type of ['path', 'secret'] as const)
		for (const answer of placesOfType(answers, type)) {
			const text = getAt(answers, answer);
			const found = typeof text === 'string' ? onHost(context, text, type === 'secret') : undefined;
			if (found && !(await found.isHere())) lacking.set(answer, found.what);
		}
	return lacking;
};

const fileOf = (folder: string, {answer, kind}: Held): string => {
	const name = answer.replaceAll('.', '-');
	if (kind === 'secret') return path.join(folder, `${name}.secret`);
	return path.join(folder, answer.startsWith('tls.') ? `certificates-${name.slice('tls-'.length)}.pem` : `${name}.pem`);
};

/**
 * Lays down what the answers of a backup refer to, this host lacks and the backup holds, each in a file of this user alone.
 * @returns the answers that lead to these files, and what is still lacking: places and what they refer to
 * @throws what `heldIn` throws; ProblemError of a file that cannot be written
 */
export const layDown = async (
	context: Context,
	backup: ReadBackup,
	answers: Draft,
	folder: string,
): Promise<{
	readonly answers: Draft;
	readonly laid: readonly string[];
	readonly lacking: ReadonlyMap<string, string>;
}> => {
	const lacking = await lackingIn(context, answers);
	let led = answers;
	const laid: string[] = [];
	for (const held of await heldIn(backup, answers, context.signal)) {
		if (!lacking.has(held.answer)) continue;
		const {answer, kind, text} = held;
		if (kind === 'secret' || /key$/iu.test(answer)) context.redactor.register(text);
		const file = await saveFile(fileOf(folder, held), text);
		led = setAt(led, answer, kind === 'secret' ? `file:${file}` : file);
		laid.push(answer);
	}
	return {answers: led, laid, lacking: new Map([...lacking].filter(([answer]) => !laid.includes(answer)))};
};
