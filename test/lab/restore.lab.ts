import {readdir} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {productVersions} from '../../lab/image-bundle.ts';
import {backupsIn, decrypted, sqlOf} from './backup-files.ts';
import {logIn, make, namesOf} from './product.ts';
import {differing, dumpsLeft, killsAsked, killsMs, madeSite, type Site, workspaceDatabase} from './site.ts';
import {openVolume} from './volume.ts';
import {clearWorld, database, dumpWorld, enterNames, mysqlRows} from './world.ts';

let site: Site;
/** The site as it was when its backup was made. */
let whole: Awaited<ReturnType<typeof dumpWorld>>;

beforeAll(async () => {
	site = await madeSite('newest');
	const made = await site.run(['backup']);
	expect(made.code, made.output.slice(-3000)).toBe(0);
	whole = await dumpWorld();
}, 400_000);
afterAll(async () => site?.end(), 180_000);

const restore = async (): Promise<readonly string[]> => ['restore', await site.newest(), '--accept-loss'];

/** Parts that a scheduled backup of this site has, beside its manifest and its sums. */
const wholeBackup = [
	...['manifest.json', 'SHA256SUMS', 'secrets.json.age', 'answers.yaml.age', 'journal.json.age', 'inventory.json.age'],
	...['certificates-certificate.pem.age', 'certificates-key.pem.age', 'certificates-ca.pem.age'],
	...['values-controlPlane.yaml.age', 'values-default.yaml.age'],
	...['database-controlPlane.dump.age', 'database-default.sql.age'],
];

describe('a drill', () => {
	it('restores into scratch on the real servers, says how it went, and leaves the site as it was', async () => {
		const drilled = await site.run(['drill']);
		expect(drilled.code, drilled.output.slice(-3000)).toBe(0);
		expect(await dumpWorld()).toEqual(whole);
		expect(await dumpsLeft()).toEqual([]);
		const scratch = await mysqlRows('select schema_name as name from information_schema.schemata');
		expect(scratch.map(({name}) => name).filter((name) => String(name).includes('drill'))).toEqual([]);
		await site.expectData(productVersions.workspace);
	});
});

describe('a schedule', () => {
	it('makes a backup from a pod without rights on a volume of the cluster, and what its pod left tells of it', async () => {
		const volume = await openVolume(join(site.root, 'volume'));
		try {
			const asked = ['kind=storageClass', `storageClass.name=${volume.name}`, 'storageClass.size=1Gi'];
			const args = asked.flatMap((one) => ['--set', `backup.schedule.${one}`]);
			const scheduled = await site.run(['backup', 'schedule'], {args});
			expect(scheduled.code, scheduled.output.slice(-3000)).toBe(0);
			const [made = ''] = await backupsIn(volume.folder);
			expect((await readdir(made)).sort()).toEqual(expect.arrayContaining(wholeBackup));
			const key = await decrypted(join(made, 'certificates-key.pem.age'), site.identity);
			expect(key).toContain('PRIVATE KEY');
			const again = await site.run(['backup', 'schedule'], {args});
			expect(again.output).not.toMatch(/\d\/\d+\] .*: done/u);
			const status = await site.run(['backup', 'status'], {args});
			expect(status.output).toMatch(new RegExp(`Newest there: +.*${basename(made)}`, 'u'));
		} finally {
			await volume.close();
		}
	});
});

describe('a restore', () => {
	it('takes what was written since, and nothing else', async () => {
		const user = await logIn();
		await make(user, '/pipelines', {name: 'since', project: site.project});
		const restored = await site.run(await restore());
		expect(restored.code, restored.output.slice(-3000)).toBe(0);
		expect(await namesOf(await logIn(), `/pipelines?project=${site.project}`)).not.toContain('since');
		await site.expectData(productVersions.workspace);
	});

	it(
		'killed at random moments brings all to an empty cluster with empty database servers, from another host',
		async () => {
			let killed = 0;
			for (let host = 1; host === 1 || killed < killsAsked; host += 1) {
				await clearWorld();
				await enterNames();
				expect(await mysqlRows(`show databases like '${workspaceDatabase}'`)).toEqual([]);
				const state = join(site.root, `other-host-${host}`);
				killed += (await site.killed(await restore(), {longestMs: 60_000, state})).length;
			}
			console.log(`killed at random moments: restore ${killed} times`);
			const dump = await site.dumpIn(await site.newest());
			expect(differing(await sqlOf(workspaceDatabase), dump)).toEqual([]);
			await site.expectData(productVersions.workspace);
			const client = await database('zenml_pro');
			const {rows} = await client.query('select name from workspace');
			await client.end();
			expect(rows).toEqual([{name: 'default'}]);
			expect(await dumpsLeft()).toEqual([]);
		},
		killsMs,
	);
});
