import {mkdir, mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {earlierVersions, productVersions} from '../../lab/image-bundle.ts';
import {stopPart} from '../../lab/part.ts';
import {labPaths} from '../../lab/paths.ts';
import {up} from '../../lab/up.ts';
import {send, targetFromFile} from './api-client.ts';
import {
	backupsIn,
	clearFiles,
	contentsOfSql,
	decrypted,
	makeIdentity,
	mysqlProgram,
	ofDebian,
	sqlOf,
} from './backup-files.ts';
import {labFacts} from './lab.ts';
import {logIn, make, namesOf, runPipeline, workspace} from './product.ts';
import {install, type RunOptions, runTool} from './program.ts';
import {clearWorld, dumpWorld, enterNames, forgetImages, mysqlRows} from './world.ts';

const facts = labFacts();
const paths = labPaths(process.env);
const cluster = targetFromFile('lab', facts.kubernetes.kubeconfig);
const minor = /^v(\d+\.\d+)/u.exec(facts.kubernetes.version)?.[1] ?? '';
/** How often each command is killed at a random moment; the full run takes twenty. */
const kills = Number(process.env.DAY_TWO_KILLS || 3);
/** Words that stand in what is stored, and in no file that others may read. */
const canaries = {secret: 'canary-of-a-user-5e1f', word: 'open sesame'};
const database = 'zenml_workspace';
const set = (...words: readonly string[]): readonly string[] => words.flatMap((word) => ['--set', word]);

let root = '';
let identity = {file: '', recipient: ''};
let project = '';
const state = (): string => join(root, 'state');
const backups = (): string => join(root, 'backups');

/** Does something once the output of a run fits. */
const once = (pattern: RegExp, work: () => Promise<unknown>) => {
	let begun: Promise<unknown> | undefined;
	return {
		heard: (output: string): void => {
			if (pattern.test(output)) begun ??= work();
		},
		done: async (): Promise<void> => {
			if (!begun) throw new Error(`the output never fitted ${pattern}`);
			await begun;
		},
	};
};

/** Lines of one dump that the other does not have, cut to what tells the table. */
const differing = (one: readonly string[], other: readonly string[]): readonly string[] => {
	const [a, b] = [new Set(one), new Set(other)];
	return [
		...one.filter((line) => !b.has(line)).map((line) => `+ ${line.slice(0, 200)}`),
		...other.filter((line) => !a.has(line)).map((line) => `- ${line.slice(0, 200)}`),
	];
};

/** A run of the tool on this site, whose backups are encrypted and whose users are told without being waited for. */
const run = (words: readonly string[], options: RunOptions & {readonly bundle?: string | undefined} = {}) => {
	const {bundle, args = [], ...more} = options;
	const own = [`backup.folder=${backups()}`, `backup.recipients=${identity.recipient}`, 'upgrade.clients=tell'];
	const all = [...own, `backup.identity=${identity.file}`, ...(bundle === undefined ? [] : [`bundle.path=${bundle}`])];
	return runTool(words, state(), {...more, args: [...set(...all), ...args]});
};
const earlier = {bundle: facts.earlierBundle};
const back = ['back', 'default', '--accept-loss'];

/** A command that is killed so often at random moments, and then comes to its end. */
const killed = async (
	words: readonly string[],
	{longestMs, ...more}: {longestMs: number; bundle?: string | undefined},
) => {
	const moments: number[] = [];
	for (let tries = 0; tries < kills * 3 && moments.length < kills; tries += 1) {
		const killAfterMs = Math.round(1000 + Math.random() * longestMs);
		const {signal, code, output} = await run(words, {...more, killAfterMs});
		if (signal === 'SIGKILL') moments.push(killAfterMs);
		else if (code !== 0) throw new Error(`after ${moments.join(', ')} ms: ${output.slice(-3000)}`);
		else break;
	}
	const last = await run(words, more);
	expect(last.code, `killed after ${moments.join(', ')} ms: ${last.output.slice(-3000)}`).toBe(0);
	return moments;
};

const versionNow = async (): Promise<unknown> =>
	((await send(workspace, 'GET', '/info')).body as {version?: unknown} | null)?.version;
const dumpsLeft = async (): Promise<readonly string[]> => {
	const {body} = await send(cluster, 'GET', '/apis/batch/v1/namespaces/zenml-pro/jobs');
	const {items} = body as {items: {metadata: {name: string}}[]};
	return items.map(({metadata}) => metadata.name).filter((name) => name.includes('dump'));
};
const newest = async (): Promise<string> => (await backupsIn(backups())).at(-1) ?? '';
const dumpIn = async (folder: string): Promise<readonly string[]> =>
	contentsOfSql(await decrypted(join(folder, 'database-default.sql.age'), identity.file));

/** The data that users have made, as the vendor's own API tells it. */
const expectData = async (version: string): Promise<void> => {
	expect(await versionNow()).toBe(version);
	const user = await logIn();
	expect(await namesOf(user, `/pipelines?project=${project}`)).toContain('before');
	const secrets = (await send(user, 'GET', '/secrets?name=kept')).body as {items: {id: string}[]};
	const kept = await send(user, 'GET', `/secrets/${secrets.items[0]?.id}`);
	expect(JSON.stringify(kept.body)).toContain(canaries.word);
};

beforeAll(async () => {
	await clearWorld();
	await forgetImages();
	await enterNames();
	root = await mkdtemp(join(tmpdir(), 'lab-day-two-'));
	await mkdir(join(root, 'client'));
	identity = await makeIdentity(root);
	const first = await install(state(), {args: set(`bundle.path=${facts.earlierBundle}`)});
	expect(first.code, first.output.slice(-3000)).toBe(0);
	const user = await logIn();
	project = await make(user, '/projects', {name: 'first', display_name: 'First'});
	await make(user, '/pipelines', {name: 'before', project});
	await make(user, '/secrets', {name: 'kept', private: false, values: {word: canaries.word, own: canaries.secret}});
	const ran = await runPipeline(user, project, earlierVersions.workspace, root);
	expect(ran.output).toMatch(/^RUN \S+ completed$/mu);
}, 400_000);
afterAll(async () => {
	await clearWorld();
	await rm(root, {recursive: true, force: true});
}, 180_000);

describe('a backup of a real site', () => {
	it('is made with the programs of this host and of a pod, killed at random moments, and leaves nothing behind', async () => {
		const moments = await killed(['backup'], {longestMs: 14_000, ...earlier});
		const listed = await run(['backup'], earlier);
		expect(listed.output, `killed after ${moments.join(', ')} ms`).toMatch(/mysqldump 9\S+ in the cluster/u);
		expect(await dumpsLeft()).toEqual([]);
		const whole = await clearFiles(await newest());
		expect(whole.has('manifest.json')).toBe(true);
	});

	it("is read by Debian's age, pg_restore and mysql", async () => {
		const folder = await newest();
		const postgres = await ofDebian('age', [
			...['--decrypt', '--identity', identity.file, '--output', join(root, 'plain.dump')],
			join(folder, 'database-controlPlane.dump.age'),
		]);
		expect(postgres.err).toBe('');
		const listed = await ofDebian('pg_restore', ['--list', join(root, 'plain.dump')]);
		expect(listed.out).toMatch(/TABLE DATA public account/u);
		const sql = await decrypted(join(folder, 'database-default.sql.age'), identity.file);
		await mysqlProgram(['--execute', 'drop database if exists read_back; create database read_back']);
		await mysqlProgram(['--database=read_back', '--binary-mode'], sql);
		const rows = await mysqlProgram([
			'--batch',
			'--skip-column-names',
			'--execute',
			'select name from read_back.pipeline',
		]);
		expect(rows.split('\n')).toContain('before');
		await mysqlProgram(['--execute', 'drop database read_back']);
	});

	it('holds no secret in what anybody may read, and each of them in what is encrypted', async () => {
		const folder = await newest();
		const {body} = await send(cluster, 'GET', '/api/v1/namespaces/zenml-pro/secrets/zenml-airgap-generated');
		const generated = Object.values((body as {data: Record<string, string>}).data)
			.map((value) => Buffer.from(value, 'base64').toString('utf8'))
			.filter((value) => value.length >= 16);
		expect(generated.length).toBeGreaterThan(3);
		const secrets = await decrypted(join(folder, 'secrets.json.age'), identity.file);
		const [first = ''] = generated;
		expect(secrets).toContain(Buffer.from(first).toString('base64'));
		const words = [...Object.values(canaries), ...generated];
		for (const [name, text] of await clearFiles(folder))
			for (const word of words)
				for (const form of [word, Buffer.from(word).toString('base64'), JSON.stringify(word).slice(1, -1)])
					expect(text.includes(form), `a secret in ${name}`).toBe(false);
	});
});

describe('an upgrade of the real server', () => {
	it('is looked at without a trace: no pod, no row, no blob', async () => {
		const before = await dumpWorld();
		const looked = await run(['upgrade', '--look']);
		expect(looked.code, looked.output.slice(-3000)).toBe(0);
		expect(looked.output).toMatch(/zenml-0\.93\.0 to zenml-0\.98\.0/u);
		expect(await dumpWorld()).toEqual(before);
		expect(await dumpsLeft()).toEqual([]);
	});

	it('whose migration fails is told, and its way back brings the data of the dump and the server of before', async () => {
		// As somebody's own script would: the migration meets a table that it wants to make itself.
		const meddle = once(/Backup: proof: done/u, () =>
			mysqlRows(`create table ${database}.webhook (id int primary key)`),
		);
		const failed = await run(['upgrade'], {heard: meddle.heard});
		await meddle.done();
		expect(failed.code, failed.output.slice(-3000)).not.toBe(0);
		expect(failed.output).toContain('zenml-airgap back default');
		const looked = await run(['back', 'default', '--look']);
		expect(looked.code, looked.output.slice(-3000)).toBe(0);
		const returned = await run(back);
		expect(returned.code, returned.output.slice(-3000)).toBe(0);
		expect(differing(await sqlOf(database), await dumpIn(await newest()))).toEqual([]);
		await expectData(earlierVersions.workspace);
	});

	it('goes on when the database was gone in the middle of it', async () => {
		const end = once(/Control plane verified: (?:ok|done)/u, () => stopPart(paths, 'mysql'));
		const failed = await run(['upgrade'], {heard: end.heard});
		await end.done();
		await up(paths, {minor, node: true}, () => undefined);
		expect(failed.code, failed.output.slice(-3000)).not.toBe(0);
		const upgraded = await run(['upgrade']);
		expect(upgraded.code, upgraded.output.slice(-3000)).toBe(0);
		await expectData(productVersions.workspace);
	});

	it('comes back and goes up again, both killed at random moments, with all data', async () => {
		const dump = await dumpIn(await newest());
		await killed(back, {longestMs: 25_000});
		expect(differing(await sqlOf(database), dump)).toEqual([]);
		await expectData(earlierVersions.workspace);
		await killed(['upgrade'], {longestMs: 50_000});
		await expectData(productVersions.workspace);
		const whole = await dumpWorld();
		const again = await run(['upgrade']);
		expect(again.code, again.output.slice(-3000)).toBe(0);
		expect(again.output).not.toMatch(/\d\/\d+\] .*: done/u);
		expect(await dumpWorld()).toEqual(whole);
		const user = await logIn();
		const ran = await runPipeline(user, project, productVersions.workspace, join(root, 'client'));
		expect(ran.output).toMatch(/^RUN \S+ completed$/mu);
	});
});
