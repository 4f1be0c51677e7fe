import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {earlierVersions, productVersions} from '../../lab/image-bundle.ts';
import {stopPart} from '../../lab/part.ts';
import {labPaths} from '../../lab/paths.ts';
import {up} from '../../lab/up.ts';
import {send, targetFromFile} from './api-client.ts';
import {clearFiles, decrypted, mysqlProgram, ofDebian, sqlOf} from './backup-files.ts';
import {labFacts} from './lab.ts';
import {logIn, runPipeline} from './product.ts';
import {
	canaries,
	differing,
	dumpsLeft,
	killsAsked,
	killsMs,
	madeSite,
	once,
	type Site,
	workspaceDatabase,
} from './site.ts';
import {dumpWorld, mysqlRows} from './world.ts';

const facts = labFacts();
const paths = labPaths(process.env);
const cluster = targetFromFile('lab', facts.kubernetes.kubeconfig);
const minor = /^v(\d+\.\d+)/u.exec(facts.kubernetes.version)?.[1] ?? '';
const earlier = {bundle: facts.earlierBundle};
const back = ['back', 'default', '--accept-loss'];

let site: Site;
beforeAll(async () => {
	site = await madeSite('earlier');
}, 400_000);
afterAll(async () => site?.end(), 180_000);

describe('a backup of a real site', () => {
	it(
		'is made with the programs of this host and of a pod, killed at random moments, and leaves nothing behind',
		async () => {
			const moments = await site.killed(['backup'], {longestMs: 14_000, anew: true, ...earlier});
			const listed = await site.run(['backup'], earlier);
			expect(listed.output, `killed after ${moments.join(', ')} ms`).toMatch(/mysqldump 9\S+ in the cluster/u);
			expect(await dumpsLeft()).toEqual([]);
			const whole = await clearFiles(await site.newest());
			expect(whole.has('manifest.json')).toBe(true);
		},
		killsMs,
	);

	it("is read by Debian's age, pg_restore and mysql", async () => {
		const folder = await site.newest();
		const postgres = await ofDebian('age', [
			...['--decrypt', '--identity', site.identity, '--output', join(site.root, 'plain.dump')],
			join(folder, 'database-controlPlane.dump.age'),
		]);
		expect(postgres.err).toBe('');
		const listed = await ofDebian('pg_restore', ['--list', join(site.root, 'plain.dump')]);
		expect(listed.out).toMatch(/TABLE DATA public account/u);
		const sql = await decrypted(join(folder, 'database-default.sql.age'), site.identity);
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
		const folder = await site.newest();
		const {body} = await send(cluster, 'GET', '/api/v1/namespaces/zenml-pro/secrets/zenml-airgap-generated');
		const generated = Object.values((body as {data: Record<string, string>}).data)
			.map((value) => Buffer.from(value, 'base64').toString('utf8'))
			.filter((value) => value.length >= 16);
		expect(generated.length).toBeGreaterThan(3);
		const secrets = await decrypted(join(folder, 'secrets.json.age'), site.identity);
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
		const looked = await site.run(['upgrade', '--look']);
		expect(looked.code, looked.output.slice(-3000)).toBe(0);
		expect(looked.output).toMatch(/zenml-0\.93\.0 to zenml-0\.98\.0/u);
		expect(await dumpWorld()).toEqual(before);
		expect(await dumpsLeft()).toEqual([]);
	});

	it('whose migration fails is told, and its way back brings the data of the dump and the server of before', async () => {
		// As somebody's own script would: the migration meets a table that it wants to make itself.
		const meddle = once(/Backup: proof: done/u, () =>
			mysqlRows(`create table ${workspaceDatabase}.webhook (id int primary key)`),
		);
		const failed = await site.run(['upgrade'], {heard: meddle.heard});
		await meddle.done();
		expect(failed.code, failed.output.slice(-3000)).not.toBe(0);
		expect(failed.output).toContain('zenml-airgap back default');
		const looked = await site.run(['back', 'default', '--look']);
		expect(looked.code, looked.output.slice(-3000)).toBe(0);
		const returned = await site.run(back);
		expect(returned.code, returned.output.slice(-3000)).toBe(0);
		expect(differing(await sqlOf(workspaceDatabase), await site.dumpIn(await site.newest()))).toEqual([]);
		await site.expectData(earlierVersions.workspace);
	});

	it('goes on when the database was gone in the middle of it', async () => {
		const end = once(/Control plane verified: (?:ok|done)/u, () => stopPart(paths, 'mysql'));
		const failed = await site.run(['upgrade'], {heard: end.heard});
		await end.done();
		await up(paths, {minor, node: true}, () => undefined);
		expect(failed.code, failed.output.slice(-3000)).not.toBe(0);
		const upgraded = await site.run(['upgrade']);
		expect(upgraded.code, upgraded.output.slice(-3000)).toBe(0);
		await site.expectData(productVersions.workspace);
	});

	it(
		'comes back and goes up again, both killed at random moments, with all data',
		async () => {
			const killed = {back: 0, upgrade: 0};
			do {
				const dump = await site.dumpIn(await site.newest());
				killed.back += (await site.killed(back, {longestMs: 25_000})).length;
				expect(differing(await sqlOf(workspaceDatabase), dump)).toEqual([]);
				await site.expectData(earlierVersions.workspace);
				killed.upgrade += (await site.killed(['upgrade'], {longestMs: 50_000})).length;
				await site.expectData(productVersions.workspace);
			} while (Math.min(killed.back, killed.upgrade) < killsAsked);
			console.log(`killed at random moments: back ${killed.back} times, upgrade ${killed.upgrade} times`);
			const whole = await dumpWorld();
			const again = await site.run(['upgrade']);
			expect(again.code, again.output.slice(-3000)).toBe(0);
			expect(again.output).not.toMatch(/\d\/\d+\] .*: done/u);
			expect(await dumpWorld()).toEqual(whole);
			const user = await logIn();
			const ran = await runPipeline(user, site.project, productVersions.workspace, join(site.root, 'client'));
			expect(ran.output).toMatch(/^RUN \S+ completed$/mu);
		},
		killsMs,
	);
});
