import {describe, expect, test} from 'vitest';
import type {KubeObject} from '../../source/cluster/types.ts';
import type {HelmPort} from '../../source/helm/types.ts';
import {controlPlaneStep} from '../../source/steps/control-plane/index.ts';
import {wantedControlPlane} from '../../source/steps/control-plane/release.ts';
import {onboardingStep} from '../../source/steps/onboarding/index.ts';
import {ensureEnrolled, readEnrollment} from '../../source/steps/shared/enrollment.ts';
import {workspacesStep} from '../../source/steps/workspaces/index.ts';
import {wantedWorkspace} from '../../source/steps/workspaces/release.ts';
import type {World} from '../../source/steps/world.ts';
import type {ZenmlSession} from '../../source/zenml/types.ts';
import {
	carried,
	enrollment,
	files,
	generated,
	generatedAndEnrolled,
	info,
	ingress,
	kept,
	podOf,
	refusal,
	releaseOf,
	rendered,
	sessionOf,
} from './parts.ts';
import {answersOf, changesOf, code, type Given, linesOf, look, refusalOf, worldOf} from './world.ts';

/** A helm that keeps what was installed, and counts its revisions. */
const installer = () => {
	const installed = new Map<string, {readonly values: unknown; readonly chart: string}>();
	let revision = 0;
	const statusOf = (name: string) => releaseOf({name, revision, chart: installed.get(name)?.chart ?? ''});
	const port = {
		release: async (name) => (installed.has(name) ? statusOf(name) : undefined),
		values: async (name) => installed.get(name)?.values,
		template: async () => rendered,
		upgrade: async ({release, values}) => {
			revision += 1;
			installed.set(release, {values, chart: release === 'zenml' ? 'zenml-0.95.1' : 'zenml-pro-0.13.18'});
			return statusOf(release);
		},
	} satisfies Partial<HelmPort>;
	return {...port, revisions: () => revision};
};

const site = (secret: KubeObject, more: Given = {}): Given => ({
	answers: answersOf((input) => ({...input, network: {podChecks: false}})),
	bundle: carried(),
	host: files,
	helm: installer(),
	cluster: {
		...kept(secret, ingress()),
		version: async () => 'v1.34.0',
		pods: async () => [podOf('server-1')],
		watchPods: async (_namespace, _selector, _onChange, signal) =>
			new Promise((resolve) => signal.addEventListener('abort', () => resolve(), {once: true})),
	},
	dns: {server: '10.0.0.53', servers: ['10.0.0.53'], resolve: async () => ['10.1.2.3']},
	zenml: {apiAnswers: async () => undefined, workspaceInfo: async () => info, ...sessionOf()},
	...more,
});
const empty: KubeObject = {apiVersion: 'v1', kind: 'Node', metadata: {name: 'n1'}};

describe('control plane', () => {
	test('its release is to come, also while its passwords are not made', async () => {
		expect(changesOf(await look(controlPlaneStep, worldOf(site(empty))))).toEqual([
			'create release zenml-pro/zenml-pro',
		]);
		expect(changesOf(await look(controlPlaneStep, worldOf(site(generated()))))).toEqual([
			'create release zenml-pro/zenml-pro (zenml-pro-0.13.18)',
		]);
	});

	test('installed once, its API is asked at the ingress, and a further apply makes no revision', async () => {
		const asked: unknown[] = [];
		const helm = installer();
		const apiAnswers = async (endpoint: unknown) => void asked.push(endpoint);
		const world = worldOf(site(generated(), {helm, zenml: {apiAnswers}}));
		await controlPlaneStep.apply?.(world);
		expect(await look(controlPlaneStep, world)).toMatchObject({
			status: 'ok',
			note: 'zenml-pro 0.13.18, API answers',
			warnings: [expect.stringContaining('no key for the TLS')],
		});
		expect(asked).toEqual([
			{host: 'zenml-pro.corp.internal', port: 443, address: '10.1.2.3', ca: 'text of /pki/ca.crt'},
		]);
		await controlPlaneStep.apply?.(world);
		expect(helm.revisions()).toBe(1);
	});

	test('nothing is applied while its passwords are not made', async () => {
		await controlPlaneStep.apply?.(worldOf({bundle: carried(), cluster: kept()}));
	});

	test('values that the chart does not take stop it before anything changes', async () => {
		const outside = async () => rendered.replaceAll('registry.corp/', 'docker.io/');
		const world = worldOf(site(generated(), {helm: {...installer(), template: outside}}));
		expect(await refusalOf(look(controlPlaneStep, world))).toMatchObject({code: 'image-from-outside'});
	});

	test('an ingress without address is told as that, not as a server that is down', async () => {
		const helm = installer();
		const given = site(generated(), {helm});
		await controlPlaneStep.apply?.(worldOf(given));
		const world = worldOf({...given, cluster: {...given.cluster, list: async () => []}});
		expect(await refusalOf(look(controlPlaneStep, world))).toMatchObject({code: code('ingress-without-address')});
		expect(controlPlaneStep.retry?.codes).toContain(code('ingress-without-address'));
	});
});

