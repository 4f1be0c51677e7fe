import {Writable} from 'node:stream';
import {resolvePath} from '../../../answers/resolve-paths.ts';
import {resolveSecret} from '../../../answers/secrets.ts';
import {ProblemError} from '../../../base/problem.ts';
import type {Context} from '../../context.ts';
import {createPlainLines} from '../../plain/lines.ts';

const option = '--passphrase-ref';

const fromReference = async (context: Context, reference: string): Promise<string> => {
	const path = reference.startsWith('file:') ? reference.slice('file:'.length) : undefined;
	if (path === undefined && !/^env:[A-Za-z_][A-Za-z0-9_]*$/u.test(reference)) {
		throw new ProblemError({
			code: 'signing-passphrase-ref',
			area: 'usage',
			message: `${option} takes env:NAME or file:PATH.`,
			cause: 'A passphrase itself on a command line is seen by every user of this host.',
			fix: `Put it into a file that only you can read, and give ${option} file:PATH.`,
		});
	}
	const base = {baseDirectory: context.workingDirectory, homeDirectory: context.homeDirectory};
	return resolveSecret(path === undefined ? reference : `file:${resolvePath(path, base)}`, {
		answer: option,
		environment: context.environment,
		readKubernetesSecret: () => Promise.resolve(undefined),
		onWarning: (text) => context.err(`${text}\n`),
	});
};

const ask = async (context: Context, prompt: string, twice: boolean): Promise<string> => {
	const stop = new AbortController();
	const lines = createPlainLines({
		input: context.stdin,
		output: new Writable({
			decodeStrings: false,
			write: (text: string, _encoding, done) => {
				context.err(text);
				done();
			},
		}),
		onInterrupt: () => stop.abort(new Error('it got SIGINT')),
	});
	const signal = AbortSignal.any([stop.signal, context.signal]);
	try {
		for (;;) {
			const typed = await lines.ask(`${prompt}: `, {secret: true, signal});
			if (typed === '') lines.say('It must not be empty.');
			else if (!twice || (await lines.ask('The same once more: ', {secret: true, signal})) === typed) return typed;
			else lines.say('The two were not the same.');
		}
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
		throw new ProblemError({
			code: 'signing-passphrase-needed',
			area: 'usage',
			message: 'The key needs a passphrase, and there is no terminal to type it at.',
			cause: 'Standard input is not a terminal.',
			fix: `Say where it is: ${option} env:NAME, or ${option} file:PATH.`,
		});
	}
	const passphrase = await (reference === undefined ? ask(context, prompt, twice) : fromReference(context, reference));
	context.redactor.register(passphrase);
	return passphrase;
};
