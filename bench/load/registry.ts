import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {htpasswdLine} from '../../lab/certificates.ts';
import {createAuthority} from '../../rehearsal/authority/index.ts';
import {type Peer, registryEnvironment} from './peers.ts';

/** One request as the registry logs it. */
export type Logged = {readonly method: string; readonly path: string; readonly status: number};

/** An empty registry on loopback. */
export type Registry = {
	readonly host: string;
	/** Requests so far, where they are logged. */
	readonly requests: () => readonly Logged[];
	readonly stop: () => Promise<void>;
};

/** Certificate and login of the registries that ask for them. Paths are absolute. */
export type Protection = {
	readonly ca: string;
	readonly cert: string;
	readonly key: string;
	readonly htpasswd: string;
	readonly username: string;
	readonly password: string;
	readonly passwordFile: string;
};

/** A private CA, a certificate for 127.0.0.1 and a user, in a folder. */
export const makeProtection = async (folder: string): Promise<Protection> => {
	await mkdir(folder, {recursive: true});
	const authority = await createAuthority({name: 'bench'});
	const issued = await authority.issue({hosts: ['localhost'], ips: ['127.0.0.1']});
	const [username, password] = ['bench', 'only for this benchmark'];
	const at = (name: string): string => path.join(folder, name);
	await writeFile(at('ca.crt'), authority.caPem);
	await writeFile(at('tls.crt'), issued.cert);
	await writeFile(at('tls.key'), issued.key, {mode: 0o600});
	await writeFile(at('htpasswd'), await htpasswdLine(username, password));
	await writeFile(at('password'), password, {mode: 0o600});
	return {
		ca: at('ca.crt'),
		cert: at('tls.crt'),
		key: at('tls.key'),
		htpasswd: at('htpasswd'),
		username,
		password,
		passwordFile: at('password'),
	};
};

const freePort = async (): Promise<number> => {
	const server = net.createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const {port} = server.address() as net.AddressInfo;
	server.close();
	await once(server, 'close');
	return port;
};

const answers = (host: string, protection: Protection | undefined): Promise<boolean> =>
	new Promise((resolve) => {
		const module = protection ? https : http;
		const options = {rejectUnauthorized: false, timeout: 2000};
		module
			.get(`${protection ? 'https' : 'http'}://${host}/v2/`, options, (response) => {
				response.resume();
				resolve(true);
			})
			.on('error', () => resolve(false));
	});

/** Requests in the combined log format of the Apache web server, in which docker-registry logs. */
const logLine = /"([A-Z]+) (\S+) HTTP\/[\d.]+" (\d{3}) /u;

/**
 * Starts docker-registry with an empty folder on 127.0.0.1; `stop` removes the folder.
 * @param options.logged keep its access log, which costs time
 */
export const startRegistry = async (
	peer: Peer,
	folder: string,
	options: {readonly protection?: Protection | undefined; readonly logged?: boolean} = {},
): Promise<Registry> => {
	const {protection, logged = false} = options;
	const data = await mkdtemp(path.join(folder, 'registry-'));
	const host = `127.0.0.1:${await freePort()}`;
	const tls = protection ? `, tls: {certificate: ${protection.cert}, key: ${protection.key}}` : '';
	const auth = protection ? `auth: {htpasswd: {realm: bench, path: ${protection.htpasswd}}}\n` : '';
	const config = path.join(data, 'config.yml');
	await writeFile(
		config,
		`version: 0.1\nlog: {level: error, accesslog: {disabled: ${!logged}}}\nstorage: {filesystem: {rootdirectory: ${data}/store}}\nhttp: {addr: '${host}'${tls}}\n${auth}`,
	);
	const [program = '', ...words] = peer.command;
	const child = spawn(program, [...words, 'serve', config], {
		env: {...process.env, ...registryEnvironment},
		stdio: ['ignore', logged ? 'pipe' : 'ignore', 'ignore'],
	});
	let log = '';
	child.stdout?.setEncoding('utf8').on('data', (text: string) => {
		log += text;
	});
	const ended = once(child, 'close');
	// A benchmark that is stopped in the middle must not leave a server behind.
	const end = (): void => void child.kill('SIGKILL');
	process.prependOnceListener('exit', end);
	const stop = async (): Promise<void> => {
		process.off('exit', end);
		end();
		await ended;
		await rm(data, {recursive: true, force: true});
	};
	for (let attempt = 0; !(await answers(host, protection)); attempt++) {
		if (child.exitCode === null && attempt < 400) await sleep(25);
		else {
			await stop();
			throw new Error('docker-registry did not start');
		}
	}
	log = '';
	const requests = (): readonly Logged[] =>
		log.split('\n').flatMap((line) => {
			const [, method, target, status] = logLine.exec(line) ?? [];
			return method && target ? [{method, path: target, status: Number(status)}] : [];
		});
	return {host, requests, stop};
};