describe('onboarding', () => {
	const users = [{username: 'ada', role: 'admin', superuser: true, password: 'env:ADA'}, {username: 'grace'}] as const;
	const answers = answersOf((input) => ({...input, organization: {name: 'acme', users: [...users]}}));
	const acme: Partial<ZenmlSession> = {organizations: async () => [{id: 'o1', name: 'acme'}]};
	const people = [
		{id: 'u1', username: 'ada', superuser: true, active: true},
		{id: 'u2', username: 'grace', superuser: false, active: true},
	];
	const at = (session: ReturnType<typeof sessionOf>, more: Given = {}) =>
		worldOf(site(generated({'users.grace.password': 'grace-password'}), {answers, zenml: session, ...more}));

	test('organization and users are to come', async () => {
		const all = ['create organization acme', 'create user ada (role admin)', 'create user grace (role member)'];
		expect(changesOf(await look(onboardingStep, at(sessionOf())))).toEqual(all);
		expect(changesOf(await look(onboardingStep, at(sessionOf(acme))))).toEqual(all.slice(1));
	});

	test('a dry run before the control plane is there asks no server', async () => {
		const world = worldOf({answers, pass: 'look', helm: {release: async () => undefined}});
		expect(changesOf(await look(onboardingStep, world))).toHaveLength(3);
		const half = {release: async () => releaseOf({status: 'failed'})};
		// It may have been installed before, and an upgrade have failed: what is in it is not said to be created.
		expect(changesOf(await look(onboardingStep, worldOf({answers, pass: 'look', helm: half})))).toEqual(
			['organization acme', 'user ada', 'user grace'].map(
				(target) => `check ${target} (known once the control plane runs)`,
			),
		);
	});

	test.each([
		['the control plane is not installed', undefined, 'The control plane is not installed.'],
		['it failed', releaseOf({status: 'failed'}), 'The control plane was not brought to its end.'],
		['it is installed', releaseOf(), 'The ingress has no address yet.'],
	])('nobody serves, as %s: that is what is told', async (_why, release, message) => {
		const cluster = kept(generated());
		const refusal = await refusalOf(
			look(onboardingStep, at(sessionOf(), {cluster, helm: {release: async () => release}})),
		);
		expect(refusal).toMatchObject({message});
		const isFollowed = release?.status !== 'deployed';
		expect(refusal.code).toBe(isFollowed ? code('control-plane-not-installed') : code('ingress-without-address'));
		expect(refusal.evidence ?? []).toEqual(isFollowed ? ['The ingress has no address yet.'] : []);
	});

	test('a control plane that is not there is told also where the address is given, and a refusal as it is', async () => {
		const helm = {release: async () => undefined};
		const fails = (what: Parameters<typeof refusal>[0]) => ({
			login: async () => {
				throw refusal(what);
			},
		});
		const tried = async (what: Parameters<typeof refusal>[0]) =>
			refusalOf(look(onboardingStep, at(sessionOf(), {helm, zenml: fails(what)})));
		expect(await tried('https-unreachable')).toMatchObject({code: code('control-plane-not-installed')});
		expect(await tried('zenml-login-refused')).toMatchObject({code: 'zenml-login-refused'});
	});

	test('a role is held by its id or by its name; one that is not held is an update', async () => {
		const members = async () => [
			{userId: 'u1', roles: ['r-Admin']},
			{userId: 'u2', roles: ['Organization Member']},
		];
		const session = {...acme, users: async () => people};
		expect(await look(onboardingStep, at(sessionOf({...session, members})))).toEqual({
			status: 'ok',
			note: 'organization acme, 2 users; the password given for ada is for a new user: one who was there before keeps theirs, to be changed in ZenML itself',
		});
		expect(changesOf(await look(onboardingStep, at(sessionOf(session))))).toEqual([
			'update user ada (role admin)',
			'update user grace (role member)',
		]);
	});

	test('everything is made in order, with the passwords of the answers', async () => {
		const made: unknown[] = [];
		const session = sessionOf({
			createUser: async (user) => {
				made.push(user);
				return {id: user.username, username: user.username, superuser: user.superuser, active: true};
			},
		});
		const world = at(session);
		await onboardingStep.apply?.(world);
		expect(session.calls).toEqual(['create organization acme', 'assign r-Admin to ada', 'assign r-Member to grace']);
		expect(made).toEqual([
			{username: 'ada', superuser: true, password: 'behind env:ADA'},
			{username: 'grace', superuser: false, password: 'grace-password'},
		]);
		expect(linesOf(world.told)).toContain('info user ada: Organization Admin of acme');
	});

	test('what is there already is left alone', async () => {
		const session = sessionOf({
			...acme,
			users: async () => people,
			members: async () => [{userId: 'u1', roles: ['r-Admin']}],
		});
		await onboardingStep.apply?.(at(session));
		expect(session.calls).toEqual(['assign r-Member to u2']);
	});

	test('a role that the answers no longer name is taken away, after the new one is given', async () => {
		const session = sessionOf({
			...acme,
			users: async () => people,
			members: async () => [
				{userId: 'u1', roles: ['Organization Viewer', 'Billing Admin']},
				{userId: 'u2', roles: ['Organization Member']},
				{userId: 'u9', roles: ['Organization Admin', 'Organization Viewer']},
			],
		});
		expect(changesOf(await look(onboardingStep, at(session)))).toEqual([
			'update user ada (role admin)',
			'delete user ada (role Organization Viewer)',
		]);
		await onboardingStep.apply?.(at(session));
		expect(session.calls).toEqual(['assign r-Admin to u1', 'take r-Viewer from u1']);
	});

	describe('a superuser', () => {
		const members = async () => [
			{userId: 'u1', roles: ['r-Admin']},
			{userId: 'u2', roles: ['r-Member']},
		];
		const seen = (ada: boolean, grace: boolean) =>
			sessionOf({
				...acme,
				members,
				users: async () => people.map((one) => ({...one, superuser: one.id === 'u1' ? ada : grace})),
			});

		test('of the answers is made one', async () => {
			const session = seen(false, false);
			expect(changesOf(await look(onboardingStep, at(session)))).toEqual(['update user ada (superuser)']);
			await onboardingStep.apply?.(at(session));
			expect(session.calls).toEqual(['superuser u1: true']);
		});

		test('that the answers do not ask for is one no longer', async () => {
			const session = seen(true, true);
			expect(changesOf(await look(onboardingStep, at(session)))).toEqual(['delete user grace (superuser)']);
			await onboardingStep.apply?.(at(session));
			expect(session.calls).toEqual(['superuser u2: false']);
		});

		test('whom the control plane made one because it was its first user is one no longer, before it gets a role', async () => {
			const session = sessionOf({
				...acme,
				members: async () => [{userId: 'u1', roles: ['r-Admin']}],
				users: async () => people.slice(0, 1),
				createUser: async ({username}) => ({id: 'u2', username, superuser: true, active: true}),
			});
			await onboardingStep.apply?.(at(session));
			expect(session.calls).toEqual(['superuser u2: false', 'assign r-Member to u2']);
		});

		test('who is the administrator of the answers keeps the right, and is told', async () => {
			const me = async () => ({id: 'u2', username: 'grace', superuser: true, active: true});
			const session = sessionOf({
				...acme,
				members,
				me,
				users: async () => people.map((one) => ({...one, superuser: true})),
			});
			expect(await look(onboardingStep, at(session))).toMatchObject({
				status: 'ok',
				warnings: [expect.stringContaining('does not take its own right away')],
			});
			await onboardingStep.apply?.(at(session));
			expect(session.calls).toEqual([]);
		});

		test('that is deactivated is told', async () => {
			const users = async () => people.map((one) => ({...one, active: one.id !== 'u2'}));
			expect(await look(onboardingStep, at(sessionOf({...acme, members, users})))).toMatchObject({
				warnings: ['grace is deactivated at the control plane and cannot log in.'],
			});
		});
	});

	describe('teams', () => {
		const teamed = (...teams: (string | undefined)[]) =>
			answersOf((input) => ({
				...input,
				organization: {
					name: 'acme',
					users: users.map((user, at) => ({...user, ...(teams[at] && {teams: teams[at]})})),
				},
			}));
		const session = () =>
			sessionOf({
				...acme,
				users: async () => people,
				members: async () => [
					{userId: 'u1', roles: ['r-Admin']},
					{userId: 'u2', roles: ['r-Member']},
				],
				teams: async () => ['red', 'blue'].map((name) => ({id: `t-${name}`, name})),
				teamMembers: async () => [{userId: 'u1'}, {userId: 'u2'}],
			});

		test('are those of the answers: made, joined and left', async () => {
			const wanted = {answers: teamed('red, green')};
			const made = session();
			expect(changesOf(await look(onboardingStep, at(made, wanted)))).toEqual([
				'create team green',
				'update user ada (team green)',
				'delete user ada (team blue)',
			]);
			await onboardingStep.apply?.(at(made, wanted));
			expect(made.calls).toEqual(['create team green', 'u1 joins t-green', 'u1 leaves t-blue']);
		});

		test('are left as they are where the answers of a user name none', async () => {
			expect(await look(onboardingStep, at(session()))).toMatchObject({status: 'ok'});
			expect(changesOf(await look(onboardingStep, at(session(), {answers: teamed(undefined, 'blue')})))).toEqual([
				'delete user grace (team red)',
			]);
		});

		test('of a new user are joined, too; the first login is told', async () => {
			const made = sessionOf({...acme});
			const world = at(made, {answers: teamed(undefined, 'red')});
			await onboardingStep.apply?.(world);
			expect(made.calls).toContain('id of grace joins t-red');
			expect(linesOf(world.told)).toContain(
				'info user grace logs in with the first password and is then asked for one of their own; read the first one with: zenml-airgap secrets show users.grace.password',
			);
			expect(linesOf(world.told)).toContain(
				'info user ada logs in with the first password and is then asked for one of their own',
			);
		});
	});

	test.each([
		[[{id: 'r1', name: 'Editor', level: 'organization'}], 'It has: Editor.'],
		[[], 'It has: none.'],
	])('a role that the control plane does not have is refused: %j', async (roles, cause) => {
		const session = sessionOf({...acme, users: async () => people, roles: async () => roles});
		expect(await refusalOf(look(onboardingStep, at(session)))).toMatchObject({
			code: code('zenml-role-missing'),
			message: 'The control plane has no role "admin".',
			cause,
			fix: 'Name one of these in organization.users.',
			answers: ['organization.users'],
		});
	});

	test('a role may be called just by its word', async () => {
		const roles = async () => ['ADMIN', 'member'].map((name) => ({id: name, name, level: 'organization'}));
		const session = sessionOf({...acme, users: async () => people, roles});
		await onboardingStep.apply?.(at(session));
		expect(session.calls).toEqual(['assign ADMIN to u1', 'assign member to u2']);
	});

	test("an administrator's password that is not made is refused, not guessed at", async () => {
		expect(await refusalOf(look(onboardingStep, worldOf(site(empty))))).toMatchObject({
			code: code('generated-secret-missing'),
		});
	});
});

