import type {Problem} from '../base/problem.ts';
import type {Circumstances} from '../base/problem-table.ts';
import {crashProblems} from './crash-problems.ts';

/** What the words of all of them name. */
type Facts = {readonly subject: string};

/** Answers of a component, below its path, that may mend why its server ended. */
type ComponentAnswer = 'database.name' | 'database.username' | 'database.password' | 'podSecurityContext';

/** The same of its database server, below the place where the answers tell of that. */
type ServerAnswer = 'engine' | 'host' | 'port' | 'tls' | 'ca';

/** Which last words mean what. */
export type CrashRow = {
	/** In the log on one line, without colors and frames. */
	readonly words: RegExp;
	/** The next start ends the same way: nobody but a person changes it. */
	readonly final: boolean;
	readonly answers?: readonly ComponentAnswer[];
	readonly server?: readonly ServerAnswer[];
	readonly problem: (facts: Facts, more: Circumstances) => Problem;
};

const {problem} = crashProblems;

/** Words of PyMySQL with a number of MySQL's (Server and Client Error Reference), and of PostgreSQL's client library. */
const database: readonly CrashRow[] = [
	{
		words: /Invalid SQL driver value/u,
		final: true,
		server: ['engine'],
		problem: (facts, more) => problem('server-database-engine', facts, more),
	},
	{
		words:
			/\(2003,(?:(?!\(2003,).){0,300}CERTIFICATE_VERIFY_FAILED|SSL error: certificate verify failed|server certificate for .{1,200} does not match host name|(?:MySQL|pymysql)(?:(?!auth\/login).){0,400}CERTIFICATE_VERIFY_FAILED/u,
		final: true,
		server: ['ca', 'host'],
		problem: (facts, more) => problem('server-ca-untrusted', {case: 'database', ...facts}, more),
	},
	{
		words: /\(1045,|password authentication failed for user|\(1698,|\(1862,|\(3118,/u,
		final: true,
		server: ['tls'],
		answers: ['database.username', 'database.password'],
		problem: (facts, more) => problem('server-database-login', facts, more),
	},
	{
		words: /\(1049,|FATAL: +database "[^"]+" does not exist/u,
		final: true,
		answers: ['database.name'],
		problem: (facts, more) => problem('server-database-unknown', facts, more),
	},
	{
		words:
			/\((?:1044|1142|1143|1227|1370|1410),|permission denied for (?:table|schema|relation|database|sequence)|must be owner of/u,
		final: true,
		answers: ['database.username'],
		problem: (facts, more) => problem('server-database-privileges', facts, more),
	},
	{
		words: /\(3159,|insecure transport are prohibited|no pg_hba\.conf entry for .{1,300}(?:no encryption|SSL off)/u,
		final: true,
		server: ['tls'],
		problem: (facts, more) => problem('server-database-tls', {case: 'asked by the server', ...facts}, more),
	},
	{
		words: /\(2026,|server does not support SSL/u,
		final: true,
		server: ['tls'],
		problem: (facts, more) => problem('server-database-tls', {case: 'not offered', ...facts}, more),
	},
	{
		words: /\((?:1290|1836|3989),|in a read-only transaction/u,
		final: true,
		server: ['host'],
		problem: (facts, more) => problem('server-database-read-only', facts, more),
	},
	{
		words: /Can't locate revision identified by/u,
		final: true,
		problem: (facts, more) => problem('server-database-newer', facts, more),
	},
	{
		words: /\((?:1050|1060|1061|1826),|DuplicateTable|DuplicateColumn/u,
		final: true,
		answers: ['database.name'],
		server: ['host'],
		problem: (facts, more) => problem('server-migration-torn', facts, more),
	},
	{
		words: /\((?:1040|1203|1226),|too many clients already|remaining connection slots are reserved/u,
		final: false,
		problem: (facts, more) => problem('server-database-full', facts, more),
	},
	{
		words:
			/\((?:2002|2003|2005|2013),|could not translate host name|connection to server at .{1,300}(?:refused|timed out|timeout expired|No route)/u,
		final: false,
		server: ['host', 'port'],
		problem: (facts, more) => problem('server-database-unreachable', facts, more),
	},
];

/** Words of the requests library about the control plane. */
const controlPlane: readonly CrashRow[] = [
	{
		words: /401 Client Error: Unauthorized for url: \S{1,300}\/auth\/login/u,
		final: true,
		problem: (facts, more) => problem('server-enrollment-refused', facts, more),
	},
	{
		words: /CERTIFICATE_VERIFY_FAILED/u,
		final: true,
		problem: (facts, more) => problem('server-ca-untrusted', {case: 'control plane', ...facts}, more),
	},
	{
		words: /NameResolutionError|Failed to resolve '/u,
		final: false,
		problem: (facts, more) => problem('server-control-plane-unreachable', {case: 'unknown name', ...facts}, more),
	},
	{
		words: /Error fetching auth token from the Cloud API|Failed while trying to contact the central zenml pro service/u,
		final: false,
		problem: (facts, more) => problem('server-control-plane-unreachable', {case: 'no way', ...facts}, more),
	},
];

/** What the pod itself lacks. */
const ownPod: readonly CrashRow[] = [
	{
		words: /No module named '?zenml\.zen_server\.database_migration/u,
		final: true,
		problem: (facts, more) => problem('server-migration-missing', facts, more),
	},
	{
		words: /Could not decrypt secret values|InvalidCiphertextError|cryptography\.fernet\.InvalidToken/u,
		final: true,
		problem: (facts, more) => problem('server-encryption-key', facts, more),
	},
	{
		words: /\[Errno 30\] Read-only file system/u,
		final: true,
		answers: ['podSecurityContext'],
		problem: (facts, more) => problem('server-read-only-files', facts, more),
	},
];

/** All rows; the first whose words stand in the log wins. */
export const crashRows: readonly CrashRow[] = [...ownPod, ...database, ...controlPlane];
