import {ExecaError, execa} from 'execa';
import type {ProblemError} from '../../engine/problem.ts';
import {registryProblem} from '../problems.ts';

/** What a helper keeps for one registry. User `<token>` means that the secret is an identity token. */
export type HelperLogin = {readonly username: string; readonly secret: string};

/** A helper that asks a person, or waits for a network that is not there, must not hold up everything. */
const helperMs = 60_000;
const notFound = 'credentials not found in native keychain';

const fail = (
	name: string,
	server: string,
	cause: string,
	evidence: readonly string[],
	error?: unknown,
): ProblemError =>
	registryProblem(
		{
			code: 'registry-credential-helper',
			message: `The credential helper docker-credential-${name} gave no login for ${server}.`,
			cause,
			fix: 'Mend the helper, or take it out of the configuration file and log in anew.',
			nextSteps: [`echo ${server} | docker-credential-${name} get >/dev/null`],
			...(evidence.length === 0 ? {} : {evidence}),
		},
		error === undefined ? undefined : {cause: error},
	);

/** The last lines of what a program said, for a problem. What could be an answer with a secret in it is left out. */
const lastLines = (text: unknown): readonly string[] =>
	(typeof text === 'string' ? text : '')
		.split(/\r?\n/u)
		.map((line) => line.trim().slice(0, 300))
		.filter((line) => line !== '' && !/"?Secret"?\s*:/iu.test(line))
		.slice(-5);

const parse = (name: string, server: string, stdout: string): HelperLogin => {
	try {
		const value: unknown = JSON.parse(stdout);
		const {Username: username, Secret: secret} = (value ?? {}) as Record<string, unknown>;
		if (typeof username === 'string' && typeof secret === 'string') return {username, secret};
	} catch {
		// Told below: the text itself may hold the secret, so that no part of it goes into the problem.
	}
	throw fail(name, server, 'Its answer is not JSON with Username and Secret.', []);
};

/**
 * Runs `docker-credential-NAME get` (protocol of docker/docker-credential-helpers): the server on standard input, JSON on
 * standard output; errors are words on standard output and exit code 1.
 * @param environment of the helper; its PATH is searched for it
 * @returns undefined when the helper has no login for that server
 * @throws ProblemError `registry-credential-helper`; the signal's reason when it is aborted
 */
export const askHelper = async (
	name: string,
	server: string,
	environment: Readonly<Record<string, string | undefined>>,
	signal: AbortSignal,
	timeoutMs = helperMs,
): Promise<HelperLogin | undefined> => {
	signal.throwIfAborted();
	if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/u.test(name)) {
		throw fail(name.slice(0, 100), server, 'That is not the name of a helper: it has no path and no spaces.', []);
	}
	try {
		const {stdout} = await execa(`docker-credential-${name}`, ['get'], {
			input: server,
			env: environment,
			extendEnv: false,
			timeout: timeoutMs,
			cancelSignal: signal,
			forceKillAfterDelay: 2000,
			maxBuffer: 1024 * 1024,
		});
		return parse(name, server, stdout);
	} catch (error) {
		if (signal.aborted) throw signal.reason;
		if (!(error instanceof ExecaError)) throw error;
		if (String(error.stdout ?? '').includes(notFound)) return undefined;
		if (error.code === 'ENOENT') throw fail(name, server, 'There is no such program in the PATH.', [], error);
		if (error.code === 'EACCES') throw fail(name, server, 'The program may not be executed.', [], error);
		const said = [...lastLines(error.stdout), ...lastLines(error.stderr)];
		if (error.timedOut) throw fail(name, server, `It did not answer within ${timeoutMs / 1000} s.`, said);
		const how =
			error.exitCode === undefined
				? `It was ended by ${error.signal ?? 'the system'}.`
				: `It ended with exit code ${error.exitCode}.`;
		// Without the error itself: it carries the whole output.
		throw fail(name, server, how, said);
	}
};
