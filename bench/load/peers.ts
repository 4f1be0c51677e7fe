import {execFileSync} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {mkdir, readdir, rename, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {gunzipSync} from 'node:zlib';
import {runCommand} from '../../lab/commands.ts';

/** A program beside ours: how it is called and which version it is. */
export type Peer = {readonly command: readonly string[]; readonly version: string};
/** What was to be had; the registry is needed, the others may be missing, with the reason in `absent`. */
export type Peers = {
	readonly registry: Peer;
	readonly crane?: Peer;
	readonly oras?: Peer;
	readonly skopeo?: Peer;
	readonly absent: readonly string[];
};

/** The versions that the targets speak of; whatever sid has now is taken and named. */
const wanted = ['docker-registry', 'crane', 'oras', 'skopeo'] as const;

/** Debian's registry wants to send traces unless told otherwise. */
export const registryEnvironment = {OTEL_TRACES_EXPORTER: 'none'} as const;

const download = async (root: string): Promise<void> => {
	const apt = path.join(root, 'apt');
	await mkdir(path.join(apt, 'lists/partial'), {recursive: true});
	await mkdir(path.join(apt, 'archives/partial'), {recursive: true});
	await writeFile(path.join(apt, 'status'), '');
	const source =
		'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian sid main\n';
	await writeFile(path.join(apt, 'sources.list'), source);
	// An own world for apt: with an empty list of installed packages, libraries newer than this system's are fetched as well.
	const options = Object.entries({
		'Dir::Etc::sourcelist': path.join(apt, 'sources.list'),
		'Dir::Etc::sourceparts': '/dev/null',
		'Dir::Etc::preferences': '/dev/null',
		'Dir::Etc::preferencesparts': '/dev/null',
		'Dir::State::lists': path.join(apt, 'lists'),
		'Dir::State::status': path.join(apt, 'status'),
		'Dir::Cache': apt,
		'Dir::Cache::archives': path.join(apt, 'archives'),
		'APT::Sandbox::User': 'root',
	}).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
	await runCommand('apt-get', [...options, 'update'], {timeoutMs: 300_000});
	const install = ['-y', '--no-install-recommends', '--download-only', 'install'];
	await runCommand('apt-get', [...options, ...install, ...wanted], {timeoutMs: 600_000});
	const files = (await readdir(path.join(apt, 'archives'))).filter((name) => name.endsWith('.deb'));
	for (const file of files) await runCommand('dpkg', ['-x', path.join(apt, 'archives', file), root]);
	await rm(apt, {recursive: true});
};

const ask = (command: readonly string[], words: readonly string[]): string | undefined => {
	const [program = '', ...before] = command;
	try {
		return execFileSync(program, [...before, ...words], {encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe']});
	} catch {
		return undefined;
	}
};

const versionIn = (text: string | undefined): string | undefined => /\d+\.\d+\.\d+/u.exec(text ?? '')?.[0];

/** Debian's crane does not know its version; its package does. */
const packaged = (root: string, name: string): string | undefined => {
	const file = path.join(root, 'usr/share/doc', name, 'changelog.Debian.gz');
	return existsSync(file) ? versionIn(gunzipSync(readFileSync(file)).toString('latin1').split('\n')[0]) : undefined;
};

/**
 * The registry and the other loaders, from packages of Debian sid, unpacked once into a folder of the cache; nothing is
 * installed. @throws Error when there is no registry
 */
export const fetchPeers = async (cache: string, say: (line: string) => void): Promise<Peers> => {
	const root = path.join(cache, 'zenml-airgap', 'bench', 'sid');
	const absent: string[] = [];
	if (!existsSync(path.join(root, 'usr/bin/docker-registry'))) {
		say('fetching docker-registry, crane, oras and skopeo of Debian sid (60 MB, about a minute)');
		const making = `${root}.making`;
		await rm(making, {recursive: true, force: true});
		try {
			await download(making);
			await rm(root, {recursive: true, force: true});
			await rename(making, root);
		} catch (error) {
			absent.push(`packages of Debian sid: ${error instanceof Error ? error.message : String(error)}`);
		}
	}
	const unpacked = (name: string): string => path.join(root, 'usr/bin', name);
	const libraries = path.join(root, 'usr/lib/x86_64-linux-gnu');
	// Programs that were linked with a newer libc run under the loader that came with them.
	const ownLoader = (name: string): readonly string[] => [
		path.join(libraries, 'ld-linux-x86-64.so.2'),
		'--library-path',
		libraries,
		unpacked(name),
	];
	const find = (name: string, words: readonly string[]): Peer | undefined => {
		for (const command of [[unpacked(name)], ownLoader(name), [name]]) {
			const told = ask(command, words);
			if (told === undefined) continue;
			return {command, version: versionIn(told) ?? packaged(root, name) ?? 'of unknown version'};
		}
		absent.push(`${name}: neither from Debian sid nor on this machine`);
		return undefined;
	};
	const registry = find('docker-registry', ['--version']);
	const [crane, oras, skopeo] = [find('crane', ['version']), find('oras', ['version']), find('skopeo', ['--version'])];
	if (!registry) throw new Error(`There is no registry to push to. ${absent.join('; ')}`);
	return {registry, ...(crane && {crane}), ...(oras && {oras}), ...(skopeo && {skopeo}), absent};
};
