import type {Limits} from '../access.ts';
import {serverPlace} from '../answer-paths.ts';
import type {DatabaseLogin, DatabasePort} from '../types.ts';
import {judge} from './judge.ts';
import {missing, refuseAdmin} from './missing.ts';
import {probe, schema} from './probe.ts';
import {provision} from './provision.ts';
import {script} from './script.ts';

/**
 * The port of MySQL, and of MariaDB, which speaks the same protocol. @param options.connectTimeoutMs until logged in, 10 s unless told;
 * @param options.statementTimeoutMs until one statement has answered, 60 s unless told (a change of accounts waits for backups).
 */
export const createMysql = (options: Partial<Limits> = {}): DatabasePort => {
	const limits = {connectTimeoutMs: 10_000, statementTimeoutMs: 60_000, ...options};
	const asAdmin = (login: DatabaseLogin): DatabaseLogin => ({from: `${serverPlace(login)}.admin`, ...login});
	return {
		probe: (login, signal) => probe({login, limits, signal}),
		schema: (login, signal) => schema({login, limits, signal}),
		judge,
		refuseAdmin: async (admin, needed, signal) => {
			for (const one of needed) await refuseAdmin({login: asAdmin(admin), limits, signal}, one);
		},
		missing: (admin, needed, signal) => missing({login: asAdmin(admin), limits, signal}, needed),
		provision: (admin, needed, {signal, onStatement}) =>
			provision({login: asAdmin(admin), limits, signal}, needed, onStatement),
		script,
	};
};
