import {type ChildProcess, execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync} from 'node:fs';
import {chmod, mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {freePort} from '../helpers/loopback.ts';

/** Programs of bind9 and dnsmasq, where this machine has them. */
export const namePrograms = {
	named: '/usr/sbin/named',
	dnsmasq: '/usr/sbin/dnsmasq',
	nsupdate: '/usr/bin/nsupdate',
	dig: '/usr/bin/dig',
} as const;

export const hasPrograms = (...names: readonly (keyof typeof namePrograms)[]): boolean =>
	names.every((name) => existsSync(namePrograms[name]));

/** A name server of the loopback. */
export type NameServer = {readonly port: number; readonly stop: () => Promise<void>};

/** What `dig +short` says of a name. */
export const answerOf = (port: number, name: string, type = 'A'): string =>
	execFileSync(namePrograms.dig, ['@127.0.0.1', '-p', String(port), '+short', '+time=2', '+tries=1', name, type], {
		encoding: 'utf8',
	}).trim();

const stopping = (child: ChildProcess) => async () => {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const gone = once(child, 'exit');
	child.kill('SIGKILL');
	await gone;
};

/** Starts a server and waits until it answers. @throws Error with what it said */
const start = async (program: string, words: readonly string[], port: number, asked: string): Promise<NameServer> => {
	const child = spawn(program, words, {stdio: ['ignore', 'pipe', 'pipe']});
	let said = '';
	for (const stream of [child.stdout, child.stderr])
		stream.on('data', (bytes: Buffer) => {
			said += bytes.toString();
		});
	const stop = stopping(child);
	for (let tries = 0; tries < 100; tries += 1) {
		if (child.exitCode !== null) break;
		try {
			answerOf(port, asked, 'SOA');
			return {port, stop};
		} catch {
			await sleep(100);
		}
	}
	await stop();
	throw new Error(`${program} does not answer: ${said}`);
};

const zoneText = (more: readonly string[]): string =>
	['$TTL 60', '@ IN SOA ns.test. admin.test. 1 60 60 60 60', '@ IN NS ns.test.', ...more, ''].join('\n');

/**
 * BIND with zones that take updates from the loopback, each with these lines besides SOA and NS.
 * @param without zones that take none
 */
export const startBind = async (
	folder: string,
	zones: Readonly<Record<string, readonly string[]>>,
	{without = []}: {readonly without?: readonly string[]} = {},
): Promise<NameServer> => {
	const port = await freePort();
	await mkdir(folder, {recursive: true});
	await chmod(folder, 0o777);
	const blocks = Object.keys(zones).map(
		(zone) =>
			`zone "${zone}" { type primary; file "${zone}.zone"; allow-update { ${without.includes(zone) ? 'none' : '127.0.0.1'}; }; };`,
	);
	for (const [zone, more] of Object.entries(zones)) await writeFile(join(folder, `${zone}.zone`), zoneText(more));
	const config = [
		`options { directory "${folder}"; pid-file none; session-keyfile none; listen-on port ${port} { 127.0.0.1; };`,
		'  listen-on-v6 { none; }; recursion no; dnssec-validation no; check-integrity no; };',
		'controls { };',
		...blocks,
	];
	await writeFile(join(folder, 'named.conf'), `${config.join('\n')}\n`);
	return start(namePrograms.named, ['-g', '-4', '-c', join(folder, 'named.conf')], port, Object.keys(zones)[0] ?? '.');
};

/** dnsmasq with one file of settings, and no other. */
export const startDnsmasq = async (file: string): Promise<NameServer> => {
	const port = await freePort();
	const words = ['-k', `--conf-file=${file}`, `--port=${port}`, '--listen-address=127.0.0.1', '--bind-interfaces'];
	return start(namePrograms.dnsmasq, [...words, '--no-resolv', '--no-hosts', '--user='], port, 'localhost');
};
