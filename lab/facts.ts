import {readFile} from 'node:fs/promises';
import type {LabPaths} from './paths.ts';

/** What the lab offers; passwords are paths of files, so that this can be printed. */
export type LabFacts = {
	readonly kubernetes: {
		readonly version: string;
		readonly kubeconfig: string;
		readonly url: string;
		readonly node: boolean;
	};
	readonly registry: {readonly host: string; readonly username: string; readonly passwordFile: string};
	/** The registry whose logins go through a token server; `reader` may only pull. */
	readonly tokenRegistry: {
		readonly host: string;
		readonly username: string;
		readonly passwordFile: string;
		readonly reader: {readonly username: string; readonly passwordFile: string};
		readonly server: string;
		/** File with a `TokenLife`: how long tokens last from now on. */
		readonly lifeFile: string;
	};
	readonly postgres: {readonly url: string; readonly passwordFile: string};
	readonly mysql: {readonly host: string; readonly port: number; readonly passwordFile: string};
	readonly mariadb: {readonly host: string; readonly port: number; readonly passwordFile: string};
	readonly ca: string;
	readonly nameServer: string;
	/** Folder of the zone: a file in the form of /etc/hosts adds names. */
	readonly zone: string;
	readonly zoneName: string;
	readonly ingress?: {readonly address: string; readonly httpsPort: number; readonly className: string};
	readonly tls?: {readonly certificate: string; readonly key: string};
	/** An answer file of the installer that fits this lab. */
	readonly answers?: string;
	/** The bundle of an earlier version, which an upgrade begins with. */
	readonly earlierBundle?: string;
	readonly logs: string;
	readonly parts: readonly string[];
};

/** The facts of a lab that is up, or undefined. */
export const readFacts = async (paths: LabPaths): Promise<LabFacts | undefined> => {
	const text = await readFile(paths.facts, 'utf8').catch(() => undefined);
	return text === undefined ? undefined : (JSON.parse(text) as LabFacts);
};

/** The facts as lines for people. */
export const factLines = (facts: LabFacts): readonly string[] => [
	`Kubernetes    ${facts.kubernetes.version} at ${facts.kubernetes.url}${facts.kubernetes.node ? '' : ' (no node: nothing runs)'}`,
	`kubeconfig    ${facts.kubernetes.kubeconfig}`,
	`registry      ${facts.registry.host}, user ${facts.registry.username}, password in ${facts.registry.passwordFile}`,
	`with tokens   ${facts.tokenRegistry.host}, user ${facts.tokenRegistry.username}, password in ${facts.tokenRegistry.passwordFile}; token server ${facts.tokenRegistry.server}`,
	`PostgreSQL    ${facts.postgres.url}, password in ${facts.postgres.passwordFile}`,
	`MySQL         ${facts.mysql.host}:${facts.mysql.port}, user root, password in ${facts.mysql.passwordFile}`,
	`MariaDB       ${facts.mariadb.host}:${facts.mariadb.port}, user root, password in ${facts.mariadb.passwordFile}`,
	...(facts.ingress
		? [`ingress       ${facts.ingress.address}:${facts.ingress.httpsPort}, class ${facts.ingress.className}`]
		: []),
	`CA            ${facts.ca}`,
	`name server   ${facts.nameServer}, zone ${facts.zoneName} in ${facts.zone}`,
	...(facts.answers ? [`answers       ${facts.answers}`] : []),
	`logs          ${facts.logs}`,
	'Run something inside: npm run lab -- exec COMMAND. End it: npm run lab -- down',
];
