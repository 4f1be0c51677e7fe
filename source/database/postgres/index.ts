import type {Limits} from '../access.ts';
import {serverPlace} from '../answer-paths.ts';
import type {DatabaseLogin, DatabasePort} from '../types.ts';
import {judge} from './judge.ts';
import {missing, refuseAdmin} from './missing.ts';
import {probe} from './probe.ts';
import {provision} from './provision.ts';
import {schema} from './schema.ts';
import {script} from './sql.ts';

/**
 * The PostgreSQL port. @param options.connectTimeoutMs until logged in, 10 s unless told;
 * @param options.statementTimeoutMs until one statement has answered, 60 s unless told (CREATE DATABASE copies files).
 */
export const createPostgres = (options: Partial<Limits> = {}): DatabasePort => {
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
