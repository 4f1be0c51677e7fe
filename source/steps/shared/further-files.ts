import {databaseServerOf} from '../../answers/database-server.ts';
import type {World} from '../world.ts';
import {componentsOf} from './names.ts';

/** A file that the answers name, and the answer that names it. */
type FurtherFile = {readonly answer: string; readonly file: string};

type Named = readonly (readonly [string, string | undefined])[];

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
	const {registry} = answers;
	const named: Named = [
		['registry.ca', registry.ca],
		['registry.clientCertificate', registry.clientCertificate],
		['registry.clientKey', registry.clientKey],
		...ofServers(answers),
	];
	return named.flatMap(([answer, file]) => (file === undefined ? [] : [{answer, file}]));
};