const workspaceOf = ({answers}: World) => {
	const [workspace] = answers.workspaces;
	if (!workspace) throw new Error('no workspace');
	return workspace;
};

describe('enrollment', () => {
	const enroll = async (session: ReturnType<typeof sessionOf>, secret = generated()) => {
		const world = worldOf(site(secret, {zenml: session}));
		await ensureEnrolled(world, workspaceOf(world));
		return world;
	};

	test('its key is kept before anything else, and registered with the redactor', async () => {
		const session = sessionOf({workspaces: async () => []});
		const world = await enroll(session);
		expect(session.calls).toEqual(['enroll default']);
		expect(await readEnrollment(world, workspaceOf(world))).toEqual(enrollment);
		// Nothing else of the enrollment is secret: its ids stand in notes and reports.
		expect(new Set(world.secrets)).toEqual(new Set(['admin-password', 'enrollment-key']));
		expect(linesOf(world.told)).toEqual([`info workspace default enrolled as ${enrollment.workspaceId}`]);
	});

	test('is done once', async () => {
		const session = sessionOf();
		await enroll(session, generatedAndEnrolled());
		expect(session.calls).toEqual([]);
	});

	test('a workspace whose key was lost on the way is deleted and enrolled anew', async () => {
		const half = {id: 'half', name: 'default', organizationId: 'o', status: 'pending'};
		const session = sessionOf({workspaces: async () => [half]});
		const world = await enroll(session);
		expect(session.calls).toEqual(['delete workspace half', 'enroll default']);
		expect(linesOf(world.told)[0]).toBe(
			'warn workspace default was enrolled by a run that did not keep its key; enrolling it anew',
		);
	});

	test('a workspace that serves somebody is never deleted', async () => {
		const session = sessionOf();
		expect(await refusalOf(enroll(session))).toMatchObject({
			code: code('zenml-workspace-exists'),
			message: 'The control plane has a workspace "default" that this tool did not enroll.',
			cause: 'It is available, so a server answers for it; its enrollment key cannot be asked for again.',
			fix: 'Give this workspace another name, or go on with what this tool kept of it.',
			answers: ['workspaces'],
		});
		expect(session.calls).toEqual([]);
	});

	test('one that the control plane forgot is not enrolled behind its back; the way out is named', async () => {
		const session = sessionOf({workspaces: async () => []});
		expect(await refusalOf(enroll(session, generatedAndEnrolled()))).toMatchObject({
			code: code('zenml-enrollment-unknown'),
			message: 'The control plane does not know the workspace "default" that was enrolled before.',
			cause: `Its id ${enrollment.workspaceId} is stored in the cluster, but the control plane's database has no such workspace: it was deleted there, or the database was replaced.`,
			fix: "Restore the control plane's database, or remove the stored enrollment to enroll the workspace anew.",
			nextSteps: [
				`kubectl -n zenml-pro patch secret zenml-airgap-generated --type=json -p '[{"op":"remove","path":"/data/workspaces.default.enrollment"}]'`,
			],
		});
		expect(session.calls).toEqual([]);
	});

	test('needs the organization of the answers', async () => {
		const session = sessionOf({organizations: async () => [{id: 'x', name: 'another'}]});
		expect(await refusalOf(enroll(session))).toMatchObject({
			code: code('zenml-organization-missing'),
			message: 'The control plane has no organization "default".',
			cause: 'The step "onboarding" has not run, or the organization was deleted since.',
			fix: 'Run the install from the step "onboarding".',
			answers: ['organization.name'],
		});
	});
});

