import {randomBytes} from 'node:crypto';
import {readFile as readFileFromDisk, stat} from 'node:fs/promises';
import {isAbort, ProblemError, type ProblemInput} from '../base/problem.ts';
import {isSecretReference} from './draft.ts';

/** What a file of a secret holds; `mode` is its permission bits, absent where the system has none. */
export type SecretFile = {readonly text: string; readonly mode?: number};

/** Where secrets come from. */
export type SecretSources = {
	/** Dotted path of the answer that holds the reference, for messages. */
	readonly answer: string;
	readonly environment: Readonly<Record<string, string | undefined>>;
	/** The secret that the operator typed for this answer; absent when none was asked for. */
	readonly prompted?: string | undefined;
	/** By default the disk of this host. Rejects with the `code` of Node's file errors. */
	readonly readFile?: (path: string) => Promise<SecretFile>;
	/** The Secret object of the cluster, `data` in base64 as the API gives it; `undefined` when there is none. */
	readonly readKubernetesSecret: (at: {
		readonly namespace: string;
		readonly name: string;
	}) => Promise<{readonly [field: string]: unknown} | undefined>;
	/** Takes what is worth knowing but stops nothing: a file of a secret that others may read. */
	readonly onWarning?: (text: string) => void;
};

const readFromDisk = async (path: string): Promise<SecretFile> => {
	const text = await readFileFromDisk(path, 'utf8');
	const {mode} = await stat(path);
	return {text, mode: mode & 0o777};
};

const refuse = (
	answer: string,
	input: Pick<ProblemInput, 'code' | 'message' | 'cause' | 'fix'> & Partial<ProblemInput>,
	cause?: unknown,
): never => {
	throw new ProblemError({area: 'usage', answers: [answer], ...input}, cause === undefined ? undefined : {cause});
};

const fromEnvironment = (name: string, {answer, environment}: SecretSources): string => {
	const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
	if (value !== undefined && value !== '') return value;
	return refuse(answer, {
		code: 'answers-secret-env',
		message: `${answer}: the environment variable ${name} is ${value === undefined ? 'not set' : 'empty'}`,
		cause: `The answers say that this secret is in ${name}, and this program does not find it there.`,
		fix: `Set it and start again: read -rs ${name} && export ${name}`,
		nextSteps: ['With sudo, the variable must be kept: sudo --preserve-env=NAME.'],
	});
};

const fileCauses: Readonly<Record<string, readonly [message: string, fix: string]>> = {
	ENOENT: ['does not exist', 'Make the file, or correct the path.'],
	ENOTDIR: ['does not exist', 'Correct the path: one of its folders is a file.'],
	EACCES: ['may not be read by this user', 'Let this user read it: chmod u+r, or chown.'],
	EPERM: ['may not be read by this user', 'Let this user read it: chmod u+r, or chown.'],
	EISDIR: ['is a folder', 'Name the file in it that holds the secret.'],
};

const fromFile = async (path: string, {answer, readFile = readFromDisk, onWarning}: SecretSources): Promise<string> => {
	const told = (what: string, fix: string, cause?: unknown): never =>
		refuse(
			answer,
			{
				code: 'answers-secret-file',
				message: `${answer}: the file ${path} ${what}`,
				cause: 'The answers say that this secret is in that file.',
				fix,
			},
			cause,
		);
	let file: SecretFile;
	try {
		file = await readFile(path);
	} catch (error) {
		if (isAbort(error)) throw error;
		const [what, fix] = fileCauses[String((error as NodeJS.ErrnoException).code)] ?? [
			`cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`,
			'Look at the file and its folder.',
		];
		return told(what, fix, error);
	}
	const value = file.text.replace(/\r?\n$/u, '');
	if (value === '') return told('is empty', 'Write the secret into it, in one line.');
	if (file.mode !== undefined && (file.mode & 0o044) !== 0)
		onWarning?.(`${answer}: other users of this host may read ${path}; chmod 600 ${path} keeps it private`);
	return value;
};

const fromCluster = async (reference: string, {answer, readKubernetesSecret}: SecretSources): Promise<string> => {
	const [namespace = '', name = '', key = ''] = reference.split('/');
	const at = `secret ${namespace}/${name}`;
	const told = (what: string, fix: string): never =>
		refuse(answer, {
			code: 'answers-secret-kubernetes',
			message: `${answer}: ${what}`,
			cause: `The answers say that this secret is in key ${key} of ${at}.`,
			fix,
		});
	const secret = await readKubernetesSecret({namespace, name});
	if (!secret)
		return told(
			`${at} does not exist`,
			`Make it: kubectl create secret generic ${name} -n ${namespace} --from-file=${key}=FILE`,
		);
	const data = (secret.data ?? {}) as Readonly<Record<string, unknown>>;
	const value = Object.hasOwn(data, key) ? data[key] : undefined;
	if (typeof value !== 'string') {
		const keys = Object.keys(data).join(', ') || 'none';
		return told(`${at} has no key ${key}`, `Name one of its keys (${keys}), or add the key.`);
	}
	const text = Buffer.from(value, 'base64')
		.toString('utf8')
		.replace(/\r?\n$/u, '');
	return text === '' ? told(`key ${key} of ${at} is empty`, 'Write the secret into it.') : text;
};

/**
 * The secret behind a reference; one line break at the end of a file or key is not part of it. Throws `ProblemError`
 * with the path of the answer: `answers-secret-env`, `answers-secret-file`, `answers-secret-kubernetes` (not there or
 * empty), `answers-secret-prompt` (nobody was asked), `answers-secret-generate` (making it is the caller's part) and
 * `answers-literal-secret` (no reference at all). Errors of `readKubernetesSecret` come through as they are.
 */
export const resolveSecret = async (reference: string, sources: SecretSources): Promise<string> => {
	const {answer, prompted} = sources;
	if (!isSecretReference(reference))
		return refuse(answer, {
			code: 'answers-literal-secret',
			message: `${answer} must be a reference to a secret, not the secret itself`,
			cause: 'Answers only say where a secret is.',
			fix: 'Write env:NAME, file:PATH, k8s:namespace/name/key, generate or prompt.',
		});
	if (reference.startsWith('env:')) return fromEnvironment(reference.slice(4), sources);
	if (reference.startsWith('file:')) return fromFile(reference.slice(5), sources);
	if (reference.startsWith('k8s:')) return fromCluster(reference.slice(4), sources);
	if (reference === 'prompt') {
		if (prompted !== undefined && prompted !== '') return prompted;
		return refuse(answer, {
			code: 'answers-secret-prompt',
			message: `${answer}: the secret has to be typed, and nobody was asked`,
			cause: 'The answer is prompt. Typed secrets are kept in memory only, and this run has none for it.',
			fix: 'Start with a screen and type it, or write env:NAME, file:PATH or k8s:namespace/name/key.',
		});
	}
	return refuse(answer, {
		code: 'answers-secret-generate',
		area: 'bug',
		who: 'bug',
		message: `${answer}: a secret that is to be generated was read before it was made`,
		cause: 'The answer is generate, so there is nothing to read it from.',
		fix: 'Send the saved report to the authors. Until then write env:NAME, file:PATH or k8s:namespace/name/key.',
	});
};

/** A new random secret: 32 characters of A-Z, a-z, 0-9, `-` and `_`, 192 bits. */
export const generateSecret = (): string => randomBytes(24).toString('base64url');

/** A new random key of 256 bits as 64 hex digits. */
export const generateHexKey = (): string => randomBytes(32).toString('hex');
