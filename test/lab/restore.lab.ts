import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {productVersions} from '../../lab/image-bundle.ts';
import {sqlOf} from './backup-files.ts';
import {logIn, make, namesOf} from './product.ts';
import {differing, dumpsLeft, killsAsked, killsMs, madeSite, type Site, workspaceDatabase} from './site.ts';
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
