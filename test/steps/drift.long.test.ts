import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, beforeAll, beforeEach, expect, test} from 'vitest';
import type {Event} from '../../source/engine/events.ts';
import {adminSession} from '../../source/steps/shared/endpoints.ts';
import {readEnrollment} from '../../source/steps/shared/enrollment.ts';
import {dumpOf} from '../helpers/dump.ts';
import {uninstall} from '../helpers/uninstall.ts';
import {changesOf, problemOf, type Site, startSite} from '../helpers/world.ts';

let site: Site;
const never = new AbortController().signal;
beforeAll(async () => {
	site = await startSite();
});
// Whatever an earlier test left: each begins with an install that is as its answers want it.
beforeEach(async () => {
	expect(await site.run(site.answers())).toMatchObject({exitCode: 0});
});
afterAll(async () => site?.stop());

const secret = (namespace: string, name: string) => ({apiVersion: 'v1', kind: 'Secret', namespace, name});
const generated = secret('zenml-pro', 'zenml-airgap-generated');

const stepsOf = (events: readonly Event[], type: 'step-applying' | 'step-problem'): readonly string[] =>
	events.flatMap((event) => (event.type === type ? [event.step] : []));

/** `verify` finds the drift in these steps and mends nothing; a run works on those it may, and then all is right again. */
const expectMended = async (found: readonly string[], mended = found) => {
	const answers = site.answers();
	const before = await dumpOf(site);
	const verified = await site.run(answers, {pass: 'verify'});
	expect(verified).toMatchObject({exitCode: 9, outcome: 'failed'});
	expect(stepsOf(verified.events, 'step-problem')).toEqual(found);
	expect(await dumpOf(site)).toEqual(before);
	const {exitCode, events} = await site.run(answers);
	expect(exitCode).toBe(0);
	expect(stepsOf(events, 'step-applying')).toEqual(mended);
	expect(await site.run(answers, {pass: 'verify'})).toMatchObject({exitCode: 0});
};

/** The only workspace, and how it is enrolled. */
const enrolled = async () => {
	const world = await site.world(site.answers());
	const [workspace] = world.answers.workspaces;
	if (!workspace) throw new Error('no workspace');
	return {world, workspace, enrollment: await readEnrollment(world, workspace)};
};

const editTlsSecret = async (): Promise<void> => {
	const {cluster} = await site.world(site.answers());
	const live = await cluster.get(secret('zenml-workspace', 'zenml-tls'), never);
	if (!live) throw new Error('no TLS secret');
	const data = {...(live.data as object), 'tls.crt': Buffer.from('not a certificate').toString('base64')};
	expect(await cluster.replace({...live, data}, never)).toBeDefined();
};

/** Pushes another image under the tag of the API. */
const pushOver = async (): Promise<string> => {
	const {registry, bundle} = await site.world(site.answers());
	const {images} = await bundle.open(never);
	const [api, dashboard] = ['zenml-pro-api', 'zenml-pro-dashboard'].map((name) =>
		images.find((image) => image.name === name),
	);
	if (!api || !dashboard) throw new Error('images missing');
	const repository = 'zenml/zenml-pro-api';
	await registry.push(dashboard, {repository, tag: api.tag, signal: never, onProgress: () => undefined});
	return dashboard.manifest.digest;
};

const deleteDeployment = async (): Promise<void> => {
	const {cluster} = await site.world(site.answers());
	const at = {apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'zenml-workspace', name: 'zenml'};
	await cluster.delete(at, never);
	while ((await cluster.pods('zenml-workspace', 'app.kubernetes.io/instance=zenml', never)).some(({ready}) => ready));
};

test('what somebody else changed is named by what differs, seen by verify, and put right by a run', async () => {
	const answers = site.answers();
	const {helm, cluster} = await site.world(answers);
	const revision = (await helm.release('zenml', 'zenml-workspace', never))?.revision ?? 0;
	await editTlsSecret();
	await cluster.delete(secret('zenml-workspace', 'internal-registry-secret'), never);
	const digest = await pushOver();
	await site.mysql("ALTER USER 'zenml_workspace_user'@'%' ACCOUNT LOCK");
	await deleteDeployment();
	const secrets = await site.check('secrets', answers);
	expect(changesOf(secrets)).toEqual([
		'create secret zenml-workspace/internal-registry-secret',
		'update secret zenml-workspace/zenml-tls',
	]);
	expect(JSON.stringify(secrets)).toContain('tls.crt');
	expect(JSON.stringify(await site.check('images', answers))).toContain(digest.slice(0, 19));
	expect(changesOf(await site.check('databases', answers))).toEqual(['update account zenml_workspace_user']);
	expect(changesOf(await site.check('workspaces', answers))).toEqual(['update release zenml-workspace/zenml']);
	const drifted = ['images', 'secrets', 'databases', 'workspaces'];
	await expectMended([...drifted, 'verification'], drifted);
	expect(await helm.release('zenml', 'zenml-workspace', never)).toMatchObject({
		revision: revision + 1,
		status: 'deployed',
	});
});

test('releases that were uninstalled come back, with the same enrollment', async () => {
	const {world, workspace, enrollment} = await enrolled();
	await uninstall(site.answers(), 'zenml', 'zenml-workspace');
	await uninstall(site.answers(), 'zenml-pro', 'zenml-pro');
	const {exitCode, events} = await site.run(site.answers());
	expect(exitCode).toBe(0);
	expect(stepsOf(events, 'step-applying')).toEqual(['control-plane', 'workspaces']);
	expect(await readEnrollment(world, workspace)).toEqual(enrollment);
});

