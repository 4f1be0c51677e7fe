import {constants} from 'node:fs';
import {type FileHandle, open} from 'node:fs/promises';
import {errnoWords, isErrno} from '../../base/errno.ts';
import type {Problem} from '../../base/problem.ts';
import type {Circumstances} from '../../base/problem-table.ts';
import {kindOf, readStart} from '../../base/reading/regular.ts';
import {withNames} from '../../base/reading/unseen.ts';
import {formatBytes} from '../../base/units.ts';
import {networkProblems} from '../problems.ts';

const held = {
	'tls.certificate': 'certificate',
	'tls.key': 'private key',
	'tls.ca': 'CA certificate',
	'registry.ca': 'CA certificate',
	'registry.clientCertificate': 'client certificate',
	'registry.clientKey': 'client key',
	'artifacts.s3.ca': 'CA certificate',
	'backup.schedule.s3.ca': 'CA certificate',
	'hooks.ca': 'CA certificate',
	'database.ca': 'CA certificate',
	'database.clientCertificate': 'client certificate',
	'database.clientKey': 'client key',
} as const;

/** What a file should hold. */
export type PemContent = (typeof held)[keyof typeof held];

/** What the file of an answer should hold; a component's own database server has the answers of the shared one. */
const heldAt = (answer: string): PemContent | undefined => {
	const general = answer.replace(/^(?:controlPlane|workspaces\.\d+)\.database\.server\./u, 'database.');
	return general in held ? held[general as keyof typeof held] : undefined;
};

/** A file with certificates or a key; `answer` is the answer or flag that names it. */
export type PemFile = {readonly path: string; readonly answer: string; readonly what: PemContent};

/** What a file holds, or why it is of no use. */
export type Read<Value> = {readonly value: Value} | {readonly problem: Problem};

/** The file that an answer names. @param answer a name that is no answer stands for a CA certificate */
export const pemFile = (answer: string, path: string): PemFile => ({
	answer,
	path,
	what: heldAt(answer) ?? 'CA certificate',
});

/** What problems with a file say of it. */
export const wordsFor = ({path, what}: PemFile) => ({file: withNames(path), what});

/** Where a problem with a file is, and which answer mends it. */
export const placeOf = ({answer, path}: PemFile, line?: number): Circumstances => ({
	...(heldAt(answer) === undefined ? {} : {answers: [answer]}),
	location: line === undefined ? {file: path} : {file: path, line},
});

/** The bytes of a file, or why there are none, as a sentence. */
export type Content = {readonly bytes: Buffer} | {readonly why: string; readonly error?: unknown};

const readFrom = async (handle: FileHandle, most: number): Promise<Content> => {
	const status = await handle.stat();
	// It is read again later: what comes out of a pipe or a device comes once, or without end.
	if (!status.isFile() && !status.isDirectory()) return {why: `It is ${kindOf(status)}, but a file was expected.`};
	const bytes = await readStart(handle, most + 1);
	if (bytes.length <= most) return {bytes};
	return {why: `It is larger than ${formatBytes(most)}, which no file of certificates needs.`};
};

/** Reads a regular file of at most `most` bytes; a link to one is followed. No other kind of file is read, or waited for. */
export const readContent = async (path: string, most: number): Promise<Content> => {
	try {
		// Without this flag, opening a pipe waits for its writer without end.
		const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
		try {
			return await readFrom(handle, most);
		} finally {
			await handle.close();
		}
	} catch (error) {
		return {why: errnoWords(error, 'read'), error};
	}
};

/** A Secret holds no more than this (Kubernetes: MaxSecretSize), and all public CAs together take a quarter of it. */
export const mostPemBytes = 1024 * 1024;

/** The bytes of a file with certificates or a key, at most 1 MiB. */
export const readBytes = async (file: PemFile): Promise<Read<Buffer>> => {
	const content = await readContent(file.path, mostPemBytes);
	if ('bytes' in content) return {value: content.bytes};
	const told = {...wordsFor(file), answer: file.answer};
	const given = isErrno(content.error, 'ENOENT')
		? ({...told, case: 'absent'} as const)
		: ({...told, case: 'refused', why: content.why} as const);
	return {problem: networkProblems.problem('tls-file-unreadable', given, placeOf(file))};
};
