import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {type Measured, measure} from './measure.ts';
import type {Peers} from './peers.ts';
import type {Protection} from './registry.ts';
import type {ImageSet} from './sets.ts';

/** Where to push: `prefix` is the path below the host. */
export type Target = {readonly host: string; readonly protection?: Protection | undefined};
/** Pushes a whole set. `home` is empty at the start, so that nothing is remembered from run to run. */
export type Client = (set: ImageSet, target: Target, home: string) => Promise<Measured>;

const prefix = 'bench';
const cleanEnvironment = (home: string): NodeJS.ProcessEnv => {
	const {SSL_CERT_FILE: _file, SSL_CERT_DIR: _folder, NODE_EXTRA_CA_CERTS: _extra, ...rest} = process.env;
	return {...rest, HOME: home, XDG_CACHE_HOME: home, XDG_STATE_HOME: home, XDG_RUNTIME_DIR: home, DOCKER_CONFIG: home};
};

/** Several calls as one: times add up, of memory the most. */
const together = async (calls: readonly (() => Promise<Measured>)[]): Promise<Measured> => {
	let whole: Measured = {wallMs: 0, cpuMs: 0, peakMb: 0, stdout: ''};
	for (const call of calls) {
		const {wallMs, cpuMs, peakMb, stdout} = await call();
		whole = {
			wallMs: whole.wallMs + wallMs,
			cpuMs: whole.cpuMs + cpuMs,
			peakMb: Math.max(whole.peakMb, peakMb),
			stdout: whole.stdout + stdout,
		};
	}
	return whole;
};

/** The same bytes by bare PUTs, 4 connections; what it takes to hash each byte on the way is told by a run of its own. */
const bareOf =
	(hashed: boolean): Client =>
	(set, {host}, home) =>
		measure([process.execPath, fileURLToPath(new URL('put.ts', import.meta.url))], {
			input: JSON.stringify({host, blobs: set.blobs, hashed}),
			environment: cleanEnvironment(home),
		});

/** Ours: `registry push`, everything as an operator gets it. */
export const ours =
	(program: readonly string[]): Client =>
	(set, {host, protection}, home) => {
		const login = protection
			? ['--ca', protection.ca, '--username', protection.username, '--password-ref', `file:${protection.passwordFile}`]
			: ['--plain-http'];
		const words = [
			'registry',
			'push',
			'--bundle',
			set.path,
			'--to',
			`${host}/${prefix}`,
			'--state-dir',
			home,
			...login,
		];
		return measure([...program, ...words], {environment: cleanEnvironment(home)});
	};

/** Each image by its digest: of several with one tag oras would take the last one for all. */
const orasOf =
	(command: readonly string[]): Client =>
	(set, {host}, home) =>
		together(
			set.images.map(({name, tag, digest}) => () => {
				const to = `${host}/${prefix}/${name}:${tag}`;
				const words = ['cp', '--no-tty', '--to-plain-http', '--from-oci-layout', `${set.path}@${digest}`, to];
				return measure([...command, ...words], {environment: cleanEnvironment(home)});
			}),
		);

const skopeoOf =
	(command: readonly string[]): Client =>
	(set, {host}, home) =>
		together(
			set.images.map(({name, tag}) => async () => {
				const policy = path.join(home, 'policy.json');
				await writeFile(policy, '{"default": [{"type": "insecureAcceptAnything"}]}');
				const from = `docker-archive:${set.path}:bench.example.com/${name}:${tag}`;
				const to = `docker://${host}/${prefix}/${name}:${tag}`;
				const words = ['--policy', policy, '--tmpdir', home, 'copy', '-q', '--dest-tls-verify=false', from, to];
				return measure([...command, ...words], {environment: cleanEnvironment(home)});
			}),
		);

const craneOf =
	(command: readonly string[]): Client =>
	(set, {host}, home) =>
		measure([...command, 'push', '--insecure', '--index', set.path, `${host}/${prefix}/all:1`], {
			environment: cleanEnvironment(home),
		});

export type Clients = {
	readonly bare: Client;
	/** Bare PUTs of bytes that are hashed. */
	readonly hashed: Client;
	readonly ours: Client;
	readonly crane?: Client;
	readonly oras?: Client;
	readonly skopeo?: Client;
};

/** Everything that can push here. */
export const clientsOf = ({crane, oras, skopeo}: Peers, program: readonly string[]): Clients => ({
	bare: bareOf(false),
	hashed: bareOf(true),
	ours: ours(program),
	...(crane && {crane: craneOf(crane.command)}),
	...(oras && {oras: orasOf(oras.command)}),
	...(skopeo && {skopeo: skopeoOf(skopeo.command)}),
});

/** Gives `work` an empty home folder and removes it. */
export const withHome = async <T>(folder: string, work: (home: string) => Promise<T>): Promise<T> => {
	const home = await mkdtemp(path.join(folder, 'home-'));
	try {
		return await work(home);
	} finally {
		await rm(home, {recursive: true, force: true});
	}
};
