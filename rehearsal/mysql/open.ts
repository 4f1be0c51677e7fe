import {existsSync} from 'node:fs';
import {delimiter, dirname, join} from 'node:path';
import {rehearsalProblems} from '../problems.ts';
import {cacheFolder, debianPackages, debianRoot, type ServerTls} from '../servers/index.ts';
import type {Catalogue} from './played/catalogue.ts';
import {startPlayedMysql} from './played/server.ts';
import {findMysql, type MysqlProgram} from './program.ts';
import {startMysql} from './server.ts';

/** Which server stands in: one that this host has, one that is unpacked for it, or a played one. */
export type MysqlKind = 'of this host' | 'unpacked' | 'played';

/** The memory of a played server. */
export type Kept = {
	readonly load: () => Promise<Catalogue | undefined>;
	readonly open: (content: () => Catalogue) => {readonly touch: () => void; readonly flush: () => Promise<void>};
};

export type SiteMysqlOptions = {
	/** The data of a real server lie here, in `mysql/`. */
	readonly directory: string;
	/** Where the played one has its data from, and who hears of every change. */
	readonly kept: Kept;
	readonly port: number;
	readonly adminPassword: string;
	readonly tls: ServerTls;
	/** The kind that this world began with; it keeps to that, since the data lie there. */
	readonly known?: MysqlKind | undefined;
	/** What is asked for: never a real one, or one from Debian's packages. */
	readonly wanted?: 'played' | 'unpacked' | undefined;
	/** The played server offers TLS only while this holds. */
	readonly offersTls: () => boolean;
	readonly log: (line: string) => void;
	readonly signal?: AbortSignal | undefined;
};

export type SiteMysql = {
	readonly kind: MysqlKind;
	/** What it is, for people. */
	readonly words: string;
	readonly port: number;
	readonly stop: () => Promise<void>;
};

const programNames = ['mysqld', 'mariadbd'] as const;

/** A server that somebody put on the search path, with its folder beside it. */
const onPath = (search = process.env.PATH ?? ''): MysqlProgram | undefined => {
	for (const folder of search.split(delimiter).filter(Boolean))
		for (const name of programNames) {
			const program = join(folder, name);
			const base = dirname(folder);
			const share = [join(base, 'share/mysql'), join(base, 'share')].find(existsSync);
			if (!existsSync(program) || share === undefined) continue;
			return {product: name === 'mysqld' ? 'MySQL' : 'MariaDB', command: [program], share, base};
		}
	return undefined;
};

/** @throws ProblemError `rehearsal-mysql-missing` */
const unpacked = async (log: (line: string) => void): Promise<MysqlProgram> => {
	log("looking for MySQL in Debian's packages, 60 MB where it was not fetched before");
	const root = await debianRoot(cacheFolder('mysql'), debianPackages.MySQL).catch((error: unknown) => {
		const words = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
		throw rehearsalProblems.error('rehearsal-mysql-missing', {case: 'not unpacked', words}, {error});
	});
	const program = findMysql(root);
	if (program) return program;
	throw rehearsalProblems.error('rehearsal-mysql-missing', {case: 'incomplete', root});
};

const real = async (options: SiteMysqlOptions, kind: MysqlKind, program: MysqlProgram): Promise<SiteMysql> => {
	const {directory, port, adminPassword, tls, signal} = options;
	const log = join(directory, 'mysql.log');
	const dataDirectory = join(directory, 'mysql');
	const server = await startMysql({program, dataDirectory, port, adminPassword, log, tls, signal});
	return {kind, words: `a real ${server.product}, ${kind}`, port: server.port, stop: server.stop};
};

const played = async (options: SiteMysqlOptions): Promise<SiteMysql> => {
	const {kept, ...rest} = options;
	const load = await kept.load();
	const saver = kept.open(() => server.snapshot());
	const server = await startPlayedMysql({...rest, load, onChange: saver.touch});
	return {
		kind: 'played',
		words: 'played over the real protocol',
		port: server.port,
		stop: async () => {
			await server.stop();
			saver.touch();
			await saver.flush();
		},
	};
};

/** A server of this host, where there is one that starts; a world that began with it needs it. */
const ofThisHost = async (options: SiteMysqlOptions): Promise<SiteMysql | undefined> => {
	const program = findMysql('/') ?? onPath();
	const isNeeded = options.known === 'of this host';
	if (!program) {
		if (isNeeded) throw rehearsalProblems.error('rehearsal-mysql-missing', {case: 'gone'});
		return undefined;
	}
	return real(options, 'of this host', program).catch((error: unknown) => {
		options.signal?.throwIfAborted();
		if (isNeeded) throw error;
		const words = error instanceof Error ? error.message : String(error);
		options.log(`the ${program.product} of this host is left alone: ${words}`);
		return undefined;
	});
};

/**
 * Starts the MySQL of a site on 127.0.0.1: a real one of this host, a real one from Debian's packages where that is
 * asked for, else a played one, which needs nothing.
 * @throws ProblemError `rehearsal-mysql-missing`, and those of a real server that this world needs.
 */
export const openMysql = async (options: SiteMysqlOptions): Promise<SiteMysql> => {
	const {known, wanted, log} = options;
	const choice = known ?? wanted;
	if (choice === 'unpacked') return real(options, 'unpacked', await unpacked(log));
	if (choice === 'played') return played(options);
	return (await ofThisHost(options)) ?? played(options);
};
