import {randomBytes} from 'node:crypto';
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {type Draft, type DraftValue, getAt, setAt} from '../../answers/draft.ts';
import {secretPlaces} from '../../answers/secret-places.ts';
import {isErrno} from '../../base/errno.ts';
import type {Context} from '../base/context.ts';
import {childEnvironment} from '../run/child-environment.ts';

/** A draft on its way into the world, and a line for each thing in it that is not the operator's. */
export type Moving = {readonly draft: Draft; readonly lines: readonly string[]};

const unreadable = async (file: string): Promise<string | undefined> => {
	const text = await readFile(file, 'utf8').catch(() => undefined);
	if (text === undefined) return 'the file cannot be read';
	return text.trim() === '' ? 'the file is empty' : undefined;
};

/** Why a secret cannot be read here; undefined when it can, or is typed or made during the run. */
const missing = async (reference: string, {environment}: Context): Promise<string | undefined> => {
	if (reference.startsWith('env:')) return environment[reference.slice(4)] ? undefined : 'the variable is not set';
	if (reference.startsWith('k8s:')) return 'that cluster is not touched';
	return reference.startsWith('file:') ? unreadable(reference.slice(5)) : undefined;
};

/** A secret of the rehearsal in the place of the operator's; the same one in each run on this world. */
const standIn = async (directory: string, at: string): Promise<string> => {
	const file = path.join(directory, 'secrets', 'stand-ins', at);
	await mkdir(path.dirname(file), {recursive: true, mode: 0o700});
	await writeFile(file, randomBytes(18).toString('base64url'), {mode: 0o600, flag: 'wx'}).catch((error: unknown) => {
		if (!isErrno(error, 'EEXIST')) throw error;
	});
	return `file:${file}`;
};

/** Secrets that cannot be read here give way to those of the rehearsal. */
export const withSecrets = async (moving: Moving, context: Context, directory: string): Promise<Moving> => {
	let {draft, lines} = moving;
	for (const at of secretPlaces(draft)) {
		const reference: DraftValue | undefined = getAt(draft, at);
		const why = typeof reference === 'string' ? await missing(reference, context) : undefined;
		if (why === undefined) continue;
		draft = setAt(draft, at, await standIn(directory, at));
		lines = [...lines, `${at}: ${String(reference)} stays out, ${why}; a secret of the rehearsal stands in`];
	}
	return {draft, lines};
};

/** What `env:` references of a draft point to. */
const variablesOf = (draft: Draft): ReadonlySet<string> =>
	new Set(
		secretPlaces(draft).flatMap((at) => {
			const reference = getAt(draft, at);
			return typeof reference === 'string' && reference.startsWith('env:') ? [reference.slice('env:'.length)] : [];
		}),
	);

/**
 * The context of a rehearsed run: variables that hold secrets of the operator are in it only where the rehearsal reads them. Those of
 * answers that it replaced are named by no answer any more, and would go on to helm.
 * @param own the operator's answers @param moved the same, moved into the rehearsed world
 */
export const withoutReplaced = (context: Context, own: Draft, moved: Draft): Context => {
	const needed = variablesOf(moved);
	const kept = Object.entries(context.environment).filter(([name]) => needed.has(name));
	return {...context, environment: {...childEnvironment(context.environment, own), ...Object.fromEntries(kept)}};
};
