import {execFile} from 'node:child_process';
import {once} from 'node:events';
import {mkdir, mkdtemp, rename, rm} from 'node:fs/promises';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {afterAll, beforeEach, describe, expect, it} from 'vitest';
import {runCommand} from '../../lab/commands.ts';
import {partState, stopPart} from '../../lab/part.ts';
import {labPaths} from '../../lab/paths.ts';
import {up} from '../../lab/up.ts';
import {labFacts} from './lab.ts';
import {beginInstall, install} from './program.ts';
import {clearWorld, enterNames, forgetImages} from './world.ts';

const facts = labFacts();
const paths = labPaths(process.env);
const states: string[] = [];
const newState = async (): Promise<string> => {
	const folder = await mkdtemp(join(tmpdir(), 'lab-trouble-'));
	states.push(folder);
	return folder;
};
const main = fileURLToPath(new URL('../../lab/main.ts', import.meta.url));
/** What `npm run lab -- status` says, asked from inside. */
const status = (): Promise<{readonly code: number; readonly output: string}> =>
	new Promise((done) => {
		execFile(
			process.execPath,
			['--import', import.meta.resolve('tsx'), main, '--inside', 'status'],
			(error, out, err) => done({code: Number(error?.code ?? 0), output: out + err}),
		);
	});
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

	it('half up says which part is missing, where its log is and who holds its port, and a start mends it', async () => {
		await stopPart(paths, 'token-server');
		const halfUp = await status();
		expect(halfUp.code).toBe(1);
		expect(halfUp.output).toMatch(/^MISSING {2}token-server {2}\S+token-server\.log$/mu);
		expect(halfUp.output).toContain('missing: token-server');
		const thief = createServer().listen(5002, '10.99.0.1');
		await once(thief, 'listening');
		await expect(startMissing()).rejects.toThrow(/token-server cannot start: port 5002 is held by .*pid=\d+/u);
		thief.close();
		await once(thief, 'close');
		await startMissing();
		expect((await status()).code).toBe(0);
	});
});

describe('what goes wrong on a real cluster', () => {
	it('a node that does not know the CA of the registry is named as such, and mended it goes on', async () => {
		await forgetImages();
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

	// Its crashes take two and a half minutes; the suite real-server meets the last words of a server too.
	it.skipIf(process.env.SLOW_TROUBLES !== '1')(
		'a workspace server that ends at its start is told with its own last words',
		async () => {
			const wrong =
				'workspaces.0.environment.ZENML_SERVER_SNAPSHOT_RUN_DISPATCHER_IMPLEMENTATION_SOURCE=nowhere.Dispatcher';
			const failed = await install(await newState(), {args: ['--set', wrong]});
			expect(failed.output).toMatch(/No module named 'nowhere'|Application startup failed/u);
			expect(failed.code).toBe(8);
		},
	);

	it('a migration that fails is told with its own last words', async () => {
		const wrong = 'workspaces.0.environment.ZENML_STORE_POOL_PRE_PING=perhaps';
		const failed = await install(await newState(), {args: ['--set', wrong]});
		expect(failed.output).toContain('unable to interpret input');
		expect(failed.code).toBe(8);
	});

	it('API server, registry and database that end in the middle of a run are told, and the next run goes on', async () => {
		const moments = [
			['docker-registry', /\] Images: working/u],
			['postgres', /\] Databases: working/u],
			['kube-apiserver', /\] Control plane: working/u],
		] as const;
		const state = await newState();
		let running = beginInstall(state);
		// A run that an outage ended has told it; the next one goes on where it stood.
		const reach = async (moment: RegExp): Promise<void> => {
			for (let run = 0; run < moments.length; run += 1) {
				const ended = await running.reached(moment);
				if (!ended) return;
				expect([0, 1], ended.output.slice(-2000)).not.toContain(ended.code);
				running = beginInstall(state);
			}
			throw new Error(`${moment} was not reached`);
		};
		for (const [part, moment] of moments) {
			await reach(moment);
			await stopPart(paths, part, part === 'postgres' ? 'SIGINT' : 'SIGKILL');
			await sleep(1500);
			await startMissing();
		}
		const interrupted = await running.done;
		expect(interrupted.code, interrupted.output.slice(-2000)).not.toBe(1);
		const last = await install(state);
		expect(last.code, last.output.slice(-2000)).toBe(0);
		expect(last.output).toContain('ZenML Pro is installed and verified');
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
});
