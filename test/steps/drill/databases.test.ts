import {expect, test} from 'vitest';
import {refusal} from '../parts.ts';
import {storedUnder} from '../restore/site.ts';
import {code} from '../world.ts';
import {checksOf, drilled, drillSite, manifestOf, valuesOfWorkspace} from './site.ts';

const failing = async (deed: string) => {
	const site = drillSite();
	site.state.failing = {[deed]: refusal('database-unreachable', 'It does not answer.')};
	await drilled(site);
	return site;
};
const why = 'It does not answer. Why database-unreachable.';

test('a scratch database that is not made is not restored; the others are', async () => {
	const site = await failing('claim zenml_drill_pro');
	expect(checksOf(site, 'control plane: scratch')).toEqual([`failed control plane: scratch database made: ${why}`]);
	expect(checksOf(site, 'workspace default: dump')).toEqual([
		'passed workspace default: dump read and restored: 2.0 KiB into zenml_drill_ws1',
	]);
	expect(site.deeds).not.toContain('make zenml_drill_pro');
	expect(site.deeds).not.toContain('restore zenml_drill_pro');
	expect(site.uses).toMatchObject([{note: 'FAILED at 1 check, 1 database in 0.0 s'}]);
});

test('a dump that does not come back is a finding, and no server is started on what is left of it', async () => {
	const site = await failing('restore zenml_drill_ws1');
	expect(checksOf(site, 'workspace default')).toEqual([`failed workspace default: database restored: ${why}`]);
	expect(site.upgrades.map(({release}) => release)).toEqual(['drill-pro']);
	expect([...site.scratch]).toEqual([]);
});

test('a database that cannot be counted is restored and not proved', async () => {
	const site = await failing('count zenml_drill_pro');
	expect(checksOf(site, 'control plane: d')).toEqual([
		'passed control plane: dump read and restored: 2.0 KiB into zenml_drill_pro',
		`failed control plane: database compared: ${why}`,
	]);
});

const comparedWith = async (contents: Partial<ReturnType<typeof drillSite>['state']['contents']>) => {
	const site = drillSite();
	site.state.contents = {...site.state.contents, ...contents};
	await drilled(site);
	return checksOf(site, 'control plane: database against');
};
const against = 'control plane: database against the manifest';

test('rows, tables, revision and a restore that broke off are told where they differ from the manifest', async () => {
	expect(await comparedWith({revision: 'r2'})).toEqual([`failed ${against}: revision r2, was r1`]);
	expect(await comparedWith({revision: undefined})).toEqual([`failed ${against}: revision (none), was r1`]);
	expect(await comparedWith({isHalfRestored: true})).toEqual([
		`failed ${against}: the restore did not come to its end`,
	]);
	expect(await comparedWith({tables: [{name: 'pipeline_run', rows: 9}]})).toEqual([
		`failed ${against}: pipeline_run: 9 rows, were 10; secret: gone, had 1 row`,
	]);
});

test('a database without a revision is compared with one that had none', async () => {
	const site = drillSite();
	const {parts} = manifestOf();
	site.state.contents = {...site.state.contents, revision: undefined};
	site.state.manifest = manifestOf({
		parts: parts.map((part) => ({...part, database: part.database && {...part.database, revision: undefined}})),
	});
	await drilled(site);
	expect(checksOf(site, against)).toEqual([
		`passed ${against}: 2 tables, 11 rows, revision (none): as in the manifest`,
	]);
	site.state.contents = {...site.state.contents, revision: 'r1'};
	await drilled(site);
	expect(checksOf(site, against)).toEqual([`failed ${against}: revision r1, was (none)`]);
});

const keyTried = async (change: (site: ReturnType<typeof drillSite>) => void) => {
	const site = drillSite();
	change(site);
	await drilled(site);
	return checksOf(site, 'encryption key');
};
const key = 'workspace default: encryption key';

test('the encryption key of the backup is tried on what is stored', async () => {
	expect(await keyTried(({state}) => (state.stored = [storedUnder('key of then')]))).toEqual([
		`passed ${key}: the encryption key of the backup opens the secrets that are stored in the restored database`,
	]);
	expect(await keyTried(({state}) => (state.stored = [storedUnder('another')]))).toEqual([
		`failed ${key}: the encryption key of the backup opens none of the secrets that are stored in the restored database`,
	]);
	expect(await keyTried(() => undefined)).toEqual([
		`open ${key}: no secret is stored in this database, so there was nothing to try the key on`,
	]);
});

test('values without an encryption key, or with an empty one, do not bring the secrets back', async () => {
	const {server} = valuesOfWorkspace;
	for (const sql of [{}, {encryptionKey: ''}, {encryptionKey: 7}])
		expect(
			await keyTried(({state}) => {
				state.texts['values default'] = JSON.stringify({server: {...server, secretsStore: {sql}}});
			}),
		).toEqual([`failed ${key}: the values in the backup hold no encryption key`]);
});

test('charts before 0.94.2 have the key in another section', async () => {
	const {server} = valuesOfWorkspace;
	expect(
		await keyTried(({state}) => {
			state.texts['values default'] = JSON.stringify({zenml: server});
			state.stored = [storedUnder('key of then')];
		}),
	).toEqual([expect.stringContaining(`passed ${key}`)]);
});

const missing =
	'Backup B1 has no readable part "values default". Servers are started with the values and Secrets of the backup, and it lacks these.';

test.each([
	['are not there', undefined],
	['are no map', '- a list'],
	['are no YAML, and none of it is told', 'server: {secret: "half of a'],
])('values that %s are a part that cannot be read', async (_what, text) => {
	const site = drillSite();
	if (text === undefined)
		site.state.manifest = manifestOf({parts: manifestOf().parts.filter(({file}) => file !== 'values-default')});
	else site.state.texts['values default'] = text;
	const seen = await drilled(site);
	expect(checksOf(site, 'workspace default').slice(2)).toEqual([
		`failed workspace default: database compared: ${missing}`,
		`failed workspace default: servers started: ${missing}`,
	]);
	expect(seen.get('drill-report')).toMatchObject({problem: {code: code('drill-failed')}});
	expect(JSON.stringify([...site.saved, ...site.world.told])).not.toContain('half of a');
});

test('values that are larger than any are not read', async () => {
	const site = drillSite();
	site.state.manifest = manifestOf({
		parts: manifestOf().parts.map((part) =>
			part.file === 'values-default' ? {...part, plainBytes: 17 * 1024 ** 2} : part,
		),
	});
	await drilled(site);
	expect(checksOf(site, 'servers started')).toContain(`failed workspace default: servers started: ${missing}`);
});
