import {PassThrough, Readable} from 'node:stream';
import type {DatabaseLogin} from '../types.ts';
import {emptyPostgresSql} from './empty-postgres.ts';
import {brokenOff} from './failure.ts';
import {companionOf} from './find-tools.ts';
import {postgresLogin} from './login/postgres.ts';
import type {Runner} from './run/runner.ts';
import {endLeftOfPostgres} from './sessions/postgres.ts';
import {withoutUnknownSetting} from './settings.ts';
import {dumpSilenceMs, restoreSilenceMs} from './silence.ts';
import {toTheEnd} from './to-the-end.ts';
import type {DumpPort} from './types.ts';

type DumpOptions = Parameters<DumpPort['dump']>[1];
type RestoreOptions = Parameters<DumpPort['restore']>[1];

/**
 * Options of pg_dump. Owners and grants are left out: what is restored belongs to the role that restores. The quickest compression: the
 * better ones cost more time than the disk.
 */
const dumpWords = [
	'--format=custom',
	'--no-owner',
	'--no-acl',
	'--compress=1',
	'--lock-wait-timeout=60000',
	'--no-password',
];

/** Dumps by pg_dump, which reads all tables in one snapshot. */
export const dumpPostgres = async (runner: Runner, login: DatabaseLogin, options: DumpOptions): Promise<void> => {
	const {tools, into, onBytes, signal} = options;
	const {files, environment} = postgresLogin(login);
	const ended = await runner.run({
		program: tools.program,
		files: () => files,
		environment,
		args: () => dumpWords,
		stdout: into,
		onBytes,
		silenceMs: dumpSilenceMs,
		signal,
	});
	if (ended.exitCode !== 0)
		throw brokenOff({login, work: 'dump', product: 'PostgreSQL', silenceMs: dumpSilenceMs, ended});
};

/** Only what psql is told is done, in one transaction; words of errors come with their SQLSTATE. */
const psqlWords = [
	'--no-psqlrc',
	'--quiet',
	'--no-password',
	'--set=ON_ERROR_STOP=1',
	'--set=VERBOSITY=verbose',
	'--file=-',
];

const scriptWords = ['--format=custom', '--no-owner', '--no-acl', '--file=-'];

/**
 * The dump as a script for psql: what there is goes and what the dump has comes in one transaction. The last word, COMMIT, is said only
 * when pg_restore has read the dump to its end: a psql that hears nothing more, for whatever reason, leaves the database as it was.
 */
async function* scriptOf(
	runner: Runner,
	login: DatabaseLogin,
	options: RestoreOptions,
): AsyncGenerator<string | Buffer> {
	const {tools, from, onBytes, signal} = options;
	const stop = new AbortController();
	const stdout = new PassThrough();
	const {stream, rest} = toTheEnd(from);
	yield `BEGIN;\n${emptyPostgresSql}`;
	const reading = runner
		.run({
			program: companionOf(tools.program, 'pg_restore'),
			args: () => scriptWords,
			stdin: stream,
			stdout,
			onBytes,
			silenceMs: restoreSilenceMs,
			signal: AbortSignal.any([signal, stop.signal]),
		})
		.finally(() => stdout.end());
	reading.catch(() => undefined);
	try {
		yield* withoutUnknownSetting(stdout, tools.serverVersion);
		const ended = await reading;
		if (ended.exitCode !== 0)
			throw brokenOff({login, work: 'restore', product: 'PostgreSQL', silenceMs: restoreSilenceMs, ended});
		await rest();
		yield 'COMMIT;\n';
	} finally {
		stop.abort();
		await reading.catch(() => undefined);
	}
}

/** Restores in one transaction: a restore that is broken off leaves the database as it was. */
export const restorePostgres = async (runner: Runner, login: DatabaseLogin, options: RestoreOptions): Promise<void> => {
	const {files, environment} = postgresLogin(login);
	const {onLine, signal} = options;
	await endLeftOfPostgres(login, {signal, onLine});
	const ended = await runner.run({
		program: companionOf(options.tools.program, 'psql'),
		files: () => files,
		environment,
		args: () => psqlWords,
		stdin: Readable.from(scriptOf(runner, login, options)),
		silenceMs: restoreSilenceMs,
		signal,
	});
	if (ended.exitCode !== 0)
		throw brokenOff({login, work: 'restore', product: 'PostgreSQL', silenceMs: restoreSilenceMs, ended});
};
