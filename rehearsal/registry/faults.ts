import type {IncomingMessage} from 'node:http';
import {RegistryError} from './answers.ts';
import type {RegistryFaults} from './types.ts';

/** Does a fault concern this request? */
type Aim = {readonly method?: string | undefined; readonly path?: string | undefined};

const isAt = ({method, path}: Aim, request: IncomingMessage, asked: string): boolean =>
	(method === undefined || method === request.method) && (path === undefined || asked.includes(path));

/**
 * Plays the faults that come before any work: cuts the connection, or refuses with a status of one's choice.
 * @returns true when the connection is cut
 */
export const playFaults = ({drop, status}: RegistryFaults, request: IncomingMessage, path: string): boolean => {
	if (drop && drop.requests > 0 && isAt(drop, request, path)) {
		drop.requests--;
		request.socket.destroy();
		return true;
	}
	if (!status || status.requests <= 0 || !isAt(status, request, path)) return false;
	status.requests--;
	const {code, error = 'UNKNOWN', message = 'a rehearsed fault', headers} = status;
	throw new RegistryError(code, error, message, headers);
};
