import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {authorityFrom} from '../../rehearsal/authority/index.ts';
import {rehearsalHosts} from '../../rehearsal/index.ts';
import type {Draft} from '../../source/answers/draft.ts';
import type {Answers, AnswersInput} from '../../source/answers/schema.ts';
import {withEngineOf} from '../../source/app/rehearsal/databases.ts';
import type {KubeObject} from '../../source/cluster/types.ts';
import {adminSession} from '../../source/steps/shared/endpoints.ts';
import {objectsOf} from '../helpers/dump.ts';
import {plannedIn, type Site, startSite} from '../helpers/world.ts';

const never = new AbortController().signal;
const second = 'zenml-second.rehearsal.internal';

/** The answers with everything that is optional: two workspaces, budgets, replicas, users, a workload manager, no prefix. */
const everythingOn = async (site: Site): Promise<(input: AnswersInput) => AnswersInput> => {
	const record = JSON.parse(await readFile(path.join(site.rehearsal.directory, 'rehearsal.json'), 'utf8'));
	const authority = await authorityFrom(record.authority);
	const pair = await authority.issue({hosts: [...Object.values(rehearsalHosts), second], days: 90});
	const write = async (name: string, text: string): Promise<string> => {
		const file = path.join(site.folder, name);
		await writeFile(file, text, {mode: 0o600});
		return file;
	};
	const certificate = await write('three.crt', pair.cert);
	const key = await write('three.key', pair.key);
	const ada = await write('ada', 'ada-is-shown-nowhere');
	return (input) => ({
		...input,
		registry: {...input.registry, prefix: ''},
		tls: {...input.tls, certificate, key},
		controlPlane: {...input.controlPlane, replicas: 2, podDisruptionBudget: {enabled: true}},
		organization: {
			name: 'Acme Research',
			users: [
				// The control plane makes its first user a superuser.
				{username: 'grace', role: 'member', teams: 'red, blue'},
				{username: 'ada', role: 'admin', superuser: true, password: `file:${ada}`, teams: 'red'},
				{username: 'edsger', role: 'viewer'},
			],
		},
		workspaces: [
			{name: 'default', host: rehearsalHosts.workspace, replicas: 2, environment: {ZENML_LOGGING_VERBOSITY: 'DEBUG'}},
			{
				name: 'second',
				host: second,
				namespace: 'zenml-second',
				release: 'second',
				database: {name: 'zenml_second', username: 'zenml_second_user'},
				podDisruptionBudget: {enabled: true},
			},
		],
		workloadManager: {enabled: true},
		network: {...input.network, podChecks: false},
	});
};

const expectInstalled = async (site: Site, answers: Answers): Promise<void> => {
	const first = await site.run(answers);
	expect([first.exitCode, first.problem]).toEqual([0, undefined]);
	expect(first.state.steps.map(({id, outcome}) => [id, outcome])).toContainEqual(['workload-manager', 'applied']);
	const again = await site.run(answers);
	expect([again.exitCode, plannedIn(again.events)]).toEqual([0, {}]);
	// Pod checks are off: nothing is asked from pods.
	expect(JSON.stringify([...first.events, ...again.events])).not.toContain('a probe pod');
};

const expectRoles = async (site: Site, answers: Answers): Promise<void> => {
	const session = await adminSession(await site.world(answers));
	const organization = (await session.organizations()).find(({name}) => name === 'Acme Research')?.id ?? '';
	const members = await session.members(organization);
	const roles = new Map((await session.roles(organization)).map(({id, name}) => [id, name]));
	const rolesOf = (user: string) =>
		members.find(({userId}) => userId === user)?.roles.map((role) => roles.get(role) ?? role) ?? [];
	const held = (await session.users()).map(({id, username, superuser}) => [username, superuser, ...rolesOf(id)]);
	expect(held).toEqual(
		expect.arrayContaining([
			['ada', true, 'Organization Admin'],
			['grace', false, 'Organization Member'],
			['edsger', false, 'Organization Viewer'],
		]),
	);
};

const expectTeams = async (site: Site, answers: Answers): Promise<void> => {
	const session = await adminSession(await site.world(answers));
	const organization = (await session.organizations()).find(({name}) => name === 'Acme Research')?.id ?? '';
	const names = new Map((await session.users()).map(({id, username}) => [id, username]));
	const teams = await session.teams(organization);
	const members = await Promise.all(
		teams.map(async ({id, name}) => [name, (await session.teamMembers(id)).map(({userId}) => names.get(userId))]),
	);
	expect(Object.fromEntries(members)).toEqual({red: ['grace', 'ada'], blue: ['grace']});
};

