import {open} from 'node:fs/promises';
import {join} from 'node:path';
import * as z from 'zod';
import type {ProblemError} from '../../base/problem.ts';
import {registryProblem} from '../problems.ts';

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

const maximumBytes = 4 * 1024 * 1024;

const unreadable = (path: string, cause: string, error?: unknown): ProblemError =>
	registryProblem(
		{
			code: 'registry-login-file',
			message: `The file ${path} with the logins of registries cannot be used.`,
			cause,
			fix: 'Mend the file, or name a folder with another config.json by DOCKER_CONFIG.',
			location: {file: path},
		},
		error === undefined ? undefined : {cause: error},
	);

/** Where logins are looked for, in this order; `named` by the operator, so that it must be there. */
export const loginPaths = (
	environment: Readonly<Record<string, string | undefined>>,
	homeDirectory: string,
): readonly {readonly path: string; readonly named: boolean}[] => {
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

/**
 * Reads a file of logins. @returns undefined when there is none
 * @throws ProblemError `registry-login-file` where it may not be read or is no such file
 */
export const readLoginFile = async (path: string, named: boolean): Promise<LoginFile | undefined> => {
	let content: string;
	try {
		const handle = await open(path, 'r');
		try {
			if ((await handle.stat()).size > maximumBytes) throw unreadable(path, 'It is longer than any file of logins.');
			content = await handle.readFile('utf8');
		} finally {
			await handle.close();
		}
	} catch (error) {
		const code = (error as NodeJS.ErrnoException).code;
		if (!named && (code === 'ENOENT' || code === 'ENOTDIR')) return undefined;
		if (code === undefined) throw error;
		if (code === 'ENOENT') throw unreadable(path, 'REGISTRY_AUTH_FILE names it, but it does not exist.', error);
		throw unreadable(
			path,
			code === 'EACCES' ? 'This user may not read it.' : `The operating system says ${code}.`,
			error,
		);
	}
	let value: unknown;
	try {
		// An empty file is what some tools leave behind.
		value = content.trim() === '' ? {} : JSON.parse(content);
	} catch {
		// Without the parser's words: they quote the text, which holds logins.
		throw unreadable(path, 'It is not JSON.');
	}
	const result = schema.safeParse(value);
	if (!result.success) {
		const place = result.error.issues[0]?.path.join('.') || 'the whole';
		throw unreadable(path, `It is not built like a file of logins: look at ${place}.`);
	}
	return {...result.data, path};
};
