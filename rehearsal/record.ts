import {randomBytes} from 'node:crypto';
import {writeFile} from 'node:fs/promises';
import * as z from 'zod';
import {isErrno} from '../source/base/errno.ts';
import {isMap} from '../source/base/text.ts';
import {type Authority, type AuthorityRecord, authorityFrom, createAuthority} from './authority/index.ts';
import {type FaultName, type FaultState, faultNames} from './faults.ts';
import {choosePorts, type Ports} from './folder.ts';
import type {MysqlKind} from './mysql/index.ts';
import {damaged, readJson} from './own-json.ts';
import {rehearsalProblems} from './problems.ts';
import {createSaver} from './saver.ts';

/** Raised when a world that was kept would be played on wrongly. Layout 1 told digests that no bundle has, 2 knew no MySQL. */
const worldLayout = 3;

/** What a rehearsal keeps about itself; a file of mode 0600, since it holds passwords and the key of its CA. */
export type RehearsalRecord = {
	readonly schema: typeof worldLayout;
	readonly ports: Ports;
	readonly authority: AuthorityRecord;
	readonly registryPassword: string;
	/** Of the administrator of PostgreSQL, and of MySQL. */
	readonly databasePassword: string;
	readonly mysqlPassword: string;
	/** Of the backups; a world of an earlier version has none yet. */
	readonly backupPassphrase?: string;
	/** What stands in for MySQL, once it has begun. */
	readonly mysql?: MysqlKind;
	/** The played S3 server, once there was one. */
	readonly s3?: {readonly port: number; readonly accessKey: string; readonly secretKey: string};
	readonly records: Readonly<Record<string, string>>;
	readonly fault?: FaultState;
};

/** The record while the rehearsal runs; every change is saved soon. */
export type Journal = {
	readonly read: () => RehearsalRecord;
	readonly change: (part: Partial<RehearsalRecord>) => void;
	readonly flush: () => Promise<void>;
};

const port = z.int().min(1).max(65_535);

const recordSchema = z.looseObject({
	schema: z.literal(worldLayout),
	ports: z.object({
		lock: port,
		kubernetes: port,
		registry: port,
		postgres: port,
		mysql: port,
		front: port,
		nameServer: port,
	}),
	authority: z.object({name: z.string(), caPem: z.string(), caKeyPem: z.string(), chainPem: z.string()}),
	registryPassword: z.string(),
	databasePassword: z.string(),
	mysqlPassword: z.string(),
	backupPassphrase: z.string().exactOptional(),
	mysql: z.enum(['of this host', 'unpacked', 'played']).exactOptional(),
	s3: z.object({port, accessKey: z.string(), secretKey: z.string()}).exactOptional(),
	records: z.record(z.string(), z.string()),
	fault: z
		.object({
			name: z.enum(faultNames as readonly [FaultName, ...FaultName[]]),
			cleared: z.boolean(),
			struckIn: z.string().exactOptional(),
			cuts: z.record(z.string(), z.number()).exactOptional(),
			missedAt: z.number().exactOptional(),
		})
		.exactOptional(),
});

/** The CA of a site whose clients trust nobody else. */
export const newAuthority = (): Promise<Authority> => createAuthority({name: 'Rehearsal Internal CA'});

/** A password as a password manager makes one. */
export const newPassword = (): string => randomBytes(18).toString('base64url');

const newRecord = async (): Promise<RehearsalRecord> => ({
	schema: worldLayout,
	ports: await choosePorts(),
	authority: (await newAuthority()).toJSON(),
	registryPassword: newPassword(),
	databasePassword: newPassword(),
	mysqlPassword: newPassword(),
	records: {},
});

/**
 * The record in a file, made when there is none. Two runs that begin the same folder at once end up with one: the
 * first.
 */
export const readRecord = async (file: string): Promise<RehearsalRecord> => {
	const known = await readJson<unknown>(file);
	if (known !== undefined) {
		const schema = isMap(known) ? known.schema : undefined;
		if (typeof schema === 'number' && schema !== worldLayout)
			throw rehearsalProblems.error('rehearsal-state-unreadable', {case: 'other version', file});
		const parsed = recordSchema.safeParse(known);
		if (parsed.success) return parsed.data;
		const [first] = parsed.error.issues;
		throw damaged(file, `${first?.path.join('.')}: ${first?.message}`);
	}
	await writeFile(file, JSON.stringify(await newRecord()), {mode: 0o600, flag: 'wx'}).catch((error: unknown) => {
		if (!isErrno(error, 'EEXIST')) throw error;
	});
	return readRecord(file);
};

/** Opens the record for changes. Only for whoever holds the folder. */
export const openJournal = async (file: string): Promise<Journal> => {
	let record = await readRecord(file);
	const saver = createSaver(file, () => record, 0);
	return {
		read: () => record,
		change: (part) => {
			record = {...record, ...part};
			saver.touch();
		},
		flush: saver.flush,
	};
};

/** The CA that was written down in a file. @throws ProblemError `rehearsal-state-unreadable`. */
export const recordedAuthority = async ({authority}: RehearsalRecord, file: string): Promise<Authority> => {
	try {
		return await authorityFrom(authority);
	} catch (error) {
		throw damaged(file, `authority: ${(error as Error).message}`, error);
	}
};
