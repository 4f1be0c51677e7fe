import {open} from 'node:fs/promises';
import {join} from 'node:path';
import * as z from 'zod';
import {errnoOf, errnoWords, isErrno} from '../../base/errno.ts';
import {pullProblems} from './problems.ts';

const text = z.string().optional();
const entry = z.object({auth: text, username: text, password: text, identitytoken: text});
const schema = z.object({
	auths: z.record(z.string(), entry).optional(),
	credHelpers: z.record(z.string(), z.string()).optional(),
	credsStore: text,
});

/** A file of logins as `docker login`, `podman login`, `helm registry login` and others write it. */
export type LoginFile = z.infer<typeof schema> & {readonly path: string};
export type LoginEntry = z.infer<typeof entry>;

/** Where logins are looked for; `named` by the operator, so that it must be there. */
export type LoginPath = {readonly path: string; readonly named: boolean};

const maximumBytes = 4 * 1024 * 1024;

/** Where logins are looked for, in this order. */
export const loginPaths = (
	environment: Readonly<Record<string, string | undefined>>,
	homeDirectory: string,
): readonly LoginPath[] => {
	const {REGISTRY_AUTH_FILE: named, DOCKER_CONFIG: docker, XDG_RUNTIME_DIR: runtime} = environment;
	return [
		// containers-auth.json(5): the variable wins over every default.
		...(named ? [{path: named, named: true}] : []),
		{path: join(docker || join(homeDirectory, '.docker'), 'config.json'), named: false},
		...(runtime ? [{path: join(runtime, 'containers', 'auth.json'), named: false}] : []),
		{
			path: join(environment.XDG_CONFIG_HOME || join(homeDirectory, '.config'), 'containers', 'auth.json'),
			named: false,
		},
	];
};

/** Reads a file of at most that many bytes. @returns undefined where it is longer @throws the error of the file system */
const readBounded = async (path: string): Promise<string | undefined> => {
	const handle = await open(path, 'r');
	try {
		return (await handle.stat()).size > maximumBytes ? undefined : await handle.readFile('utf8');
	} finally {
		await handle.close();
	}
};

/** A file that cannot be read; undefined for one that is not there and need not be. */
const missing = ({path, named}: LoginPath, error: unknown): undefined => {
	const isAbsent = isErrno(error, 'ENOENT') || isErrno(error, 'ENOTDIR');
	if (isAbsent && !named) return undefined;
	if (errnoOf(error) === undefined) throw error;
	const more = {error, location: {file: path}};
	if (isErrno(error, 'ENOENT')) throw pullProblems.error('registry-login-file', {case: 'missing', file: path}, more);
	const words = errnoWords(error, 'read');
	throw pullProblems.error('registry-login-file', {case: 'unreadable', file: path, words}, more);
};

const parse = (path: string, content: string): LoginFile => {
	const location = {file: path};
	let value: unknown;
	try {
		// An empty file is what some tools leave behind.
		value = content.trim() === '' ? {} : JSON.parse(content);
	} catch {
		throw pullProblems.error('registry-login-file', {case: 'no JSON', file: path}, {location});
	}
	const result = schema.safeParse(value);
	if (result.success) return {...result.data, path};
	const place = result.error.issues[0]?.path.join('.') || 'the whole';
	throw pullProblems.error('registry-login-file', {case: 'other form', file: path, place}, {location});
};

/**
 * Reads a file of logins. @returns undefined when there is none
 * @throws ProblemError `registry-login-file` where it may not be read or is no such file
 */
export const readLoginFile = async (at: LoginPath): Promise<LoginFile | undefined> => {
	const {path} = at;
	let content: string | undefined;
	try {
		content = await readBounded(path);
	} catch (error) {
		return missing(at, error);
	}
	if (content !== undefined) return parse(path, content);
	throw pullProblems.error('registry-login-file', {case: 'long', file: path}, {location: {file: path}});
};