/** The objects of a kind in a namespace. */
type Find = (kind: string, namespace: string) => readonly KubeObject[];

const expectReplicasAndBudgets = (find: Find): void => {
	const replicas = (namespace: string, name: string) =>
		(find('Deployment', namespace).find(({metadata}) => metadata.name === name)?.spec as {replicas?: number})?.replicas;
	expect(replicas('zenml-pro', 'zenml-pro')).toBe(2);
	expect(replicas('zenml-workspace', 'zenml')).toBe(2);
	expect(find('PodDisruptionBudget', 'zenml-pro')).toHaveLength(1);
	// The workspace chart has none of its own.
	expect(find('PodDisruptionBudget', 'zenml-workspace')).toHaveLength(0);
	expect(find('PodDisruptionBudget', 'zenml-second')).toMatchObject([
		{spec: {minAvailable: 1, selector: {matchLabels: {'app.kubernetes.io/component': 'server'}}}},
	]);
	const [secret] = find('Secret', 'zenml-workspace').filter(({metadata}) => metadata.name === 'zenml-enrollment');
	expect(Object.keys((secret?.data ?? {}) as object)).toEqual(['enrollmentKey']);
};

const expectRunners = (find: Find): void => {
	const accounts = find('ServiceAccount', 'zenml-workload-manager').map(({metadata}) => metadata.name);
	expect(accounts).toContain('zenml-runner');
	const [binding] = find('RoleBinding', 'zenml-workload-manager');
	const subjects = (binding?.subjects ?? []) as readonly {readonly name: string; readonly namespace: string}[];
	expect(subjects.map(({namespace}) => namespace)).toEqual(['zenml-workspace', 'zenml-second']);
	// A right that is given to an account nobody runs as is no right.
	for (const {name, namespace} of subjects) {
		const [pod] = find('Pod', namespace).filter(({status}) => (status as {phase?: string}).phase === 'Running');
		expect(pod).toMatchObject({spec: {serviceAccountName: name}});
	}
};

const expectImagesWithoutPrefix = async (site: Site, answers: Answers, find: Find): Promise<void> => {
	const images = find('Pod', 'zenml-second').flatMap(({spec}) =>
		(spec as {containers: readonly {image: string}[]}).containers.map(({image}) => image),
	);
	const {registry, bundle} = await site.world(answers);
	const server = (await bundle.open(never)).images.find(({name}) => name === 'zenml-pro-server');
	expect([...new Set(images)]).toEqual([`${registry.host}/zenml-pro-server:${server?.tag}`]);
};

/** HTTPS does not answer on 443 here. */
const expectPortInAddresses = async (site: Site, answers: Answers): Promise<void> => {
	const {httpsPort} = answers.ingress;
	expect(httpsPort).not.toBe(443);
	const {helm} = await site.world(answers);
	const values = JSON.stringify(await helm.values('second', 'zenml-second', never));
	expect(values).toContain(`https://${second}:${httpsPort}`);
	expect(values).toContain(`https://${rehearsalHosts.controlPlane}:${httpsPort}/api/v1`);
};

test('an install with everything that is optional comes to its end, and the site is what was asked for', async () => {
	const site = await startSite();
	onTestFinished(site.stop);
	const answers = site.answers(await everythingOn(site));
	await expectInstalled(site, answers);
	await expectRoles(site, answers);
	await expectTeams(site, answers);
	const objects = await objectsOf(site);
	const find: Find = (kind, namespace) =>
		objects.filter((object) => object.kind === kind && object.metadata.namespace === namespace);
	expectReplicasAndBudgets(find);
	expectRunners(find);
	await expectImagesWithoutPrefix(site, answers, find);
	await expectPortInAddresses(site, answers);
});

test('a control plane on MySQL comes up, beside the workspace on the same server', async () => {
	const site = await startSite();
	onTestFinished(site.stop);
	const {answers: given} = site.rehearsal;
	const world = withEngineOf({database: {engine: 'mysql', host: 'db.corp'}}, given as unknown as Draft);
	const answers = site.answers((input) => ({...input, controlPlane: (world as unknown as AnswersInput).controlPlane}));
	expect(answers.controlPlane.database.server).toBeUndefined();
	const {exitCode, problem, state} = await site.run(answers, {until: 'workspaces'});
	expect([exitCode, problem]).toEqual([0, undefined]);
	expect(state.steps.map(({id, outcome}) => [id, outcome])).toContainEqual(['workspaces', 'applied']);
	expect(await site.mysql('select version_num from alembic_version', 'zenml_pro')).toEqual([
		{version_num: expect.any(String)},
	]);
});
