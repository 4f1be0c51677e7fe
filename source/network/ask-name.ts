import {shellWord} from '../base/shell.ts';

/** Where name servers listen (RFC 1035). */
export const usualPort = 53;

/** A name server as programs are told it. @param server `ip`, `ip:port`, `[ip]` or `[ip]:port` */
export const nameServerOf = (server: string): {readonly host: string; readonly port: number} => {
	const [, host, port] = /^\[([^\]]+)\](?::(\d+))?$/u.exec(server) ?? /^([^:]+):(\d+)$/u.exec(server) ?? [];
	return {host: host ?? server, port: port === undefined ? usualPort : Number(port)};
};

/** The same as people read it, always with its port: `10.0.0.2:53`, `[fd00::2]:53`. */
export const shownServer = (server: string): string => {
	const {host, port} = nameServerOf(server);
	return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
};

/** What `dig` is told of a server; nothing where it asks that of the host. */
export const digServer = (server: string | undefined): readonly string[] => {
	if (server === undefined) return [];
	const {host, port} = nameServerOf(server);
	return port === usualPort ? [`@${host}`] : [`@${host}`, '-p', String(port)];
};

/** The command that asks the same server for a name; dig asks for an A record where it is told no type. */
export const digCommand = (server: string | undefined, name: string, type: 'A' | 'AAAA' = 'A'): string =>
	['dig', ...digServer(server), '+short', name, ...(type === 'A' ? [] : [type])].map(shellWord).join(' ');

/** The same with the program that most hosts have. */
export const nslookupCommand = (server: string | undefined, name: string): string => {
	if (server === undefined) return ['nslookup', name].map(shellWord).join(' ');
	const {host, port} = nameServerOf(server);
	return ['nslookup', ...(port === usualPort ? [] : [`-port=${port}`]), name, host].map(shellWord).join(' ');
};
