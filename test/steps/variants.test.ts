import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {authorityFrom} from '../../rehearsal/authority/index.ts';
import {rehearsalHosts} from '../../rehearsal/index.ts';
import {startNameServer} from '../../rehearsal/name-server/index.ts';
import {startRegistry} from '../../rehearsal/registry/index.ts';
import type {AnswersInput} from '../../source/answers/schema.ts';
import {adminSession} from '../../source/steps/shared/endpoints.ts';
import {objectsOf} from '../helpers/dump.ts';
import {plannedIn, type Site, startSite} from '../helpers/world.ts';

let site: Site;
const never = new AbortController().signal;
const second = 'zenml-second.rehearsal.internal';
let everything: (input: AnswersInput) => AnswersInput;

beforeAll(async () => {
	site = await startSite();
	const record = JSON.parse(await readFile(path.join(site.rehearsal.directory, 'rehearsal.json'), 'utf8'));
	const authority = await authorityFrom(record.authority);
	const pair = await authority.issue({hosts: [...Object.values(rehearsalHosts), second], days: 90});
	const [certificate, key, dba] = ['three.crt', 'three.key', 'dba-password'].map((name) =>
		path.join(site.folder, name),
	);
	if (!certificate || !key || !dba) throw new Error('no paths');
	await writeFile(certificate, pair.cert, {mode: 0o600});
	await writeFile(key, pair.key, {mode: 0o600});
	await writeFile(dba, 'ada-is-shown-nowhere', {mode: 0o600});
	everything = (input) => ({
		...input,
		registry: {...input.registry, prefix: ''},
		tls: {...input.tls, certificate, key},
		controlPlane: {...input.controlPlane, replicas: 2, podDisruptionBudget: {enabled: true}},
		organization: {
			name: 'Acme Research',
			users: [
				{username: 'ada', role: 'admin', superuser: true, password: `file:${dba}`},
				{username: 'grace', role: 'member'},
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
});
afterAll(async () => site?.stop());

describe('an install with everything that is optional', () => {
	it('comes to its end, and a second run finds nothing to do', async () => {
		const answers = site.answers(everything);
		const first = await site.run(answers);
		expect(first.problem).toBeUndefined();
		expect(first.exitCode).toBe(0);
		// The workspace chart has no disruption budget; the operator who asked for one is told.
		expect(first.state.steps.find(({id}) => id === 'workspaces')?.warnings.join()).toContain(
			'has no podDisruptionBudget',
		);
		expect(first.state.steps.map(({id, outcome}) => [id, outcome])).toContainEqual(['workload-manager', 'applied']);
		const again = await site.run(answers);
		expect(again.exitCode).toBe(0);
		expect(plannedIn(again.events)).toEqual({});
	});

	it('asks nothing from pods when pod checks are off', async () => {
		const {events} = await site.run(site.answers(everything), {pass: 'verify'});
		expect(JSON.stringify(events)).not.toContain('a probe pod');
		expect(JSON.stringify(await site.run(site.answers(), {pass: 'look'}))).not.toContain('a probe pod');
	});

	it('gives every user the role that was asked for', async () => {
		const session = await adminSession(await site.world(site.answers(everything)));
		const organization = (await session.organizations()).find(({name}) => name === 'Acme Research');
		const [users, members, roles] = [
			await session.users(),
			await session.members(organization?.id ?? ''),
			await session.roles(organization?.id ?? ''),
		];
		const held = Object.fromEntries(
			users.map(({id, username, superuser}) => [
				username,
				[
					superuser,
					...(members.find(({userId}) => userId === id)?.roles ?? []).map(
						(role) => roles.find(({id: known}) => known === role)?.name ?? role,
					),
				],
			]),
		);
		expect(held).toMatchObject({
			ada: [true, 'Organization Admin'],
			grace: [false, 'Organization Member'],
			edsger: [false, 'Organization Viewer'],
		});
	});

	it('has replicas, disruption budgets, both workspaces and the rights of the workload manager in the cluster', async () => {
		const objects = await objectsOf(site);
		const find = (kind: string, namespace: string) =>
			objects.filter((object) => object.kind === kind && object.metadata.namespace === namespace);
		const replicas = (namespace: string, name: string) =>
			(find('Deployment', namespace).find(({metadata}) => metadata.name === name)?.spec as {replicas?: number})
				?.replicas;
		expect(replicas('zenml-pro', 'zenml-pro')).toBe(2);
		expect(replicas('zenml-workspace', 'zenml')).toBe(2);
		expect(find('PodDisruptionBudget', 'zenml-pro')).toHaveLength(1);
		expect(find('PodDisruptionBudget', 'zenml-workspace')).toHaveLength(0);
		expect(find('ServiceAccount', 'zenml-workload-manager').map(({metadata}) => metadata.name)).toContain(
			'zenml-runner',
		);
		const [binding] = find('RoleBinding', 'zenml-workload-manager');
		const subjects = (binding?.subjects ?? []) as readonly {readonly name: string; readonly namespace: string}[];
		expect(subjects.map(({namespace}) => namespace)).toEqual(['zenml-workspace', 'zenml-second']);
		// A right that is given to an account nobody runs as is no right.
		for (const {name, namespace} of subjects) {
			const [pod] = find('Pod', namespace).filter(({status}) => (status as {phase?: string}).phase === 'Running');
			expect(pod).toMatchObject({spec: {serviceAccountName: name}});
		}
		const images = find('Pod', 'zenml-second').flatMap(({spec}) =>
			(spec as {containers: readonly {image: string}[]}).containers.map(({image}) => image),
		);
		const {registry, bundle} = await site.world(site.answers(everything));
		const server = (await bundle.open(never)).images.find(({name}) => name === 'zenml-pro-server');
		expect([...new Set(images)]).toEqual([`${registry.host}/zenml-pro-server:${server?.tag}`]);
	});

	it('names the port in every address when HTTPS does not answer on 443', async () => {
		const answers = site.answers(everything);
		expect(answers.ingress.httpsPort).not.toBe(443);
		const {helm} = await site.world(answers);
		const values = JSON.stringify(await helm.values('second', 'zenml-second', never));
		expect(values).toContain(`https://${second}:${answers.ingress.httpsPort}`);
		expect(values).toContain(`https://${rehearsalHosts.controlPlane}:${answers.ingress.httpsPort}/api/v1`);
	});
});

describe('people who are asked to confirm', () => {
	it('a confirmed DNS hand-over goes on with a warning, but only where the answers allow it', async () => {
		const names = await startNameServer({port: 0});
		try {
			const answers = (dnsHandover: 'wait' | 'confirm') =>
				site.answers((input) => ({
					...everything(input),
					network: {...input.network, nameServer: `127.0.0.1:${names.port}`, podChecks: false, dnsHandover},
				}));
			expect(await site.check('dns', answers('wait'), 'apply', true)).toMatchObject({status: 'waiting'});
			const waiting = await site.check('dns', answers('confirm'));
			expect(waiting).toMatchObject({status: 'waiting', handover: {acknowledge: expect.any(String)}});
			const confirmed = await site.check('dns', answers('confirm'), 'apply', true);
			expect(confirmed).toMatchObject({status: 'ok', note: 'confirmed by the operator'});
			expect(confirmed.status === 'ok' && confirmed.warnings).toHaveLength(3);
		} finally {
			await names.stop();
		}
	});

	it('a confirmed CA hand-over goes on with a warning, but only where the answers allow it', async () => {
		const trustStore = path.join(site.folder, 'nobody.crt');
		await writeFile(trustStore, '');
		const answers = (caHandover: 'wait' | 'confirm') =>
			site.answers((input) => ({...everything(input), network: {...input.network, trustStore, caHandover}}));
		expect(await site.check('ca', answers('wait'), 'apply', true)).toMatchObject({status: 'waiting'});
		expect(await site.check('ca', answers('confirm'))).toMatchObject({
			status: 'waiting',
			handover: {acknowledge: expect.any(String)},
		});
		expect(await site.check('ca', answers('confirm'), 'apply', true)).toMatchObject({
			status: 'ok',
			warnings: [`this host trusts the CA: it is not in ${trustStore}`],
		});
	});

	it('a run without a screen gives up after the time in the answers, with the hand-over as its problem', async () => {
		const trustStore = path.join(site.folder, 'nobody-either.crt');
		await writeFile(trustStore, '');
		const answers = site.answers((input) => ({
			...everything(input),
			network: {...input.network, trustStore, caHandover: 'wait', podChecks: false},
		}));
		const {unattended} = await import('../../source/engine/controls.ts');
		const run = await site.run(answers, {
			controls: () => unattended({acknowledged: () => false, handoverLimitMs: 0}),
		});
		expect(run).toMatchObject({exitCode: 4, problem: {code: 'handover-ca', area: 'people', who: 'network team'}});
	});
});

describe('a registry without login', () => {
	it('takes the images and needs no pull secret anywhere', async () => {
		const registry = await startRegistry({port: 0, dataDirectory: path.join(site.folder, 'open-registry'), users: []});
		try {
			const answers = site.answers((input) => ({
				...input,
				registry: {host: registry.host, plainHttp: true},
				controlPlane: {...input.controlPlane, namespace: 'open-pro'},
				workspaces: [{name: 'default', host: rehearsalHosts.workspace, namespace: 'open-workspace'}],
			}));
			const run = await site.run(answers, {
				until: 'secrets',
				stateDirectory: path.join(site.folder, 'open-state'),
			});
			expect(run).toMatchObject({exitCode: 0});
			const secrets = (await objectsOf(site)).filter(
				({kind, metadata}) => kind === 'Secret' && metadata.namespace?.startsWith('open-'),
			);
			expect(secrets.map(({metadata}) => metadata.name)).not.toContain('internal-registry-secret');
			expect(secrets.map(({type}) => type)).not.toContain('kubernetes.io/dockerconfigjson');
		} finally {
			await registry.stop();
		}
	});
});
