import {databaseServerOf} from '../../answers/database-server.ts';
import {type Problem, ProblemError} from '../../base/problem.ts';
import {clientPairProblem} from '../../network/client-pair.ts';
import type {TlsPort} from '../../network/types.ts';
import type {World} from '../world.ts';
import {componentsOf} from './names.ts';

/** A file that the answers name, and the answer that names it. */
type FurtherFile = {readonly answer: string; readonly file: string};

type Named = readonly (readonly [string, string | undefined])[];

/** The server of all is among them as far as a component uses it: files of one that nobody uses are not looked at, which step 2 says. */
const ofServers = (answers: World['answers']): Named => {
	const servers = componentsOf(answers).map(({path}) => databaseServerOf(answers, path));
	const byPlace = new Map(servers.map((server) => [server.from, server]));
	return [...byPlace.values()].flatMap(
		({from, ca, clientCertificate, clientKey}): Named => [
			[`${from}.ca`, ca],
			[`${from}.clientCertificate`, clientCertificate],
			[`${from}.clientKey`, clientKey],
		],
	);
};

/** Files with certificates or a key that the answers name beside those of the servers. */
export const furtherFiles = (answers: World['answers']): readonly FurtherFile[] => {
	const {registry, artifacts, backup} = answers;
	const named: Named = [
		['registry.ca', registry.ca],
		['registry.clientCertificate', registry.clientCertificate],
		['registry.clientKey', registry.clientKey],
		['artifacts.s3.ca', artifacts.s3.ca],
		['backup.schedule.s3.ca', backup.schedule.s3.ca],
		...ofServers(answers),
	];
	return named.flatMap(([answer, file]) => (file === undefined ? [] : [{answer, file}]));
};

type Read = FurtherFile & {readonly pem: string};

const suffix = {certificate: '.clientCertificate', key: '.clientKey'} as const;

/** Certificates and keys of clients that do not belong together, as far as both were read. */
const unfitPairs = (files: readonly Read[]): readonly Problem[] =>
	files
		.filter(({answer}) => answer.endsWith(suffix.certificate))
		.flatMap((certificate) => {
			const of = certificate.answer.slice(0, -suffix.certificate.length);
			const key = files.find(({answer}) => answer === `${of}${suffix.key}`);
			return (key && clientPairProblem(certificate, key)) ?? [];
		});

/**
 * What is wrong with the further files: each by itself, and each certificate of a client with its key.
 * @param readFile reads one as PEM; throws ProblemError for a file that does not do
 */
export const furtherProblems = async (
	answers: World['answers'],
	readFile: (file: string, answer: string) => Promise<string>,
): Promise<readonly Problem[]> => {
	const files = furtherFiles(answers);
	const found = await Promise.allSettled(
		files.map(async (one) => ({...one, pem: await readFile(one.file, one.answer)})),
	);
	const read = found.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
	const unread = found.flatMap((one) => {
		if (one.status === 'fulfilled') return [];
		if (one.reason instanceof ProblemError) return [one.reason.problem];
		throw one.reason;
	});
	return [...unread, ...unfitPairs(read)];
};

/**
 * Why the file of the CAs that this host trusts cannot be used, where the answers name one: without this it is first read after the servers
 * are there. @throws what is no refusal
 */
export const trustStoreProblems = async (
	{network}: Pick<World['answers'], 'network'>,
	tls: Pick<TlsPort, 'hostTrusts'>,
): Promise<readonly Problem[]> => {
	if (network.trustStore === undefined) return [];
	try {
		await tls.hostTrusts('');
		return [];
	} catch (error) {
		if (error instanceof ProblemError) return [error.problem];
		throw error;
	}
};
