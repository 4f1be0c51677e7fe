import {randomBytes} from 'node:crypto';
import {errnoOf, errnoWords, isErrno} from '../base/errno.ts';
import {isAbort, type ProblemError} from '../base/problem.ts';
import {readBounded, silentPipe} from '../base/reading/bounded.ts';
import {withNames} from '../base/reading/unseen.ts';
import {mostSecretBytes} from '../base/redact.ts';
import {shellWord} from '../base/shell.ts';
import {isMap} from '../base/text.ts';
import {isSecretReference} from './parts.ts';
import {answersProblems} from './problems.ts';
import {oddities, type SecretPlace, secretText, tooLong} from './secret/value.ts';

/**
 * What a file of a secret holds; `mode` is its permission bits, absent where the system has none; `more` is its size in words where
 * it holds more than was read.
 */
export type SecretFile = {
	readonly text: string | Uint8Array;
	readonly mode?: number;
	readonly more?: string | undefined;
};

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

/** A secret of the largest size, a mark before it and a line break behind it. */
const mostRead = mostSecretBytes + 8;

const readFromDisk = async (path: string): Promise<SecretFile> => {
	const {bytes, more, size, mode} = await readBounded(path, mostRead);
	const words = size !== undefined ? `${size} bytes` : `more than ${mostSecretBytes} bytes`;
	return {text: bytes, mode, more: more ? words : undefined};
};

/** Takes what was found: checks that it is text of a fit size, and tells what is odd about it. */
const taken = (found: string | Uint8Array, at: SecretPlace, {onWarning}: SecretSources): string => {
	const value = secretText(typeof found === 'string' ? Buffer.from(found) : found, at);
	for (const oddity of oddities(value, at)) onWarning?.(oddity);
	return value;
};

const fromEnvironment = (name: string, sources: SecretSources): string => {
	const {answer, environment} = sources;
	const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
	if (value !== undefined && value !== '')
		return taken(value, {answer, place: `the environment variable ${name}`}, sources);
	const which = value === undefined ? 'not set' : 'empty';
	throw answersProblems.error('answers-secret-env', {case: which, answer, name}, {answers: [answer]});
};

type FileCase = 'not there' | 'file above' | 'not allowed' | 'folder';
const fileCases: Readonly<Record<string, FileCase>> = {
	ENOENT: 'not there',
	ENOTDIR: 'file above',
	EACCES: 'not allowed',
	EPERM: 'not allowed',
	EISDIR: 'folder',
};

const unreadable = (answer: string, path: string, error: unknown): ProblemError => {
	const file = withNames(path);
	const more = {answers: [answer], error};
	if (isErrno(error, silentPipe))
		return answersProblems.error('answers-secret-file', {case: 'pipe', answer, file}, more);
	const which = fileCases[errnoOf(error) ?? ''];
	return which === undefined
		? answersProblems.error('answers-secret-file', {case: 'other', answer, file, why: errnoWords(error, 'read')}, more)
		: answersProblems.error('answers-secret-file', {case: which, answer, file}, more);
};

/** Others who may read it: group or world (chmod(2)). */
const readableByOthers = 0o044;
const writableByOthers = 0o022;

/** What others may do with a file of that mode, in words; undefined where nothing. */
const rightsOfOthers = (mode: number): string | undefined => {
	const [reads, writes] = [(mode & readableByOthers) !== 0, (mode & writableByOthers) !== 0];
	if (reads && writes) return 'read and write';
	if (writes) return 'write';
	return reads ? 'read' : undefined;
};

const fromFile = async (path: string, sources: SecretSources): Promise<string> => {
	const {answer, readFile = readFromDisk, onWarning} = sources;
	const file = await readFile(path).catch((error: unknown) => {
		throw isAbort(error) ? error : unreadable(answer, path, error);
	});
	const at = {answer, place: `the file ${withNames(path)}`};
	if (file.more !== undefined) throw tooLong(at, file.more);
	const value = taken(file.text, at, sources);
	if (value === '')
		throw answersProblems.error(
			'answers-secret-file',
			{case: 'empty', answer, file: withNames(path)},
			{answers: [answer]},
		);
	const rights = rightsOfOthers(file.mode ?? 0);
	if (rights !== undefined)
		onWarning?.(
			`${answer}: other users of this host may ${rights} ${path}; chmod 600 ${shellWord(path)} keeps it private`,
		);
	return value;
};

const fromCluster = async (reference: string, sources: SecretSources): Promise<string> => {
	const {answer, readKubernetesSecret} = sources;
	const [namespace = '', name = '', key = ''] = reference.split('/');
	const place = {answer, namespace, name, key};
	const more = {answers: [answer]};
	const secret = await readKubernetesSecret({namespace, name});
	if (!secret) throw answersProblems.error('answers-secret-kubernetes', {...place, case: 'no secret'}, more);
	const data = isMap(secret.data) ? secret.data : {};
	const value = Object.hasOwn(data, key) ? data[key] : undefined;
	if (typeof value !== 'string') {
		const keys = Object.keys(data).join(', ') || 'none';
		throw answersProblems.error('answers-secret-kubernetes', {...place, case: 'no key', keys}, more);
	}
	const text = taken(
		Buffer.from(value, 'base64'),
		{answer, place: `key ${key} of secret ${namespace}/${name}`},
		sources,
	);
	if (text === '') throw answersProblems.error('answers-secret-kubernetes', {...place, case: 'empty'}, more);
	return text;
};

const fromPrompt = (sources: SecretSources): string => {
	const {answer, prompted} = sources;
	if (prompted !== undefined && prompted !== '') return taken(prompted, {answer, place: 'what was typed'}, sources);
	throw answersProblems.error('answers-secret-prompt', {answer}, {answers: [answer]});
};

/** How each kind of reference is read, by how it begins. */
const readers: readonly (readonly [string, (rest: string, sources: SecretSources) => string | Promise<string>])[] = [
	['env:', fromEnvironment],
	['file:', fromFile],
	['k8s:', fromCluster],
	['prompt', (_rest, sources) => fromPrompt(sources)],
];

/**
 * The secret behind a reference; one line break at the end of a file or key is not part of it. Throws `ProblemError`
 * with the path of the answer: `answers-secret-env`, `answers-secret-file`, `answers-secret-kubernetes` (not there or
 * empty), `answers-secret-unfit` (over 4 KiB, or not the text that a person sees), `answers-secret-prompt` (nobody was asked), `answers-secret-generate` (making it is the caller's part) and
 * `answers-literal-secret` (no reference at all). Errors of `readKubernetesSecret` come through as they are.
 */
export const resolveSecret = async (reference: string, sources: SecretSources): Promise<string> => {
	const {answer} = sources;
	const more = {answers: [answer]};
	if (!isSecretReference(reference))
		throw answersProblems.error('answers-literal-secret', {case: 'read', answer}, more);
	for (const [start, read] of readers)
		if (reference.startsWith(start)) return read(reference.slice(start.length), sources);
	throw answersProblems.error('answers-secret-generate', {answer}, more);
};

/** A new random secret: 32 characters of A-Z, a-z, 0-9, `-` and `_`, 192 bits. */
export const generateSecret = (): string => randomBytes(24).toString('base64url');

/** A new random key of 256 bits as 64 hex digits. */
export const generateHexKey = (): string => randomBytes(32).toString('hex');
