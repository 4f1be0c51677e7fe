import {describe, expect, test} from 'vitest';
import {problemOf} from './lab.ts';
import {
	applyAs,
	canary,
	type HelmVersion,
	killDuring,
	newestIs,
	type Stage,
	states,
	upgrade,
	useStage,
	valuesFor,
} from './stage.ts';

const {signal} = new AbortController();
const one = 'https://one.example.internal';
const two = 'https://two.example.internal';
const three = 'https://three.example.internal';

const testUpgrades = (on: () => Stage): void => {
	test('a release is installed and upgraded, and tells its newest revision and values', async () => {
		const {helm, namespace} = on();
		expect(await helm.release('zenml', namespace, signal)).toBeUndefined();
		expect(await upgrade(on(), one)).toMatchObject({
			revision: 1,
			status: 'deployed',
			chart: 'zenml-0.95.1',
			description: `for ${one}`,
		});
		expect(await upgrade(on(), two)).toMatchObject({revision: 2, status: 'deployed'});
		expect(await helm.release('zenml', namespace, signal)).toMatchObject({revision: 2, status: 'deployed'});
		expect(await helm.values('zenml', namespace, signal)).toEqual(valuesFor(two));
		expect(await states(on())).toEqual(['superseded', 'deployed']);
	}, 60_000);

	test('a failing migration is a hook failure; the next run removes the failed first install and installs anew', async () => {
		const stage = on();
		stage.migration = 'fails';
		const problem = await problemOf(upgrade(stage, one));
		expect(problem).toMatchObject({code: 'helm-hook-failed', area: 'cluster'});
		expect(problem.evidence?.join('\n')).toMatch(/pre-install/u);
		expect(JSON.stringify(problem)).not.toContain(canary);
		expect(await states(stage)).toEqual(['failed']);
		stage.migration = 'works';
		expect(await upgrade(stage, one)).toMatchObject({revision: 1, status: 'deployed'});
		expect(stage.lines.join('\n')).toContain('is removed before it is installed anew: the first install failed');
	}, 60_000);

	test('pods that never get ready are a time-out, and a working earlier revision is upgraded again without a rollback', async () => {
		const stage = on();
		await upgrade(stage, one);
		stage.server = 'never ready';
		const problem = await problemOf(upgrade(stage, two, {timeoutMs: 3000}));
		expect(problem.code).toBe('helm-timeout');
		expect(await states(stage)).toEqual(['deployed', 'failed']);
		stage.server = 'ready';
		expect(await upgrade(stage, three)).toMatchObject({revision: 3, status: 'deployed'});
		expect(stage.lines.join('\n')).not.toContain('goes back');
	}, 60_000);
};

const testBrokenOff = (on: () => Stage): void => {
	test('an aborted upgrade ends its release as failed', async () => {
		const stage = on();
		await upgrade(stage, one);
		stage.migration = 'hangs';
		const stop = new AbortController();
		const running = upgrade(stage, two, {signal: stop.signal});
		running.catch(() => undefined);
		await newestIs(stage, 'pending-upgrade');
		stop.abort();
		await expect(running).rejects.toMatchObject({name: 'AbortError'});
		expect(await states(stage)).toEqual(['deployed', 'failed']);
	}, 60_000);

	test('what a killed upgrade left is rolled back to the revision that worked, then upgraded', async () => {
		const stage = on();
		await upgrade(stage, one);
		stage.migration = 'hangs';
		await killDuring(stage, 'pending-upgrade', two);
		stage.migration = 'works';
		expect(await upgrade(stage, two)).toMatchObject({revision: 4, status: 'deployed'});
		expect(stage.lines.join('\n')).toContain('goes back to revision 1 before it is upgraded');
		expect(await stage.helm.values('zenml', stage.namespace, signal)).toEqual(valuesFor(two));
	}, 60_000);

	test('what a killed first install left is removed, then installed anew', async () => {
		const stage = on();
		stage.migration = 'hangs';
		await killDuring(stage, 'pending-install', one);
		stage.migration = 'works';
		expect(await upgrade(stage, one)).toMatchObject({revision: 1, status: 'deployed'});
		expect(stage.lines.join('\n')).toContain('was killed in the middle of the first install');
	}, 60_000);
};

const testRefusals = (on: () => Stage, version: string): void => {
	test('a missing right is a problem that names it', async () => {
		const {kubernetes} = on();
		// Helm 3 creates, Helm 4 applies, which is a patch.
		kubernetes.setDenied(['create', 'patch'].map((verb) => ({verb, group: 'apps', resource: 'deployments'})));
		const problem = await problemOf(upgrade(on(), one));
		kubernetes.setDenied([]);
		expect(problem.code).toBe('helm-forbidden');
		expect(problem.evidence?.join('\n')).toContain('deployments');
	}, 60_000);

	test('an object that belongs to somebody else names the answers of the component', async () => {
		const metadata = {name: 'zenml', namespace: on().namespace};
		await applyAs(on(), [], {apiVersion: 'v1', kind: 'Service', metadata, spec: {ports: [{port: 80}]}});
		expect(await problemOf(upgrade(on(), one))).toMatchObject({
			code: 'helm-ownership',
			answers: ['workspaces.0.namespace', 'workspaces.0.release'],
		});
	}, 60_000);

	test.runIf(version.startsWith('4.'))(
		'a field that somebody else owns is a conflict, which only force takes over',
		async () => {
			await upgrade(on(), one);
			const metadata = {name: 'zenml', namespace: on().namespace};
			const other = {apiVersion: 'v1', kind: 'Service', metadata, spec: {type: 'NodePort'}};
			await applyAs(on(), ['--force-conflicts', '--field-manager=somebody'], other);
			const problem = await problemOf(upgrade(on(), two));
			expect(problem.code).toBe('helm-conflict');
			expect(problem.evidence?.join('\n')).toContain('somebody');
			expect(await upgrade(on(), two, {forceConflicts: true})).toMatchObject({status: 'deployed'});
		},
		60_000,
	);
};

/** The suite with one version of Helm. */
export const testCluster = (version: HelmVersion): void => {
	describe(`Helm ${version} on the rehearsal cluster`, () => {
		const on = useStage(version);
		testUpgrades(on);
		testBrokenOff(on);
		testRefusals(on, version);
	});
};
