import type {Access, Limits} from './access.ts';
import {serverPlace} from './answer-paths.ts';
import type {Provision} from './converge.ts';
import {requireScratchName} from './scratch/names.ts';
import type {DatabaseLogin, DatabasePort, NeededDatabase, PlannedDatabase, ScratchPort} from './types.ts';

/** What an engine does with one login; the rest of a port is alike for all of them. */
type Engine = Pick<DatabasePort, 'judge' | 'script'> & {
	readonly probe: (access: Access) => ReturnType<DatabasePort['probe']>;
	readonly schema: (access: Access) => ReturnType<DatabasePort['schema']>;
	readonly contents: (access: Access) => ReturnType<DatabasePort['contents']>;
	readonly storedSecrets: (access: Access) => ReturnType<DatabasePort['storedSecrets']>;
	readonly refuseAdmin: (admin: Access, needed: Omit<NeededDatabase, 'password'>) => Promise<void>;
	readonly missing: (admin: Access, needed: PlannedDatabase) => ReturnType<DatabasePort['missing']>;
	readonly provision: Provision<Access>;
	readonly scratch: {
		readonly left: (admin: Access) => ReturnType<ScratchPort['left']>;
		readonly claim: (admin: Access, name: string) => Promise<void>;
		readonly made: (admin: Access, name: string) => Promise<void>;
		readonly drop: (admin: Access, name: string) => Promise<void>;
		readonly script: ScratchPort['script'];
	};
};

/** How long the rows of one table may take to be counted, ms: an index of some GB is read for it. */
const countingMs = 10 * 60_000;

/**
 * The port of an engine. @param options.connectTimeoutMs until logged in, 10 s unless told; @param options.statementTimeoutMs until one
 * statement has answered, 60 s unless told: CREATE DATABASE copies files, and a change of accounts waits for backups.
 */
export const portOf = (engine: Engine, options: Partial<Limits>): DatabasePort => {
	const limits = {connectTimeoutMs: 10_000, statementTimeoutMs: 60_000, ...options};
	const asAdmin = (login: DatabaseLogin, signal: AbortSignal): Access => ({
		login: {from: `${serverPlace(login)}.admin`, ...login},
		limits,
		signal,
	});
	return {
		probe: (login, signal) => engine.probe({login, limits, signal}),
		schema: (login, signal) => engine.schema({login, limits, signal}),
		contents: (login, signal) => engine.contents({login, limits: {...limits, statementTimeoutMs: countingMs}, signal}),
		storedSecrets: (login, signal) => engine.storedSecrets({login, limits, signal}),
		judge: engine.judge,
		script: engine.script,
		refuseAdmin: async (admin, needed, signal) => {
			for (const one of needed) await engine.refuseAdmin(asAdmin(admin, signal), one);
		},
		missing: (admin, needed, signal) => engine.missing(asAdmin(admin, signal), needed),
		provision: (admin, needed, {signal, onStatement}) => engine.provision(asAdmin(admin, signal), needed, onStatement),
		scratch: {
			left: (admin, signal) => engine.scratch.left(asAdmin(admin, signal)),
			// Before a connection is made: a name outside of the drill is a fault of this program, and no word of a server.
			claim: async (admin, name, signal) => engine.scratch.claim(asAdmin(admin, signal), requireScratchName(name)),
			made: async (admin, name, signal) => engine.scratch.made(asAdmin(admin, signal), requireScratchName(name)),
			drop: async (admin, name, signal) => engine.scratch.drop(asAdmin(admin, signal), requireScratchName(name)),
			script: engine.scratch.script,
		},
	};
};
