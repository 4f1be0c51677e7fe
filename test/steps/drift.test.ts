import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {rehearsalHosts} from '../../rehearsal/index.ts';
import {startNameServer} from '../../rehearsal/name-server/index.ts';
import {exitCodes, type ProblemArea} from '../../source/base/problem.ts';

import {adminSession} from '../../source/steps/shared/endpoints.ts';
import {readEnrollment} from '../../source/steps/shared/enrollment.ts';
import {uninstall} from '../helpers/uninstall.ts';
import {changesOf, type Look, problemOf, type Site, startSite} from '../helpers/world.ts';

let site: Site;
const never = new AbortController().signal;
beforeAll(async () => {
	site = await startSite();
	expect(await site.run(site.answers())).toMatchObject({exitCode: 0});
});
afterAll(async () => site?.stop());

const secret = (namespace: string, name: string) => ({apiVersion: 'v1', kind: 'Secret', namespace, name});

/** A refusal that somebody can act on. */
const expectProblem = (look: Look, code: string, area: ProblemArea, exitCode: number) => {
	const problem = problemOf(look);
	expect(problem).toMatchObject({code, area});
	expect(exitCodes[problem.area]).toBe(exitCode);
	expect(problem.cause.length).toBeGreaterThan(10);
	expect(problem.fix.length).toBeGreaterThan(10);
	return problem;
};

/** `verify` finds the drift and ends with 9; a run mends it; then there is nothing left to do. */
const expectMended = async (steps: readonly string[]) => {
	const answers = site.answers();
	expect(await site.run(answers, {pass: 'verify'})).toMatchObject({exitCode: 9, outcome: 'failed'});
	const {exitCode, events} = await site.run(answers);
	expect(exitCode).toBe(0);
	const applied = events.flatMap((event) => (event.type === 'step-applying' ? [event.step] : []));
	expect(applied).toEqual(steps);
	expect(await site.run(answers, {pass: 'verify'})).toMatchObject({exitCode: 0});
};

