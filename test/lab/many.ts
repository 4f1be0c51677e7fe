import {readFileSync, writeFileSync} from 'node:fs';
import {rm} from 'node:fs/promises';
import {join} from 'node:path';
import {parse, stringify} from 'yaml';
import {openLabAuthority} from '../../lab/certificates.ts';
import {labPaths} from '../../lab/paths.ts';
import {labFacts} from './lab.ts';
import {dropWorkspaces, removeNamespaces} from './world.ts';

const facts = labFacts();

/** A workspace of many, as the lab has it. */
export type OneOfMany = {readonly name: string; readonly host: string; readonly database: string};

/** The lab's answers with one control plane and many workspaces, each with a name in DNS, the certificate and a database. */
export type Many = {
	/** File of the answers. */
	readonly answers: string;
	readonly workspaces: readonly OneOfMany[];
	/** Takes away what an install of them made in cluster and databases; the control plane stays. */
	readonly clear: () => Promise<void>;
	/** The same, and their names. */
	readonly end: () => Promise<void>;
};

/** @param prefix of their names, namespaces and databases @param folder takes the answers */
export const manyWorkspaces = async (prefix: string, count: number, folder: string): Promise<Many> => {
	const answers = parse(readFileSync(facts.answers ?? '', 'utf8')) as {
		tls: Record<string, string>;
		controlPlane: {host: string};
		workspaces: Record<string, unknown>[];
	};
	const all = Array.from({length: count}, (_none, index) => ({
		name: `${prefix}-${index + 1}`,
		host: `${prefix}-${index + 1}.${facts.zoneName}`,
		database: `${prefix}_${index + 1}`,
	}));
	const hosts = [answers.controlPlane.host, ...all.map(({host}) => host)];
	const authority = await openLabAuthority(labPaths(process.env).pki);
	const pair = await authority.issue(`${prefix}-${count}`, {user: answers.controlPlane.host, hosts});
	answers.tls = {...answers.tls, certificate: pair.cert, key: pair.key};
	const [first] = answers.workspaces;
	answers.workspaces = all.map(({name, host, database}) => ({
		...{...first, name, host, namespace: name},
		database: {name: database, username: `${database}_user`},
	}));
	const zone = join(facts.zone, `60-${prefix}`);
	writeFileSync(zone, `${facts.ingress?.address} ${hosts.join(' ')}\n`);
	const file = join(folder, 'answers.yaml');
	writeFileSync(file, stringify(answers), {mode: 0o600});
	const clear = async (): Promise<void> => {
		await removeNamespaces(all.map(({name}) => name));
		await dropWorkspaces(all.map(({database}) => database));
	};
	return {
		answers: file,
		workspaces: all,
		clear,
		end: async () => {
			await clear();
			await rm(zone, {force: true});
		},
	};
};
