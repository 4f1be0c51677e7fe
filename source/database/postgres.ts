import type {Limits} from './connect.ts';
import {missing} from './missing.ts';
import {probe} from './probe.ts';
import {provision} from './provision.ts';
import {script} from './sql.ts';
import type {DatabaseLogin, DatabasePort} from './types.ts';

export {factProblem} from './problems.ts';
export {scramVerifier} from './scram.ts';
export type * from './types.ts';

/**
 * The PostgreSQL port. @param options.connectTimeoutMs until logged in, 10 s unless told;
 * @param options.statementTimeoutMs until one statement has answered, 60 s unless told (CREATE DATABASE copies files).
 */
export const createPostgres = (options: Partial<Limits> = {}): DatabasePort => {
	const limits = {connectTimeoutMs: 10_000, statementTimeoutMs: 60_000, ...options};
	const asAdmin = (login: DatabaseLogin): DatabaseLogin => ({from: 'database.admin', ...login});
	return {
		probe: async (login, signal) => probe(login, limits, signal),
		missing: async (admin, wish, signal) => missing(asAdmin(admin), wish, limits, signal),
		provision: async (admin, wish, given) => provision(asAdmin(admin), wish, limits, given),
		script,
	};
};