describe('somebody else changes a finished install', () => {
	it('an edited TLS secret is seen by its field and put right', async () => {
		const {cluster} = await site.world(site.answers());
		const live = await cluster.get(secret('zenml-workspace', 'zenml-tls'), never);
		if (!live) throw new Error('no TLS secret');
		const data = {...(live.data as object), 'tls.crt': Buffer.from('not a certificate').toString('base64')};
		expect(await cluster.replace({...live, data}, never)).toBeDefined();
		const look = await site.check('secrets', site.answers());
		expect(changesOf(look)).toEqual(['update secret zenml-workspace/zenml-tls']);
		expect(JSON.stringify(look)).toContain('tls.crt');
		await expectMended(['secrets']);
	});

	it('a deleted pull secret is made again', async () => {
		const {cluster} = await site.world(site.answers());
		await cluster.delete(secret('zenml-pro', 'internal-registry-secret'), never);
		expect(changesOf(await site.check('secrets', site.answers()))).toEqual([
			'create secret zenml-pro/internal-registry-secret',
		]);
		await expectMended(['secrets']);
	});

	it('an uninstalled workspace comes back with the same enrollment', async () => {
		const world = await site.world(site.answers());
		const [workspace] = world.answers.workspaces;
		if (!workspace) throw new Error('no workspace');
		const before = await readEnrollment(world, workspace);
		await uninstall(site.answers(), 'zenml', 'zenml-workspace');
		expect(changesOf(await site.check('workspaces', site.answers()))).toEqual(['create release zenml-workspace/zenml']);
		await expectMended(['workspaces']);
		expect(await readEnrollment(world, workspace)).toEqual(before);
	});

	it('an uninstalled control plane comes back before anything is asked of it', async () => {
		await uninstall(site.answers(), 'zenml-pro', 'zenml-pro');
		expect(changesOf(await site.check('control-plane', site.answers()))).toEqual([
			'create release zenml-pro/zenml-pro',
		]);
		await expectMended(['control-plane']);
	});

	it('a deleted Deployment is rolled out again by a new revision', async () => {
		const {cluster, helm} = await site.world(site.answers());
		const before = await helm.release('zenml', 'zenml-workspace', never);
		const at = {apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'zenml-workspace', name: 'zenml'};
		await cluster.delete(at, never);
		while ((await cluster.pods('zenml-workspace', 'app.kubernetes.io/instance=zenml', never)).some(({ready}) => ready));
		expect(changesOf(await site.check('workspaces', site.answers()))).toEqual(['run release zenml-workspace/zenml']);
		await expectMended(['workspaces']);
		expect(await helm.release('zenml', 'zenml-workspace', never)).toMatchObject({
			revision: (before?.revision ?? 0) + 1,
			status: 'deployed',
		});
		expect(await cluster.get(at, never)).toBeDefined();
	});

	it('an image tag that was pushed over is seen by its digest and pushed again', async () => {
		const {registry, bundle, answers} = await site.world(site.answers());
		const {images} = await bundle.open(never);
		const [api, dashboard] = ['zenml-pro-api', 'zenml-pro-dashboard'].map((name) =>
			images.find((image) => image.name === name),
		);
		if (!api || !dashboard) throw new Error('images missing');
		await registry.push(dashboard, {
			repository: 'zenml/zenml-pro-api',
			tag: api.tag,
			signal: never,
			onProgress: () => undefined,
		});
		const look = await site.check('images', site.answers());
		expect(changesOf(look)).toEqual([`push ${answers.registry.host}/zenml/zenml-pro-api:${api.tag}`]);
		expect(JSON.stringify(look)).toContain(dashboard.manifest.digest.slice(0, 19));
		await expectMended(['images']);
		expect(await registry.manifestDigest('zenml/zenml-pro-api', api.tag, never)).toBe(api.manifest.digest);
	});

	it("a role's changed password is set back, and a dropped login right too", async () => {
		await site.sql("alter role zenml_pro_user password 'somebody-elses'");
		await site.sql('alter role zenml_workspace_user nologin');
		expect(changesOf(await site.check('databases', site.answers()))).toEqual([
			'run password of role zenml_pro_user',
			'run role zenml_workspace_user',
		]);
		const answers = site.answers();
		const {exitCode} = await site.run(answers);
		expect(exitCode).toBe(0);
		expect(await site.run(answers, {pass: 'verify'})).toMatchObject({exitCode: 0});
	});

	it("a deleted workspace namespace is filled again, with the workspace's own keys", async () => {
		const world = await site.world(site.answers());
		const keys = await world.cluster.get(secret('zenml-pro', 'zenml-airgap-generated'), never);
		await world.cluster.delete({apiVersion: 'v1', kind: 'Namespace', name: 'zenml-workspace'}, never);
		let look = await site.check('namespaces', site.answers());
		while (look.status === 'blocked') {
			expectProblem(look, 'namespace-terminating', 'cluster', 8);
			look = await site.check('namespaces', site.answers());
		}
		expect(changesOf(look)).toEqual(['create namespace zenml-workspace']);
		await expectMended(['namespaces', 'secrets', 'workspaces']);
		expect((await world.cluster.get(secret('zenml-pro', 'zenml-airgap-generated'), never))?.data).toEqual(keys?.data);
	});

	it('a DNS record that is gone or leads elsewhere is handed over again, and waited for', async () => {
		const names = await startNameServer({port: 0});
		try {
			const answers = site.answers((input) => ({
				...input,
				network: {...input.network, nameServer: `127.0.0.1:${names.port}`, podChecks: false},
			}));
			names.set(rehearsalHosts.controlPlane, ['127.0.0.1']);
			names.set(rehearsalHosts.workspace, ['10.9.8.7']);
			const look = await site.check('dns', answers);
			if (look.status !== 'waiting') throw new Error(JSON.stringify(look));
			expect(look.handover).toMatchObject({id: 'dns', who: 'network team'});
			expect(look.handover.awaited).toEqual([
				{label: `${rehearsalHosts.controlPlane} from this host`, ok: true, note: '127.0.0.1'},
				{label: `${rehearsalHosts.workspace} from this host`, ok: false, note: 'is 10.9.8.7, not 127.0.0.1'},
			]);
			expect(await site.check('dns', answers, 'apply', true)).toMatchObject({status: 'waiting'});
			expect(await site.run(answers, {pass: 'verify'})).toMatchObject({
				exitCode: 4,
				problem: {code: 'handover-dns', area: 'people', who: 'network team'},
			});
			names.set(rehearsalHosts.workspace, ['127.0.0.1']);
			expect(await site.check('dns', answers)).toMatchObject({status: 'ok'});
		} finally {
			await names.stop();
		}
	});

	it('a CA that left the trust store is handed over again, with scripts that hold it', async () => {
		const trustStore = path.join(site.folder, 'trust.crt');
		await writeFile(trustStore, '');
		const answers = site.answers((input) => ({
			...input,
			network: {...input.network, trustStore, caHandover: 'wait'},
		}));
		const ca = await readFile(answers.tls.ca, 'utf8');
		const look = await site.check('ca', answers, 'apply', true);
		if (look.status !== 'waiting') throw new Error(JSON.stringify(look));
		expect(look.handover.awaited).toEqual([
			{label: 'this host trusts the CA', ok: false, note: `it is not in ${trustStore}`},
		]);
		expect(look.handover.sections.flatMap(({lines}) => lines).join('\n')).toContain(ca.split('\n')[1]);
		await writeFile(trustStore, ca);
		expect(await site.check('ca', answers)).toMatchObject({status: 'ok'});
	});

	it("an administrator's password that does not fit is refused by onboarding, not guessed at", async () => {
		const file = path.join(site.folder, 'wrong-admin');
		await writeFile(file, 'not-the-password', {mode: 0o600});
		const answers = site.answers((input) => ({
			...input,
			controlPlane: {...input.controlPlane, admin: {password: `file:${file}`}},
		}));
		const problem = expectProblem(await site.check('onboarding', answers), 'zenml-login-refused', 'verification', 9);
		expect(problem.answers).toContain('controlPlane.admin.password');
		expect(JSON.stringify(problem)).not.toContain('not-the-password');
	});

	it("a changed administrator's password is rolled out, and onboarding goes on with it", async () => {
		const file = path.join(site.folder, 'new-admin');
		await writeFile(file, 'a-new-password-for-admin', {mode: 0o600});
		const answers = site.answers((input) => ({
			...input,
			controlPlane: {...input.controlPlane, admin: {password: `file:${file}`}},
		}));
		const {exitCode, events} = await site.run(answers);
		expect(exitCode).toBe(0);
		expect(events.flatMap((event) => (event.type === 'step-applying' ? [event.step] : []))).toEqual(['control-plane']);
		// And back, for the tests that follow.
		expect(await site.run(site.answers())).toMatchObject({exitCode: 0});
	});

	it('a lost Secret of generated keys is never replaced while a workspace still lives on the old ones', async () => {
		const {cluster} = await site.world(site.answers());
		const at = secret('zenml-pro', 'zenml-airgap-generated');
		const live = await cluster.get(at, never);
		if (!live) throw new Error('no generated secret');
		await cluster.delete(at, never);
		expectProblem(await site.check('secrets', site.answers()), 'generated-secret-lost', 'cluster', 8);
		expect(await site.run(site.answers())).toMatchObject({exitCode: 8});
		expect(await cluster.get(at, never)).toBeUndefined();
		const {apiVersion, kind, metadata, type, data} = live;
		const {name, namespace} = metadata;
		await cluster.create({apiVersion, kind, metadata: {name, namespace: namespace ?? ''}, type, data}, never);
		expect(await site.run(site.answers())).toMatchObject({exitCode: 0});
	});

	it('a workspace deleted in the control plane is not enrolled again behind its back; the way out is named, and works', async () => {
		const world = await site.world(site.answers());
		const [workspace] = world.answers.workspaces;
		if (!workspace) throw new Error('no workspace');
		const before = await readEnrollment(world, workspace);
		const session = await adminSession(world);
		await session.deleteWorkspace(before?.workspaceId ?? '');
		expect(changesOf(await site.check('workspaces', site.answers()))).toContain('run enroll workspace default');
		const refused = await site.run(site.answers());
		expect(refused).toMatchObject({exitCode: 9, problem: {code: 'zenml-enrollment-unknown', area: 'verification'}});
		expect(refused.problem?.nextSteps.join('\n')).toContain('/data/workspaces.default.enrollment');
		const live = await world.cluster.get(secret('zenml-pro', 'zenml-airgap-generated'), never);
		if (!live) throw new Error('no generated secret');
		const {'workspaces.default.enrollment': _gone, ...data} = live.data as Record<string, string>;
		await world.cluster.replace({...live, data}, never);
		expect(await site.run(site.answers())).toMatchObject({exitCode: 0});
		const after = await readEnrollment(world, workspace);
		expect(after?.workspaceId).not.toBe(before?.workspaceId);
		expect(await site.run(site.answers(), {pass: 'verify'})).toMatchObject({exitCode: 0});
	});
});
