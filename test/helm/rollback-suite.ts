import {execa} from 'execa';
import {describe, expect, test} from 'vitest';
import {fetchHelm} from '../../scripts/fetch-helm.mjs';
import {createHelm, type HelmPort} from '../../source/helm/index.ts';
import {problemOf, scratch} from './lab.ts';
import {
	applyAs,
	canary,
	type HelmVersion,
	killDuring,
	type Stage,
	states,
	upgrade,
	useStage,
	valuesFor,
} from './stage.ts';

const {signal} = new AbortController();
const one = 'https://one.example.internal';
const two = 'https://two.example.internal';

const rollback = (
	{helm, namespace, lines}: Stage,
	revision: number,
	more: Partial<Parameters<HelmPort['rollback']>[0]> = {},
) =>
	helm.rollback({
		release: 'zenml',
		namespace,
		component: 'workspaces.0',
		revision,
		timeoutMs: 30_000,
		onLine: (line) => lines.push(line),
		signal,
		...more,
	});

/** As anybody with kubectl sees them. */
const replicasOf = async ({kubectl, kubeconfig, namespace}: Stage): Promise<string> => {
	const place = ['--kubeconfig', kubeconfig, '--namespace', namespace];
	const {stdout} = await execa(kubectl, [
		'get',
		'deployment',
		'zenml',
		...place,
		'--output',
		'jsonpath={.spec.replicas}',
	]);
	return stdout;
};

const testRollbacks = (on: () => Stage): void => {
	test('an earlier revision runs again under a new number, and no migration is run for it', async () => {
		const stage = on();
		await upgrade(stage, one);
		await upgrade(stage, two);
		// A migration that ran would fail the rollback.
		stage.migration = 'fails';
		expect(await rollback(stage, 1)).toMatchObject({revision: 3, status: 'deployed', chart: 'zenml-0.95.1'});
		expect(await stage.helm.values('zenml', stage.namespace, signal)).toEqual(valuesFor(one));
		expect(await states(stage)).toEqual(['superseded', 'superseded', 'deployed']);
		expect(stage.lines.join('\n')).not.toContain(canary);
	}, 60_000);

	test('a release whose upgrade failed is rolled back, and one that a killed run left pending too', async () => {
		const stage = on();
		await upgrade(stage, one);
		stage.migration = 'fails';
		expect((await problemOf(upgrade(stage, two))).code).toBe('helm-hook-failed');
		expect(await rollback(stage, 1)).toMatchObject({revision: 3, status: 'deployed'});
		stage.migration = 'hangs';
		await killDuring(stage, 'pending-upgrade', two);
		expect(await rollback(stage, 1)).toMatchObject({revision: 5, status: 'deployed'});
		expect(stage.lines.join('\n')).not.toContain('is removed');
	}, 60_000);

	test('pods that never get ready are a time-out, and another rollback follows it', async () => {
		const stage = on();
		await upgrade(stage, one);
		await upgrade(stage, two);
		stage.server = 'never ready';
		const problem = await problemOf(rollback(stage, 1, {timeoutMs: 3000}));
		expect(problem.code).toBe('helm-timeout');
		expect(JSON.stringify(problem)).not.toContain(canary);
		stage.server = 'ready';
		expect(await rollback(stage, 2)).toMatchObject({revision: 4, status: 'deployed'});
	}, 60_000);

	test('fields that were changed by somebody else since come back as that revision had them', async () => {
		const stage = on();
		await upgrade(stage, one);
		await upgrade(stage, two);
		const metadata = {name: 'zenml', namespace: stage.namespace};
		const other = {apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: {replicas: 0}};
		await applyAs(stage, ['--force-conflicts', '--field-manager=somebody'], other);
		expect(await rollback(stage, 1)).toMatchObject({revision: 3, status: 'deployed'});
		expect(await replicasOf(stage)).toBe('1');
	}, 60_000);

	test('a revision that Helm does not keep, and a release that is not there, are refused before anything changes', async () => {
		const stage = on();
		expect((await problemOf(rollback(stage, 1))).code).toBe('helm-release-missing');
		await upgrade(stage, one);
		expect(await problemOf(rollback(stage, 7))).toMatchObject({
			code: 'helm-revision-missing',
			message: `Helm does not keep revision 7 of release zenml in namespace ${stage.namespace} any more.`,
			cause: 'Of each release it keeps the newest revisions only; here these: 1.',
			fix: 'Install the version of that time anew from its bundle, once the database is as it was then.',
		});
		expect(await states(stage)).toEqual(['deployed']);
	}, 60_000);
};

/** The suite with one version of Helm. */
export const testRollback = (version: HelmVersion): void => {
	describe(`Helm ${version} rolls back on the rehearsal cluster`, () => {
		testRollbacks(useStage(version));
	});
};

/** A newer Helm over the release of an older one. */
export const testRollbackAcross = (): void => {
	describe('Helm 4.2.3 rolls back what an older Helm installed', () => {
		const on = useStage('4.2.3');
		test('its objects are updated as that Helm did, and nothing is in the way', async () => {
			const stage = on();
			const {helm: older} = await fetchHelm('3.18.0');
			const {folder, remove} = await scratch();
			const options = {
				binary: older,
				kubeconfig: stage.kubeconfig,
				home: folder,
				environment: {PATH: process.env.PATH},
			};
			const helm3 = {...stage, helm: createHelm(options)};
			await upgrade(helm3, one);
			await upgrade(helm3, two);
			expect(await rollback(stage, 1)).toMatchObject({revision: 3, status: 'deployed'});
			await remove();
		}, 60_000);
	});
};
