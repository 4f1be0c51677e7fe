import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, readdirSync} from 'node:fs';
import {writeFile} from 'node:fs/promises';
import net from 'node:net';
import {homedir} from 'node:os';
import {delimiter, join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {onTestFinished} from 'vitest';
import {startRegistry} from '../../rehearsal/registry/index.ts';
import {freePort} from '../helpers/loopback.ts';
import {temporary} from './helpers.ts';

const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'zenml-airgap');
const labs = existsSync(join(cache, 'lab')) ? readdirSync(join(cache, 'lab')) : [];

/** The CNCF distribution registry 2.8 of Debian's package `docker-registry`, where it is at hand: named, on the path, or of the lab. */
export const dockerRegistry = [
	process.env.ZENML_AIRGAP_DOCKER_REGISTRY ?? '',
	...(process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'docker-registry')),
	...labs.map((name) => join(cache, 'lab', name, 'usr/bin/docker-registry')),
].find((path) => path !== '' && existsSync(path));

/**
 * The same registry in version 3, where it was built:
 * `GOBIN=~/.cache/zenml-airgap/distribution-3.0.0 go install github.com/distribution/distribution/v3/cmd/registry@v3.0.0`
 */
export const distribution3 = [
	process.env.ZENML_AIRGAP_DISTRIBUTION_3 ?? '',
	join(cache, 'distribution-3.0.0/registry'),
].find((path) => path !== '' && existsSync(path));

/** Starts a registry binary on a fresh folder; it ends with the test. @returns host:port */
export const startBinary = async (
	binary: string,
	tls?: {readonly key: string; readonly cert: string},
	/** Where its files go, below `data`. */
	folder?: string,
): Promise<string> => {
	const directory = folder ?? (await temporary());
	const port = await freePort();
	const file = join(directory, 'config.yml');
	const certificate = tls ? `, tls: {certificate: ${directory}/cert.pem, key: ${directory}/key.pem}` : '';
	await writeFile(join(directory, 'cert.pem'), tls?.cert ?? '');
	await writeFile(join(directory, 'key.pem'), tls?.key ?? '');
	await writeFile(
		file,
		`version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: ${directory}/data}}\nhttp: {addr: '127.0.0.1:${port}'${certificate}}\n`,
	);
	const child = spawn(binary, ['serve', file], {
		stdio: 'ignore',
		env: {PATH: process.env.PATH ?? '', OTEL_TRACES_EXPORTER: 'none'},
	});
	onTestFinished(async () => {
		if (child.exitCode !== null) return;
		child.kill();
		await once(child, 'exit');
	});
	for (let attempt = 0; attempt < 200; attempt++) {
		const socket = net.connect(port, '127.0.0.1');
		const open = await Promise.race([
			once(socket, 'connect').then(() => true),
			once(socket, 'error').then(
				() => true,
				() => false,
			),
		]).catch(() => false);
		socket.destroy();
		if (open) return `127.0.0.1:${port}`;
		await sleep(25);
	}
	throw new Error(`${binary} did not start.`);
};

/** A registry to test against; `resumes`: what a broken upload brought can be gone on with. */
export type Site = {
	readonly name: string;
	readonly missing: boolean;
	readonly resumes: boolean;
	readonly start: () => Promise<string>;
};

export const sites: readonly Site[] = [
	{
		name: 'the rehearsal registry',
		missing: false,
		resumes: true,
		start: async () => {
			const server = await startRegistry({dataDirectory: await temporary()});
			onTestFinished(() => server.stop());
			return server.host;
		},
	},
	{
		name: 'docker-registry 2.8',
		missing: dockerRegistry === undefined,
		// It signs the offset into the Location, and refuses one that is not that of its file (measured with 2.8.2).
		resumes: false,
		start: () => startBinary(dockerRegistry ?? ''),
	},
	{
		name: 'distribution 3',
		missing: distribution3 === undefined,
		resumes: true,
		start: () => startBinary(distribution3 ?? ''),
	},
];
