import {readFileSync} from 'node:fs';
import {delimiter, join, resolve} from 'node:path';
import {LineCounter, parseDocument} from 'yaml';
import * as z from 'zod';
import {ProblemError, type ProblemInput} from '../base/problem.ts';

// Entries stay unread until one is chosen, so a broken entry of another cluster does no harm.
const fileSchema = z.looseObject({
	clusters: z.array(z.looseObject({name: z.string()})).nullish(),
	users: z.array(z.looseObject({name: z.string()})).nullish(),
	contexts: z.array(z.looseObject({name: z.string()})).nullish(),
	'current-context': z.string().nullish(),
});

/** One named entry, unread, with the file it comes from. */
export type Entry = {readonly name: string; readonly value: unknown; readonly file: string};

/** Where to look for the kubeconfig; `environment` may be all of a process's environment. */
export type KubeconfigOptions = {
	readonly kubeconfig?: string | undefined;
	readonly context?: string | undefined;
	readonly homeDirectory: string;
	readonly environment: {readonly KUBECONFIG?: string | undefined};
};

/** What is wrong with the login a sound kubeconfig leads to; everything else is a wrong answer, as a malformed file is. */
const loginCodes: ReadonlySet<string> = new Set([
	'kubeconfig-exec-missing',
	'kubeconfig-login-failed',
	'kubeconfig-certificate-expired',
]);

/** A refusal that the two answers about the kubeconfig may mend. */
export const refuse = (input: Omit<ProblemInput, 'area'>, cause?: unknown): ProblemError =>
	new ProblemError(
		{
			area: loginCodes.has(input.code) ? 'prerequisites' : 'usage',
			answers: ['kubernetes.kubeconfig', 'kubernetes.context'],
			...input,
		},
		{cause},
	);

/** The code of a file system error, e.g. `ENOENT`. */
export const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);

const readText = (file: string): string | undefined => {
	try {
		return readFileSync(file, 'utf8');
	} catch (error) {
		if (codeOf(error) === 'ENOENT') return undefined;
		throw refuse(
			{
				code: 'kubeconfig-unreadable',
				message: `The kubeconfig ${file} cannot be read.`,
				cause:
					codeOf(error) === 'EISDIR' ? 'That is a folder, not a file.' : `The operating system says ${codeOf(error)}.`,
				fix: 'Give this user the right to read the file, or choose another one.',
				location: {file},
			},
			error,
		);
	}
};

const parse = (file: string, text: string): z.output<typeof fileSchema> => {
	const lines = new LineCounter();
	const document = parseDocument(text, {lineCounter: lines, prettyErrors: false});
	const [error] = document.errors;
	const read = error ? undefined : fileSchema.safeParse(document.toJS());
	if (read?.success) return read.data;
	const at = error ? lines.linePos(error.pos[0]) : undefined;
	const issue = read?.error.issues[0];
	throw refuse({
		code: 'kubeconfig-invalid',
		message: `The kubeconfig ${file} is not valid.`,
		cause: error?.message ?? `${issue?.path.join('.') || 'The file'}: ${issue?.message ?? 'is not a kubeconfig'}.`,
		fix: 'Correct the file, or ask the cluster admin for a new one.',
		location: {file, ...(at && {line: at.line, column: at.col})},
	});
};

/** The named files that exist, merged: of two entries with one name the first wins (kubectl's rule for $KUBECONFIG). */
export const readFiles = ({kubeconfig, environment, homeDirectory}: KubeconfigOptions) => {
	const fromVariable = environment.KUBECONFIG?.split(delimiter).filter((part) => part !== '') ?? [];
	const wanted = kubeconfig
		? [kubeconfig.replace(/^~(?=\/|$)/u, homeDirectory)]
		: fromVariable.length > 0
			? fromVariable
			: [join(homeDirectory, '.kube', 'config')];
	const files = wanted.map((name) => resolve(name));
	const parsed = files.flatMap((file) => {
		const text = readText(file);
		return text === undefined ? [] : [{file, content: parse(file, text)}];
	});
	const [first] = parsed;
	if (!first) {
		const source = kubeconfig ? 'the answers' : fromVariable.length > 0 ? '$KUBECONFIG' : 'the default place';
		throw refuse({
			code: 'kubeconfig-missing',
			message: `There is no kubeconfig at ${files.join(' or ')}.`,
			cause: `That path comes from ${source}, and no file is there.`,
			fix: 'Name the kubeconfig file of this cluster: --kubeconfig FILE, or the answer kubernetes.kubeconfig.',
			answers: ['kubernetes.kubeconfig'],
		});
	}
	const entries = (list: 'clusters' | 'users' | 'contexts', key: string): Entry[] =>
		parsed.flatMap(({file, content}) =>
			(content[list] ?? []).map((entry) => ({name: entry.name, value: entry[key], file})),
		);
	return {
		file: first.file,
		current: parsed.map(({content}) => content['current-context']).find((name) => name),
		clusters: entries('clusters', 'cluster'),
		users: entries('users', 'user'),
		contexts: entries('contexts', 'context'),
	};
};
