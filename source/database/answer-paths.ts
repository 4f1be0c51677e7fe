import type {DatabaseLogin} from './types.ts';

/** The part of the answers that a login stands in. */
type Part = 'username' | 'password' | 'database';

/** What the answers say of a server itself. */
type ServerPart = 'engine' | 'host' | 'port' | 'tls' | 'ca' | 'clientCertificate' | 'clientKey';

/**
 * Paths of the answers that a login stands in; none when its place is not known. The administrator's database is called
 * differently from a component's.
 */
export const answerPaths = (from: string | undefined, parts: readonly Part[]): readonly string[] =>
	from === undefined
		? []
		: parts.map((part) => `${from}.${part === 'database' && !/(?:^|\.)admin$/u.test(from) ? 'name' : part}`);

/** The place of a login's server in the answers: `database` where it is the one of all components. */
export const serverPlace = ({server = 'database'}: Pick<DatabaseLogin, 'server'>): string => server;

/** Paths of the answers that tell of a login's server. */
export const serverPaths = (login: Pick<DatabaseLogin, 'server'>, parts: readonly ServerPart[]): readonly string[] =>
	parts.map((part) => `${serverPlace(login)}.${part}`);