describe('workspaces', () => {
	const enroll = ['create enrollment of workspace default', 'create release zenml-workspace/zenml'];
	const see = async (given: Given) => look(workspacesStep, worldOf(given));

	test('are enrolled and installed; then nothing is left to do, and no further revision is made', async () => {
		const helm = installer();
		const session = sessionOf({workspaces: async () => []});
		const given = site(generated(), {helm, zenml: {...session, workspaceInfo: async () => info}});
		expect(changesOf(await see(given))).toEqual(enroll);
		const world = worldOf(given);
		await workspacesStep.apply?.(world);
		expect(session.calls).toEqual(['enroll default']);
		expect(world.told.filter(({kind}) => kind === 'progress')).toEqual([
			{kind: 'progress', label: 'workspaces', done: 0, total: 1, unit: 'items'},
			{kind: 'progress', label: 'workspaces', done: 1, total: 1, unit: 'items'},
		]);
		const later = {...given, zenml: {...sessionOf(), workspaceInfo: async () => info}};
		expect(await see(later)).toMatchObject({status: 'ok', note: 'default at zenml.corp.internal'});
		await workspacesStep.apply?.(worldOf(later));
		expect(helm.revisions()).toBe(1);
	});

	test('a dry run before the control plane is there asks no server', async () => {
		const {cluster: _cluster, zenml: _zenml, dns: _dns, ...near} = site(empty);
		const cluster = {version: async () => 'v1.34.0', get: async () => undefined};
		expect(changesOf(await see({...near, pass: 'look', cluster}))).toEqual(enroll);
	});

	test.each([
		['failed', async () => releaseOf({status: 'failed'})],
		['gone', async () => undefined],
	])('an enrollment that is kept is not said to be created while the control plane is %s', async (_how, release) => {
		const {zenml: _zenml, dns: _dns, ...near} = site(generatedAndEnrolled());
		const helm = {
			...near.helm,
			release: async (name: string) => (name === 'zenml-pro' ? release() : undefined),
		};
		expect(changesOf(await see({...near, pass: 'look', helm}))).toEqual([
			'check enrollment of workspace default (known once the control plane runs)',
			'create Secret zenml-workspace/zenml-enrollment',
			'create release zenml-workspace/zenml (zenml-0.95.1)',
		]);
	});

	test('one that the control plane does not know is to be enrolled', async () => {
		const zenml = sessionOf({workspaces: async () => []});
		expect(changesOf(await see(site(generatedAndEnrolled(), {zenml, pass: 'verify'})))).toEqual(enroll);
	});

	test('one whose keys are not made is to be installed later', async () => {
		const {cluster} = site(generatedAndEnrolled());
		const without = async (reference: Parameters<NonNullable<NonNullable<typeof cluster>['get']>>[0]) => {
			const {'workspaces.default.encryptionKey': _lost, ...data} = generatedAndEnrolled().data as Record<
				string,
				string
			>;
			return reference.name === 'zenml-airgap-generated' ? {...generatedAndEnrolled(), data} : undefined;
		};
		const given = site(generatedAndEnrolled(), {cluster: {...cluster, get: without}, pass: 'verify'});
		expect(changesOf(await see(given))).toEqual(['create release zenml-workspace/zenml']);
		const session = sessionOf();
		await workspacesStep.apply?.(worldOf({...given, zenml: session}));
		expect(session.calls).toEqual([]);
	});

	test('values that the chart does not take are refused', async () => {
		const outside = async () => rendered.replaceAll('registry.corp/', 'docker.io/');
		const given = site(generatedAndEnrolled(), {helm: {...installer(), template: outside}});
		expect(await refusalOf(see(given))).toMatchObject({code: 'image-from-outside'});
	});

	test.each([
		['another', 'it answers as workspace another'],
		[undefined, 'it answers as workspace (none)'],
	])('a server that says it is %s is rolled out again', async (proWorkspaceId, detail) => {
		const helm = installer();
		const given = site(generatedAndEnrolled(), {helm});
		await workspacesStep.apply?.(worldOf(given));
		const zenml = {...sessionOf(), workspaceInfo: async () => ({...info, proWorkspaceId})};
		expect(changesOf(await see({...given, zenml}))).toEqual([`update release zenml-workspace/zenml (${detail})`]);
	});

	test('a server that does not answer is told in its own words', async () => {
		const given = site(generatedAndEnrolled());
		await workspacesStep.apply?.(worldOf(given));
		const workspaceInfo = async () => {
			throw refusal('https-unreachable');
		};
		expect(await refusalOf(see({...given, zenml: {...sessionOf(), workspaceInfo}}))).toMatchObject({
			code: 'https-unreachable',
		});
	});
});

test('secrets go into the values of their own release and nowhere else', async () => {
	const world = worldOf(site(generatedAndEnrolled()));
	const [pro, workspace] = [await wantedControlPlane(world), await wantedWorkspace(world, workspaceOf(world))];
	expect(JSON.stringify(pro?.values)).toContain('admin-password');
	const [key, enrollmentKey] = ['e'.repeat(64), 'enrollment-key'];
	expect(JSON.stringify(workspace?.values)).toContain(key);
	expect(JSON.stringify(pro?.values)).not.toContain(key);
	// The chart takes it by reference.
	expect(JSON.stringify([pro?.values, workspace?.values])).not.toContain(enrollmentKey);
	expect(JSON.stringify(workspace?.values)).not.toContain('admin-password');
	expect(JSON.stringify(world.told)).not.toMatch(/password|enrollment-key/u);
	expect([pro?.component, workspace?.component]).toEqual(['controlPlane', 'workspaces.0']);
});
