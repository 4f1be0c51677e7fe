import type {DatabaseFacts, DatabaseLogin} from '../types.ts';
import type {ProgramLogin} from './login-postgres.ts';
import {trustedCa} from './trusted.ts';

/** Seconds until logged in. */
const connectSeconds = 20;

const escapes: Readonly<Record<string, string>> = {'\\': '\\\\', '"': '\\"', '\n': '\\n', '\r': '\\r', '\t': '\\t'};

/** A value of an option file; within quotes a backslash begins an escape (MySQL documentation, "Using Option Files"). */
const quoted = (text: string): string => `"${text.replaceAll(/[\\"\n\r\t]/gu, (letter) => escapes[letter] ?? letter)}"`;

type Lines = readonly string[];

const shownCertificate = (login: DatabaseLogin, folder: string): Lines =>
	login.clientCertificate ? [`ssl-cert=${folder}/client.pem`, `ssl-key=${folder}/client.key`] : [];

const mysqlTls = (login: DatabaseLogin, folder: string): Lines => {
	// Without TLS the password is encrypted with the server's key, as the login of this tool does it.
	if (login.tls === 'disable') return ['ssl-mode=DISABLED', 'get-server-public-key'];
	const check =
		login.tls === 'require' ? ['ssl-mode=REQUIRED'] : ['ssl-mode=VERIFY_IDENTITY', `ssl-ca=${folder}/ca.pem`];
	return [...check, ...shownCertificate(login, folder)];
};

/** MariaDB 11.4 and newer check by themselves; older ones have to be told, all of them may be. */
const mariadbTls = (login: DatabaseLogin, folder: string): Lines => {
	if (login.tls === 'disable') return ['skip-ssl'];
	const check =
		login.tls === 'require' ? ['skip-ssl-verify-server-cert'] : ['ssl-verify-server-cert', `ssl-ca=${folder}/ca.pem`];
	return ['ssl', ...check, ...shownCertificate(login, folder)];
};

/** The one option file that is read, relative to the folder of the files. */
export const optionFile = 'login.cnf';

/**
 * The login as an option file. Password and all stand in it: the programs are told to read no other.
 * @param folder where the files will lie, for the paths in it
 */
export const mysqlLogin = (
	login: DatabaseLogin,
	product: DatabaseFacts['product'],
	folder: string,
): ProgramLogin['files'] => {
	const {host, port, username, password, tls, clientCertificate} = login;
	const lines = [
		'[client]',
		`host=${quoted(host)}`,
		`port=${port}`,
		'protocol=TCP',
		`user=${quoted(username)}`,
		`password=${quoted(password)}`,
		...(product === 'MariaDB' ? mariadbTls(login, folder) : mysqlTls(login, folder)),
		'default-character-set=utf8mb4',
		'max-allowed-packet=1G',
		'',
		'[mysql]',
		`connect-timeout=${connectSeconds}`,
	];
	return {
		[optionFile]: `${lines.join('\n')}\n`,
		...(tls === 'verify-full' && {'ca.pem': trustedCa(login)}),
		...(clientCertificate &&
			tls !== 'disable' && {
				'client.pem': clientCertificate.certificate,
				'client.key': clientCertificate.key,
			}),
	};
};
