import {ProblemError} from '../../base/problem.ts';
import {type MysqlAccess, withConnection} from './connect.ts';

/**
 * Whether a server takes this login without TLS too. The product's database client goes on in clear text where a server, or who stands in
 * its place, offers no TLS: only the server can refuse that. The password itself is not sent, not even encrypted with a key that somebody on the
 * way may have given: the proof of it suffices right after a login with TLS.
 * @throws ProblemError where nothing answers any more
 */
export const takesPlainLogin = async (access: MysqlAccess): Promise<boolean> => {
	const login = {...access.login, tls: 'disable', clientCertificate: undefined} as const;
	try {
		await withConnection({...access, login, showsPassword: false}, async () => undefined);
		return true;
	} catch (error) {
		if (error instanceof ProblemError && error.problem.code !== 'database-unreachable') return false;
		throw error;
	}
};
