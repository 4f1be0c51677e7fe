import {randomBytes} from 'node:crypto';
import {readFile, writeFile} from 'node:fs/promises';
import {errnoWords, isErrno} from '../source/base/errno.ts';
import {type Authority, type AuthorityRecord, authorityFrom, createAuthority} from './authority/index.ts';
import type {FaultState} from './faults.ts';
import {choosePorts, type Ports} from './folder.ts';
import {rehearsalProblems} from './problems.ts';
import {createSaver} from './saver.ts';

/** What a rehearsal keeps about itself; a file of mode 0600, since it holds passwords and the key of its CA. */
export type RehearsalRecord = {
	readonly schema: 1;
	readonly ports: Ports;
	readonly authority: AuthorityRecord;
	readonly registryPassword: string;
	readonly databasePassword: string;
	readonly records: Readonly<Record<string, string>>;
	readonly fault?: FaultState;
};

/** The record while the rehearsal runs; every change is saved soon. */
export type Journal = {
	readonly read: () => RehearsalRecord;
	readonly change: (part: Partial<RehearsalRecord>) => void;
	readonly flush: () => Promise<void>;
};

const textOf = async (file: string): Promise<string | undefined> => {
	try {
		return await readFile(file, 'utf8');
	} catch (error) {
		if (isErrno(error, 'ENOENT')) return undefined;
		const given = {case: 'closed', file, words: errnoWords(error, 'read')} as const;
		throw rehearsalProblems.error('rehearsal-state-unreadable', given, {error});
	}
};

/** The JSON in a file, or undefined when there is no such file. @throws ProblemError `rehearsal-state-unreadable`. */
export const readJson = async <T>(file: string): Promise<T | undefined> => {
	const text = await textOf(file);
	try {
		return text === undefined ? undefined : (JSON.parse(text) as T);
	} catch (error) {
		const given = {case: 'damaged', file, words: (error as Error).message} as const;
		throw rehearsalProblems.error('rehearsal-state-unreadable', given, {error});
	}
};

/** The CA of a site whose clients trust nobody else. */
export const newAuthority = (): Promise<Authority> => createAuthority({name: 'Rehearsal Internal CA'});

const newRecord = async (): Promise<RehearsalRecord> => ({
	schema: 1,
	ports: await choosePorts(),
	authority: (await newAuthority()).toJSON(),
	registryPassword: randomBytes(18).toString('base64url'),
	databasePassword: randomBytes(18).toString('base64url'),
	records: {},
});

/**
 * The record in a file, made when there is none. Two runs that begin the same folder at once end up with one: the
 * first.
 */
export const readRecord = async (file: string): Promise<RehearsalRecord> => {
	const known = await readJson<RehearsalRecord>(file);
	if (known) return known;
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

/** The CA that was written down. */
export const recordedAuthority = ({authority}: RehearsalRecord): Promise<Authority> => authorityFrom(authority);
