import type {DatabaseLogin} from './types.ts';

/** What a connection may take: milliseconds until logged in, milliseconds until one statement has answered. */
export type Limits = {readonly connectTimeoutMs: number; readonly statementTimeoutMs: number};

/** How a connection is opened, and until when it is wanted. */
export type Access = {readonly login: DatabaseLogin; readonly limits: Limits; readonly signal: AbortSignal};

/** Host and port of a login's server, as problems name it. */
export const addressOf = ({host, port}: Pick<DatabaseLogin, 'host' | 'port'>): string => `${host}:${port}`;