test("a deleted workspace namespace is filled again, with the workspace's own keys", async () => {
	const {world} = await enrolled();
	const keys = await world.cluster.get(generated, never);
	await world.cluster.delete({apiVersion: 'v1', kind: 'Namespace', name: 'zenml-workspace'}, never);
	let look = await site.check('namespaces', site.answers());
	while (look.status === 'blocked') {
		expect(look.problem).toMatchObject({code: 'namespace-terminating', area: 'cluster'});
		look = await site.check('namespaces', site.answers());
	}
	expect(changesOf(look)).toEqual(['create namespace zenml-workspace']);
	const gone = ['namespaces', 'secrets', 'workspaces'];
	await expectMended([...gone, 'verification'], gone);
	expect((await world.cluster.get(generated, never))?.data).toEqual(keys?.data);
});

test("a changed administrator's password is rolled out, and onboarding goes on with it", async () => {
	const file = path.join(site.folder, 'new-admin');
	await writeFile(file, 'a-new-password-for-admin', {mode: 0o600});
	const answers = site.answers((input) => ({
		...input,
		controlPlane: {...input.controlPlane, admin: {password: `file:${file}`}},
	}));
	const refused = problemOf(await site.check('onboarding', answers));
	expect(refused).toMatchObject({code: 'zenml-login-refused', area: 'verification'});
	expect(JSON.stringify(refused)).not.toContain('a-new-password-for-admin');
	// A plan knows that the control plane takes it first.
	const look = await site.run(answers, {pass: 'look'});
	expect([look.exitCode, stepsOf(look.events, 'step-problem')]).toEqual([0, []]);
	const {exitCode, events} = await site.run(answers);
	expect(exitCode).toBe(0);
	expect(stepsOf(events, 'step-applying')).toEqual(['control-plane']);
});

test('a plan names what follows from an earlier step of it: pods that are replaced for a password that changes', async () => {
	const file = path.join(site.folder, 'new-database-password');
	await writeFile(file, 'a-new-password-for-the-database', {mode: 0o600});
	const answers = site.answers((input) => ({
		...input,
		controlPlane: {...input.controlPlane, database: {...input.controlPlane.database, password: `file:${file}`}},
	}));
	const look = await site.run(answers, {pass: 'look'});
	const planned = look.events.flatMap((event) => (event.type === 'step-todo' ? [event] : []));
	const follows = planned.find(({step}) => step === 'control-plane')?.changes[0];
	expect(follows).toMatchObject({
		...{action: 'update', target: 'release zenml-pro/zenml-pro'},
		detail: 'its pods are replaced: a secret that they read changes',
	});
	const {exitCode, events} = await site.run(answers);
	expect(exitCode).toBe(0);
	expect(stepsOf(events, 'step-applying')).toEqual(planned.map(({step}) => step));
});

test('a workspace deleted in the control plane is not enrolled again behind its back; the named way out works', async () => {
	const {world, workspace, enrollment} = await enrolled();
	const session = await adminSession(world);
	await session.deleteWorkspace(enrollment?.workspaceId ?? '');
	const refused = await site.run(site.answers());
	expect(refused).toMatchObject({exitCode: 9, problem: {code: 'zenml-enrollment-unknown', area: 'verification'}});
	expect(refused.problem?.nextSteps.join('\n')).toContain('/data/workspaces.default.enrollment');
	const live = await world.cluster.get(generated, never);
	if (!live) throw new Error('no generated secret');
	const {'workspaces.default.enrollment': _gone, ...data} = live.data as Record<string, string>;
	await world.cluster.replace({...live, data}, never);
	expect(await site.run(site.answers())).toMatchObject({exitCode: 0});
	expect((await readEnrollment(world, workspace))?.workspaceId).not.toBe(enrollment?.workspaceId);
	expect(await site.run(site.answers(), {pass: 'verify'})).toMatchObject({exitCode: 0});
});

test('answers that do not do are all told before anything changes, without their secrets', async () => {
	const wrong = path.join(site.folder, 'wrong-password');
	await writeFile(wrong, 'never-the-password', {mode: 0o600});
	const answers = site.answers((input) => ({
		...input,
		registry: {...input.registry, password: `file:${wrong}`},
		database: {...input.database, admin: {password: `file:${wrong}`}},
		ingress: {...input.ingress, className: 'traefik'},
		controlPlane: {...input.controlPlane, host: 'other.corp.internal', replicas: 100},
		organization: {users: [{username: 'ada', password: 'file:/nowhere/ada'}]},
	}));
	const before = await dumpOf(site);
	const run = await site.run(answers, {until: 'prerequisites'});
	expect(run).toMatchObject({exitCode: 2, problem: {code: 'prerequisites-not-met', area: 'usage'}});
	const told = JSON.stringify(run.problem);
	for (const part of ['/nowhere/ada', 'other.corp.internal', 'traefik', 'too small', 'account root', 'registry'])
		expect(told).toContain(part);
	// Each with its fix, and what the database admin is asked to look at.
	const {parts = []} = run.problem ?? {};
	expect(parts).toHaveLength(6);
	expect(parts.filter(({fix}) => fix === '')).toEqual([]);
	expect(parts.flatMap(({nextSteps}) => nextSteps).join('\n')).toContain('SHOW CREATE USER');
	expect(JSON.stringify(run.events)).not.toContain('never-the-password');
	expect(await dumpOf(site)).toEqual(before);
});
