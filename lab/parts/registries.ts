import {existsSync} from 'node:fs';
import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {htpasswdLine, type LabAuthority, type Pair} from '../certificates.ts';
import type {Debian} from '../debian.ts';
import {writeWhenChanged} from '../files.ts';
import {type Part, script} from '../part.ts';
import {type LabPaths, net} from '../paths.ts';
import {getHttps} from './control-plane.ts';
import {passwordFile} from './services.ts';

/** May push and pull everywhere, in both registries. */
export const registryUser = 'installer';
/** May pull only, known to the token server alone. */
export const readerUser = 'reader';

/** How long a token is valid, in seconds, and what the client is told of it (the same unless said). Read for each token. */
export type TokenLife = {readonly seconds: number; readonly told?: number};

/** What `lab/token-server.ts` is started with. A user's rights are added up. */
export type TokenServerSettings = {
	readonly address: string;
	readonly port: number;
	readonly tls: Pair;
	readonly signing: Pair;
	readonly issuer: string;
	readonly service: string;
	readonly lifeFile: string;
	readonly users: readonly {
		readonly username: string;
		readonly passwordFile: string;
		readonly rights: readonly {readonly prefix: string; readonly actions: readonly string[]}[];
	}[];
};

/** File with the `TokenLife` that holds from now on; a suite may write it. */
export const tokenLifeFile = (paths: LabPaths): string => join(paths.config, 'token-life.json');

/** Folders below `data` that hold what was pushed. */
export const registryFolders = {htpasswd: 'registry', tokens: 'registry-tokens'} as const;

const issuer = 'token server of the lab';

// Debian's docker-registry with a certificate of the lab's CA; `auth` is one line of YAML.
const distribution = async (
	{paths, authority, debian}: {readonly paths: LabPaths; readonly authority: LabAuthority; readonly debian: Debian},
	registry: {readonly name: string; readonly folder: string; readonly address: string; readonly auth: string},
): Promise<Part> => {
	const [host = '', port = ''] = registry.address.split(':');
	const pair = await authority.issue(registry.folder, {user: host, hosts: [host], ips: [net.node]});
	const config = join(paths.config, `${registry.folder}.yml`);
	const yaml = `version: 0.1
log: {level: info}
storage:
  filesystem: {rootdirectory: ${join(paths.data, registry.folder)}}
  delete: {enabled: true}
http:
  addr: ${net.node}:${port}
  tls: {certificate: ${pair.cert}, key: ${pair.key}}
auth:
  ${registry.auth}
`;
	await writeWhenChanged(config, yaml);
	return {
		name: registry.name,
		program: join(debian.root, 'usr/bin/docker-registry'),
		args: ['serve', config],
		// Debian's build writes traces to a place that is not there unless told otherwise.
		env: {...debian.env, OTEL_TRACES_EXPORTER: 'none'},
		ports: [Number(port)],
		ready: async () => {
			const {status} = await getHttps(`https://${net.node}:${port}/v2/`, authority.caPem);
			if (status !== 401) throw new Error(`the registry answers ${status} to a request without login`);
		},
	};
};

/** The registry with one user in an htpasswd file. */
export const registryPart = async (paths: LabPaths, authority: LabAuthority, debian: Debian): Promise<Part> => {
	const password = await readFile(await passwordFile(paths, 'registry'), 'utf8');
	const htpasswd = join(paths.config, 'registry.htpasswd');
	if (!existsSync(htpasswd)) await writeFile(htpasswd, await htpasswdLine(registryUser, password), {mode: 0o600});
	const auth = `htpasswd: {realm: lab, path: ${htpasswd}}`;
	const own = {name: 'docker-registry', folder: registryFolders.htpasswd, address: net.registry, auth};
	return distribution({paths, authority, debian}, own);
};

/** The registry that takes tokens alone (distribution, "Configuring a registry", auth.token), and the server that issues them. */
export const tokenParts = async (
	paths: LabPaths,
	authority: LabAuthority,
	debian: Debian,
): Promise<{readonly server: Part; readonly registry: Part}> => {
	const [host = '', port = ''] = net.tokenServer.split(':');
	const life = tokenLifeFile(paths);
	if (!existsSync(life)) await writeFile(life, JSON.stringify({seconds: 300} satisfies TokenLife));
	const text: TokenServerSettings = {
		address: net.node,
		port: Number(port),
		tls: await authority.issue('token-server', {user: host, hosts: [host], ips: [net.node]}),
		signing: await authority.issue('token-signing', {user: issuer}),
		issuer,
		service: net.tokenRegistry,
		lifeFile: life,
		users: [
			{
				username: registryUser,
				passwordFile: await passwordFile(paths, 'tokens'),
				rights: [{prefix: '', actions: ['pull', 'push']}],
			},
			{
				username: readerUser,
				passwordFile: await passwordFile(paths, 'reader'),
				rights: [{prefix: '', actions: ['pull']}],
			},
		],
	};
	const settings = join(paths.config, 'token-server.json');
	await writeWhenChanged(settings, JSON.stringify(text));
	const server: Part = {
		name: 'token-server',
		...script(new URL('../token-server.ts', import.meta.url), settings),
		env: {PATH: process.env.PATH ?? '', HOME: '/root'},
		ports: [text.port],
		ready: async () => {
			const {status} = await getHttps(`https://${net.node}:${port}/token`, authority.caPem);
			if (status !== 401) throw new Error(`the token server answers ${status} to a request without login`);
		},
	};
	const realm = `https://${net.tokenServer}/token`;
	const auth = `token: {realm: "${realm}", service: "${net.tokenRegistry}", issuer: "${issuer}", rootcertbundle: ${authority.ca}}`;
	const own = {name: 'token-registry', folder: registryFolders.tokens, address: net.tokenRegistry, auth};
	return {server, registry: await distribution({paths, authority, debian}, own)};
};
