import {once} from 'node:events';
import {connect} from 'node:net';
import type {DatabaseLogin} from '../types.ts';

/** How long a server may take to say whether it has TLS, ms: it does nothing else for that. */
const patienceMs = 1500;

/** `SSLRequest`: length and code (PostgreSQL documentation, "Message Formats"). */
const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/** Asks a server that says nothing by itself what a PostgreSQL client asks first; the answer is one letter. */
export const looksLikePostgres = async (
	{host, port}: Pick<DatabaseLogin, 'host' | 'port'>,
	signal: AbortSignal,
): Promise<boolean> => {
	const socket = connect({host, port});
	try {
		socket.write(sslRequest);
		const patience = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
		const [said] = (await once(socket, 'data', {signal: patience})) as [Buffer];
		return said.length === 1 && (said[0] === 0x53 || said[0] === 0x4e);
	} catch {
		return false;
	} finally {
		socket.on('error', () => undefined);
		socket.destroy();
	}
};
