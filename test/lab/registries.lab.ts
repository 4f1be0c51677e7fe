import {randomBytes} from 'node:crypto';
import {existsSync, readFileSync} from 'node:fs';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Readable} from 'node:stream';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterAll, afterEach, beforeEach, describe, expect, it} from 'vitest';
import {registryFolders, type TokenLife} from '../../lab/parts/registries.ts';
import {labPaths} from '../../lab/paths.ts';
import type {Image} from '../../source/oci/image.ts';
import {createRegistry} from '../../source/registry/registry.ts';
import {imageOf, never} from '../registry/helpers.ts';
import {labFacts} from './lab.ts';
import {install} from './program.ts';
import {clearWorld, dumpWorld, enterNames, forgetImages} from './world.ts';

const {tokenRegistry, ca, logs} = labFacts();
const paths = labPaths(process.env);
const tokenLog = join(logs, 'token-server.log');
const folders: string[] = [];
const newFolder = async (): Promise<string> => {
	const folder = await mkdtemp(join(tmpdir(), 'lab-registries-'));
	folders.push(folder);
	return folder;
};

const setLife = (life: TokenLife): Promise<void> => writeFile(tokenRegistry.lifeFile, JSON.stringify(life));

type Asked = {
	readonly status: number;
	readonly agent: string;
	readonly user?: string;
	readonly scopes: readonly string[];
	readonly access?: readonly {readonly name: string; readonly actions: readonly string[]}[];
};
let seen = 0;
/** What the token server was asked since the test began. */
const asked = async (): Promise<readonly Asked[]> =>
	(await readFile(tokenLog, 'utf8'))
		.slice(seen)
		.split('\n')
		.filter((line) => line.startsWith('{'))
		.map((line) => JSON.parse(line) as Asked);

const answers = (username: string, passwordFile: string): readonly string[] =>
	[
		`registry.host=${tokenRegistry.host}`,
		`registry.username=${username}`,
		`registry.password=file:${passwordFile}`,
	].flatMap((one) => ['--set', one]);

beforeEach(async () => {
	await clearWorld();
	await enterNames();
	await setLife({seconds: 300});
	seen = readFileSync(tokenLog, 'utf8').length;
}, 180_000);
afterEach(() => setLife({seconds: 300}));
afterAll(async () => {
	await clearWorld();
	for (const folder of folders) await rm(folder, {recursive: true, force: true});
}, 180_000);

describe('a registry whose logins go through a token server', () => {
	it('takes the whole install with tokens of three seconds, pods pull from it, and a second run finds nothing to do', async () => {
		await setLife({seconds: 3});
		await forgetImages();
		const state = await newFolder();
		const args = answers(tokenRegistry.username, tokenRegistry.passwordFile);
		const first = await install(state, {args});
		expect(first.output).toContain('ZenML Pro is installed and verified');
		expect(first.code).toBe(0);
		const pulls = (await asked()).filter(({agent, status}) => agent.startsWith('containerd/') && status === 200);
		const names = new Set(pulls.flatMap(({access = []}) => access.map(({name}) => name)));
		// The client image is for pipelines: nothing of the install starts it.
		expect([...names].sort()).toEqual(
			['zenml-pro-api', 'zenml-pro-dashboard', 'zenml-pro-server'].map((name) => `zenml/${name}`),
		);
		expect(pulls.every(({user}) => user === tokenRegistry.username)).toBe(true);
		const whole = await dumpWorld('tokens');
		expect(whole.registry.length).toBe(6);
		const second = await install(state, {args});
		expect(second.code).toBe(0);
		expect(second.output).not.toMatch(/\d\/\d+\] .*: done/u);
		expect(await dumpWorld('tokens')).toEqual(whole);
	});

	it('tells a wrong password as such', async () => {
		const wrong = join(await newFolder(), 'password');
		await writeFile(wrong, 'not-the-password-7f21', {mode: 0o600});
		const failed = await install(await newFolder(), {args: answers(tokenRegistry.username, wrong)});
		expect(failed.output).toContain('registry-unauthorized');
		expect(failed.output).toContain('It does not accept this login');
		expect(failed.output).not.toContain('not-the-password-7f21');
		expect(failed.code).toBe(6);
		expect((await asked()).map(({status}) => status)).not.toContain(200);
	});

	it('tells a user without the right to push as such, and nothing is sent', async () => {
		const {username, passwordFile} = tokenRegistry.reader;
		const failed = await install(await newFolder(), {args: answers(username, passwordFile)});
		expect(failed.output).toContain('registry-denied');
		expect(failed.output).toContain('may not push to zenml/');
		expect(failed.output).toContain('the right to push');
		expect(failed.code).toBe(6);
		expect(existsSync(join(paths.data, registryFolders.tokens, 'docker/registry/v2/blobs'))).toBe(false);
	});

	it('writes no password into its logs', async () => {
		const text = (await readFile(tokenLog, 'utf8')) + (await readFile(join(logs, 'token-registry.log'), 'utf8'));
		for (const file of [tokenRegistry.passwordFile, tokenRegistry.reader.passwordFile])
			expect(text.includes(readFileSync(file, 'utf8'))).toBe(false);
		expect(text.includes('not-the-password-7f21')).toBe(false);
	});
});

/** An image whose layers are read slowly: each takes longer than a token of two seconds lasts. */
const slowImage = (): Image => {
	const image = imageOf('slow', [randomBytes(6 << 20), randomBytes(6 << 20)]);
	const slow = (blob: Image['blobs'][number]): Image['blobs'][number] => ({
		...blob,
		open: (offset) =>
			Readable.from(
				(async function* () {
					for await (const piece of blob.open(offset))
						for (let at = 0; at < (piece as Buffer).length; at += 1 << 20) {
							if ((piece as Buffer).length > 1 << 20) await sleep(500);
							yield (piece as Buffer).subarray(at, at + (1 << 20));
						}
				})(),
			),
	});
	return {...image, blobs: image.blobs.map(slow)};
};

describe('tokens that end in the middle of a push', () => {
	const cases: readonly (readonly [string, TokenLife])[] = [
		['whose end the server tells are renewed', {seconds: 2}],
		['earlier than the server said are renewed when the registry refuses them', {seconds: 2, told: 300}],
	];
	it.each(cases)('%s', async (_title, life) => {
		await setLife(life);
		const open = () =>
			createRegistry({
				host: tokenRegistry.host,
				ca: readFileSync(ca, 'utf8'),
				username: tokenRegistry.username,
				password: () => readFile(tokenRegistry.passwordFile, 'utf8'),
				concurrency: 1,
			});
		const image = slowImage();
		const registry = open();
		try {
			const options = {repository: 'zenml/slow', tag: '1.0', signal: never, onProgress: () => undefined};
			expect(await registry.push(image, options)).toMatchObject({digest: image.manifest.digest});
		} finally {
			registry.close();
		}
		const scopes = (await asked()).filter(({scopes}) => scopes.includes('repository:zenml/slow:pull,push'));
		expect(scopes.map(({status}) => status)).not.toContain(401);
		expect(scopes.length).toBeGreaterThanOrEqual(3);
		const again = open();
		try {
			expect(await again.manifestDigest('zenml/slow', '1.0', never)).toBe(image.manifest.digest);
		} finally {
			again.close();
		}
	});
});
