import {mkdir, mkdtemp, readFile, rename, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterAll, beforeEach, describe, expect, it} from 'vitest';
import {runCommand} from '../../lab/commands.ts';
import {partState, stopPart} from '../../lab/part.ts';
import {labPaths} from '../../lab/paths.ts';
import {up} from '../../lab/up.ts';
import {labFacts} from './lab.ts';
import {clearWorld, enterNames, install} from './world.ts';

const facts = labFacts();
const paths = labPaths(process.env);
const states: string[] = [];
const newState = async (): Promise<string> => {
	const folder = await mkdtemp(join(tmpdir(), 'lab-trouble-'));
	states.push(folder);
	return folder;
};
const minor = /^v(\d+\.\d+)/u.exec(facts.kubernetes.version)?.[1] ?? '';
const startMissing = () => up(paths, {minor, node: true}, () => undefined);

beforeEach(async () => {
	await clearWorld();
	await enterNames();
}, 180_000);
afterAll(async () => {
	await clearWorld();
	for (const folder of states) await rm(folder, {recursive: true, force: true});
}, 180_000);

describe('the lab itself', () => {
	it('is attached to by a second start, which starts nothing anew', async () => {
		const pids = () => facts.parts.map((name) => partState(paths, name).pid);
		const before = pids();
		await startMissing();
		await sleep(2000);
		expect(facts.parts.filter((name) => !partState(paths, name).alive)).toEqual([]);
		expect(pids()).toEqual(before);
	});
});

describe('what goes wrong on a real cluster', () => {
	it('a node that does not know the CA of the registry is named as such, and mended it goes on', async () => {
		const hosts = join(paths.config, 'certs.d', facts.registry.host, 'hosts.toml');
		await rename(hosts, `${hosts}.away`);
		const state = await newState();
		try {
			const failed = await install(state);
			expect(failed.output).toContain('image-registry-untrusted');
			expect(failed.code).toBe(8);
		} finally {
			await rename(`${hosts}.away`, hosts);
		}
		expect((await install(state)).code).toBe(0);
	});

	it('a workspace server that ends at its start is told with its own last words', async () => {
		const environment = ['--set', 'workspaces.0.environment.LAB_FAIL=start'];
		const failed = await install(await newState(), {args: environment});
		expect(failed.output).toContain('The server fails on demand.');
		expect(failed.code).toBe(8);
	});

	it('a migration that fails is told with its own last words', async () => {
		const failed = await install(await newState(), {args: ['--set', 'workspaces.0.environment.LAB_FAIL=migrate']});
		expect(failed.output).toContain('The migration fails on demand.');
		expect(failed.code).toBe(8);
	});

	it('API server, registry and database that end in the middle of a run are told, and the next run goes on', async () => {
		for (const part of ['docker-registry', 'postgres', 'kube-apiserver']) {
			const state = await newState();
			const running = install(state);
			await sleep(4500);
			await stopPart(paths, part, part === 'postgres' ? 'SIGINT' : 'SIGKILL');
			await sleep(1500);
			await startMissing();
			const first = await running;
			expect(first.code, `${part}: ${first.output.slice(-2000)}`).not.toBe(1);
			const second = await install(state);
			expect(second.code, `${part}: ${second.output.slice(-2000)}`).toBe(0);
			await clearWorld();
			await enterNames();
		}
	});

	it('a state folder on a full disk is told as such and changes nothing', async () => {
		const state = await newState();
		await runCommand('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', state]);
		try {
			await mkdir(join(state, 'sub'));
			const failed = await install(join(state, 'sub'));
			expect(failed.output).toMatch(/no space left|full/iu);
			expect([0, 1]).not.toContain(failed.code);
		} finally {
			await runCommand('umount', ['-l', state]);
		}
	});

	it('no name outside is ever asked for', async () => {
		expect((await install(await newState())).code).toBe(0);
		const log = await readFile(join(facts.logs, 'dnsmasq.log'), 'utf8');
		const asked = [...log.matchAll(/query\[\w+\] (\S+) from/gu)].map(([, name = '']) => name);
		expect(asked.length).toBeGreaterThan(0);
		const foreign = asked.filter((name) => !/\.(lab\.internal|cluster\.local|in-addr\.arpa|ip6\.arpa)$/u.test(name));
		expect([...new Set(foreign)]).toEqual([]);
	});
});
