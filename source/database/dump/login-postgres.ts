import {addressOf} from '../access.ts';
import {answerPaths} from '../answer-paths.ts';
import type {DatabaseLogin} from '../types.ts';
import {dumpProblems} from './problems.ts';
import {trustedCa} from './trusted.ts';

/** How the programs log in: files that only they read, and what is told openly. */
export type ProgramLogin = {
	readonly files: Readonly<Record<string, string>>;
	/** @param folder where the files lie */
	readonly environment: (folder: string) => Readonly<Record<string, string>>;
};

/** Seconds until logged in. */
const connectSeconds = '20';

/** A field of a password file, where colon and backslash have a backslash before them (PostgreSQL documentation, 34.16). */
const field = (text: string): string => text.replaceAll(/[\\:]/gu, '\\$&');

/**
 * The login as libpq takes it from its environment; the password stands in a file alone.
 * @throws ProblemError `dump-password` for one that the file cannot hold
 */
export const postgresLogin = (login: DatabaseLogin): ProgramLogin => {
	const {host, port, username, password, database, tls, clientCertificate, from} = login;
	if (/[\r\n\0]/u.test(password)) {
		const facts = {role: username, server: addressOf(login)};
		throw dumpProblems.error('dump-password', facts, {answers: answerPaths(from, ['password'])});
	}
	return {
		files: {
			passwords: `*:*:*:*:${field(password)}\n`,
			...(tls === 'verify-full' && {'ca.pem': trustedCa(login)}),
			...(clientCertificate &&
				tls !== 'disable' && {
					'client.pem': clientCertificate.certificate,
					'client.key': clientCertificate.key,
				}),
		},
		environment: (folder) => ({
			PGHOST: host,
			PGPORT: String(port),
			PGUSER: username,
			PGDATABASE: database,
			PGPASSFILE: `${folder}/passwords`,
			PGSSLMODE: tls,
			PGSSLROOTCERT: `${folder}/ca.pem`,
			PGSSLCERT: `${folder}/client.pem`,
			PGSSLKEY: `${folder}/client.key`,
			// The login of the answers is by password; Kerberos tickets of whoever runs this are no part of it.
			PGGSSENCMODE: 'disable',
			PGCONNECT_TIMEOUT: connectSeconds,
			PGAPPNAME: 'zenml-airgap',
			PGCLIENTENCODING: 'UTF8',
		}),
	};
};
