import {resolvePath} from '../../../answers/resolve-paths.ts';
import {resolveSecret} from '../../../answers/secrets.ts';
import {bundleCommandProblems} from '../../base/bundle-problems.ts';
import type {Context} from '../../base/context.ts';
import type {PlainLines} from '../../plain/lines.ts';
import {Interrupted} from '../stopped.ts';

const fromReference = async (context: Context, reference: string): Promise<string> => {
	const path = reference.startsWith('file:') ? reference.slice('file:'.length) : undefined;
	if (path === undefined && !/^env:[A-Za-z_][A-Za-z0-9_]*$/u.test(reference)) {
		throw bundleCommandProblems.error('signing-passphrase-ref', {case: 'no reference'});
	}
	const base = {baseDirectory: context.workingDirectory, homeDirectory: context.homeDirectory};
	return resolveSecret(path === undefined ? reference : `file:${resolvePath(path, base)}`, {
		answer: '--passphrase-ref',
		environment: context.environment,
		readKubernetesSecret: () => Promise.resolve(undefined),
		onWarning: (text) => context.err(`${text}\n`),
	});
};

/** Asks until something was typed, and the same twice where that is wanted. */
const askUntil = async (lines: PlainLines, prompt: string, twice: boolean, signal: AbortSignal): Promise<string> => {
	for (;;) {
		const typed = await lines.ask(`${prompt}: `, {secret: true, signal});
		if (typed === '') lines.say('It must not be empty.');
		else if (!twice || (await lines.ask('The same once more: ', {secret: true, signal})) === typed) return typed;
		else lines.say('The two were not the same.');
	}
};

const ask = async (context: Context, prompt: string, twice: boolean): Promise<string> => {
	const {openLines} = await import('../lines-on-stderr.ts');
	const stop = new AbortController();
	const lines = openLines(context, () => stop.abort(new Interrupted()));
	try {
		return await askUntil(lines, prompt, twice, AbortSignal.any([stop.signal, context.signal]));
	} finally {
		lines.close();
	}
};

/**
 * A passphrase from where `reference` says (`env:NAME`, `file:PATH`), else typed at the terminal without echo; the redactor
 * knows it from then on.
 * @throws ProblemError `signing-passphrase-ref`, `signing-passphrase-needed` without reference and terminal; the signal's reason
 */
export const readPassphrase = async (
	context: Context,
	options: {readonly reference: string | undefined; readonly prompt: string; readonly twice: boolean},
): Promise<string> => {
	const {reference, prompt, twice} = options;
	if (reference === undefined && context.stdin.isTTY !== true) {
		throw bundleCommandProblems.error('signing-passphrase-needed', {});
	}
	const passphrase = await (reference === undefined ? ask(context, prompt, twice) : fromReference(context, reference));
	context.redactor.register(passphrase);
	return passphrase;
};
