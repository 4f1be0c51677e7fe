import {expect, test} from 'vitest';
import {drillSteps} from '../../../source/steps/drill/index.ts';
import {linesOf, look} from '../world.ts';
import {checksOf, databasePart, drilled, drillSite, manifestOf, reportOf} from './site.ts';

test('a backup is restored, its servers are asked, and nothing of it stays', async () => {
	const site = drillSite();
	const seen = await drilled(site);
	expect(site.deeds).toEqual([
		'open the backup',
		...['claim', 'make', 'made', 'restore', 'count'].map((deed) => `${deed} zenml_drill_pro`),
		...['claim', 'make', 'made', 'restore', 'count'].map((deed) => `${deed} zenml_drill_ws1`),
		'apply NetworkPolicy zenml-airgap-drill',
		'apply Secret internal-registry-secret',
		'apply Secret zenml-airgap-drill-login',
		'upgrade drill-pro',
		'apply Secret zenml-database-ws1',
		'upgrade drill-ws1',
		'delete Namespace zenml-airgap-drill',
		'drop zenml_drill_pro',
		'drop zenml_drill_ws1',
	]);
	expect([...seen]).toMatchObject([
		['drill-source', {status: 'ok', note: 'backup B1, its data are 1 h 00 min old'}],
		['drill-left', {status: 'ok', note: 'nothing'}],
		['drill-databases', {status: 'ok', note: '2 databases restored'}],
		['drill-servers', {status: 'ok', note: '2 servers ran'}],
		['drill-answers', {status: 'ok', note: '12 findings'}],
		['drill-clean', {status: 'ok', note: 'nothing'}],
		['drill-report', {status: 'ok', note: '10 checks passed: /state/reports/drill-run-of-the-test.txt'}],
	]);
	expect(reportOf(site)).toMatchObject({result: 'passed', rpoMs: 3_600_000, notDrilled: []});
	expect(site.uses).toEqual([
		{kind: 'drill', at: '2026-01-31T19:30:00.000Z', run: 'run-of-the-test', note: 'passed, 2 databases in 0.0 s'},
	]);
	expect(site.world.told).toContainEqual({
		...{kind: 'progress', label: 'checking backup B1', done: 1, total: 2, unit: 'bytes'},
	});
	expect(site.world.told).toContainEqual({
		...{kind: 'progress', label: 'restore zenml_drill_ws1', done: 1024, total: 2048, unit: 'bytes'},
	});
	expect(linesOf(site.world.told)).toContain('info CREATE DATABASE zenml_drill_pro');
});

test('the scratch account has a password of its own, and every secret is known to the redactor before it is used', async () => {
	const site = drillSite();
	await drilled(site);
	const [pro, workspace] = site.logins;
	expect(pro).toMatchObject({username: 'zenml_drill_pro', database: 'zenml_drill_pro', requires: 'nothing'});
	expect(workspace).toMatchObject({username: 'zenml_drill_ws1', database: 'zenml_drill_ws1'});
	expect(pro?.password).not.toBe(workspace?.password);
	const secrets = [pro?.password, workspace?.password, 'password of then', 'key of then', 'jwt of then'];
	expect(site.world.secrets).toEqual(expect.arrayContaining(secrets));
	const told = JSON.stringify([site.world.told, [...site.saved], site.uses]);
	for (const secret of secrets) expect(told).not.toContain(secret);
});

test('a step that is asked again in the same run does nothing twice', async () => {
	const site = drillSite();
	const steps = drillSteps();
	await drilled(site, 'drill-answers', steps);
	const before = [...site.deeds];
	// The source is looked at anew, and what was found is kept.
	await drilled(site, 'drill-source', steps);
	for (const step of steps.filter(({id}) => ['drill-databases', 'drill-servers', 'drill-answers'].includes(id)))
		expect(await look(step, site.world)).toMatchObject({status: 'ok'});
	expect(site.deeds).toEqual(before);
});

test('a dry run names what would be done, and does nothing', async () => {
	const site = drillSite();
	const world = {...site.world, pass: 'look'} as const;
	const seen = await Promise.all(drillSteps().map(async (step) => look(step, world)));
	expect(
		seen.flatMap((finding) => (finding.status === 'todo' ? finding.changes : [])).map(({target}) => target),
	).toEqual([
		'database zenml_drill_pro',
		'database zenml_drill_ws1',
		'namespace zenml-airgap-drill',
		'the servers of the backup',
		'health, login and identity of the scratch servers, from a pod',
		'all that the drill has made',
		'report of the drill, as text and JSON',
	]);
	expect(site.deeds).toEqual([]);
	expect(site.saved.size).toBe(0);
});

test('what the answers do not name any more is told as not drilled', async () => {
	const site = drillSite();
	const {parts} = manifestOf();
	site.state.manifest = manifestOf({parts: [...parts, databasePart('gone')], finishedAt: undefined});
	const seen = await drilled(site);
	expect(seen.get('drill-source')).toMatchObject({
		warnings: ['gone is in the backup and not in the answers: it is not drilled'],
	});
	expect(reportOf(site).notDrilled).toEqual(['gone']);
	const text = site.saved.get('reports/drill-run-of-the-test.txt');
	expect(text).toContain('Not drilled, as the answers do not name them any more: gone\n');
	expect(text).toContain('Backup:        B1, finished ?\n');
});

test('a backup without a database is nothing to drill, and one whose dumps say nothing of their server neither', async () => {
	const site = drillSite();
	const {parts} = manifestOf();
	site.state.manifest = manifestOf({parts: parts.filter(({kind}) => kind !== 'database')});
	expect((await drilled(site, 'drill-source')).get('drill-source')).toMatchObject({
		problem: {
			code: 'drill-nothing',
			cause: 'None of its databases is that of a component of these answers; it has: none.',
		},
	});
	site.state.manifest = manifestOf({parts: parts.map((part) => ({...part, database: undefined}))});
	expect((await drilled(site, 'drill-source')).get('drill-source')).toMatchObject({
		problem: {cause: 'None of its databases is that of a component of these answers; it has: controlPlane, default.'},
	});
});

test('a backup whose files cannot be read is a finding: no server is started, and the report is written', async () => {
	const site = drillSite();
	site.state.failing = {'open the backup': new Error('torn')};
	const seen = await drilled(site);
	expect(site.deeds).toEqual([]);
	expect(seen.get('drill-servers')).toEqual({status: 'ok', note: '0 servers ran'});
	expect(seen.get('drill-report')).toMatchObject({status: 'blocked', problem: {code: 'drill-failed'}});
	expect(checksOf(site)).toEqual([expect.stringContaining('failed backup opened: ')]);
});

test('a stop that cannot remove everything says what removes the rest', async () => {
	const stop = new AbortController();
	const site = drillSite({signal: stop.signal});
	const {cluster} = site.world;
	const world = {
		...site.world,
		cluster: {
			...cluster,
			get: async (...given: Parameters<typeof cluster.get>) => {
				if (stop.signal.aborted) throw new Error('the network is gone');
				return cluster.get(...given);
			},
		},
	};
	site.state.failing = {
		get 'make zenml_drill_pro'(): Error {
			stop.abort(new Error('stopped'));
			return new Error('broken off');
		},
	};
	await expect(drilled({...site, world: {...site.world, ...world}})).rejects.toThrow('stopped');
	expect(linesOf(site.world.told).at(-1)).toMatch(
		/^warn not all of the drill is removed \(.*\): zenml-airgap drill --clean removes the rest$/u,
	);
	expect([...site.scratch]).toEqual(['zenml_drill_pro']);
});
