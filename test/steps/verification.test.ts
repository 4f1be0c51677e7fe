import {describe, expect, test} from 'vitest';
import type {KubeObject} from '../../source/cluster/types.ts';
import {unattended} from '../../source/engine/controls.ts';
import {converge} from '../../source/engine/converge.ts';
import {createFold} from '../../source/engine/fold.ts';
import type {Finding} from '../../source/engine/plan.ts';
import {paperText} from '../../source/report/paper.ts';
import {acceptancePaper} from '../../source/report/run-papers.ts';
import {verificationStep} from '../../source/steps/verification/index.ts';
import type {World} from '../../source/steps/world.ts';
import {
	carried,
	enrollment,
	files,
	generated,
	generatedAndEnrolled,
	imageOf,
	info,
	ingress,
	kept,
	podOf,
	refusal,
	releaseOf,
	sessionOf,
} from './parts.ts';
import {changesOf, code, type Given, look, never, refusalOf, rowsOf, worldOf} from './world.ts';

const line = 'INFO ready';
const digest = `sha256:${'a'.repeat(64)}`;
const api = imageOf('zenml-pro-api', {manifest: {mediaType: 'application/json', digest, bytes: Buffer.from('{}')}});
/** A pod of the API whose node tells its image. */
const ran: KubeObject = {
	apiVersion: 'v1',
	kind: 'Pod',
	metadata: {name: 'p1', namespace: 'zenml-pro'},
	spec: {containers: [{name: 'api', image: 'registry.corp/zenml/zenml-pro-api:1.0'}]},
	status: {containerStatuses: [{name: 'api', imageID: digest}]},
};
const cluster = {
	...kept(generatedAndEnrolled(), ingress(), ran),
	pods: async () => [podOf('p1')],
	logs: async () => [line],
};
const zenml = {
	...sessionOf(),
	health: async () => undefined,
	workspaceInfo: async () => info,
	dashboard: async () => ({title: 'ZenML Pro', part: '/assets/index.js'}),
};
const helm = {release: async () => releaseOf()};
const right: Given = {cluster, zenml, helm, host: files, bundle: carried({images: [api]})};

const seen = async (given: Given): Promise<{readonly finding: Finding; readonly rows: readonly string[]}> => {
	const world = worldOf({...right, ...given});
	return {finding: await look(verificationStep, world), rows: rowsOf(world.told)};
};
const refuse = async (given: Given) => refusalOf(look(verificationStep, worldOf({...right, ...given})));

describe('verification', () => {
	test('what users will do was done, and every server is what it should be', async () => {
		const {finding, rows} = await seen({});
		expect(finding).toEqual({status: 'ok', note: '10 checks passed', warnings: []});
		expect(rows).toEqual([
			'the administrator can log in: ok, admin, superuser',
			'the dashboard opens: ok, ZenML Pro, with /assets/index.js',
			'workspace default is healthy: ok, HTTP 200 over TLS with your CA',
			`workspace default says what it should: ok, version 0.95.1, postgresql, kubernetes, workspace ${enrollment.workspaceId}`,
			'control plane: every image comes from the internal registry: ok, 1 image in 1 pod',
			'control plane: pods run the images of the bundle: ok, 1 container, by digest',
			'control plane: logs without errors: ok, 1 line of 1 pod',
			'workspace default: every image comes from the internal registry: ok, 1 image in 1 pod',
			'workspace default: pods run the images of the bundle: ok, 1 container, by digest',
			'workspace default: logs without errors: ok, 1 line of 1 pod',
		]);
	});

	test('an administrator who is no superuser is told as such', async () => {
		const me = async () => ({id: 'u1', username: 'root', superuser: false, active: true});
		const {rows} = await seen({zenml: {...zenml, ...sessionOf({me})}});
		expect(rows[0]).toBe('the administrator can log in: ok, root');
	});

	test('a server that is unwell, or a refused login, fails with its own words', async () => {
		const health = async () => {
			throw refusal('zenml-not-ready');
		};
		expect(await refuse({zenml: {...zenml, health}})).toMatchObject({code: 'zenml-not-ready', area: 'verification'});
		const login = async () => {
			throw refusal('zenml-login-refused');
		};
		expect(await refuse({zenml: {...zenml, login}})).toMatchObject({code: 'zenml-login-refused'});
	});

	test('a workspace that is not what was asked for says in what', async () => {
		const wrong = {...info, databaseType: 'sqlite', analyticsEnabled: true, proWorkspaceId: 'w9'};
		expect(await refuse({zenml: {...zenml, workspaceInfo: async () => wrong}})).toMatchObject({
			code: code('verification-failed'),
			area: 'verification',
			message: 'Workspace default answers, but is not what was asked for.',
			cause: `What it says of itself: it stores its data in SQLite inside the pod: everything is lost at the next restart; it believes to be workspace w9, not ${enrollment.workspaceId}; it sends analytics to the internet.`,
			fix: 'Run the install again: it writes the right values. If it stays, the chart ignores them.',
		});
	});

	test('a workspace without enrollment on either side is told so', async () => {
		const {proWorkspaceId: _id, ...nobody} = info;
		const given = {
			cluster: {...cluster, ...kept(generated(), ingress(), ran)},
			zenml: {...zenml, workspaceInfo: async () => ({...nobody, proWorkspaceId: undefined})},
		};
		const {finding, rows} = await seen(given);
		expect(finding.status).toBe('ok');
		expect(rows[3]).toMatch(/workspace $/u);
		const other = {...zenml, workspaceInfo: async () => ({...info, proWorkspaceId: 'w9'})};
		expect((await refuse({...given, zenml: other})).cause).toContain('workspace w9, not (not enrolled)');
		const {cluster: enrolled} = right;
		expect((await refuse({...given, ...(enrolled && {cluster: enrolled})})).cause).toContain('workspace (none), not');
	});

	test('images from outside are named, though they run', async () => {
		const pods = async () => [podOf('p1', {images: ['registry.corp/a:1', 'docker.io/b:1']}), podOf('p2')];
		expect(await refuse({cluster: {...cluster, pods}})).toMatchObject({
			code: code('verification-failed'),
			message: expect.stringMatching(/^2 of 10 checks failed: /u),
			cause: expect.stringMatching(
				/^They are: 1\. Pods of the control plane use images from outside\. 2\. Pods of the /u,
			),
		});
		const once = async (namespace: string) => (namespace === 'zenml-pro' ? pods() : [podOf('p3')]);
		expect(await refuse({cluster: {...cluster, pods: once}})).toMatchObject({
			message: 'Pods of the control plane use images from outside.',
			cause: 'They run: docker.io/b:1',
			fix: 'Have the chart or the bundle mended: these images cannot be pulled once they leave the nodes.',
		});
	});

	test('several failures are told at once, with the moves for each', async () => {
		const health = async () => {
			throw refusal('zenml-not-ready', 'It is unwell');
		};
		const workspaceInfo = async () => ({...info, analyticsEnabled: true});
		expect(await refuse({zenml: {...zenml, health, workspaceInfo}})).toMatchObject({
			code: code('verification-failed'),
			area: 'verification',
			message: '2 of 10 checks failed: all for you to mend.',
			cause: 'They are: 1. It is unwell. 2. Workspace default answers, but is not what was asked for.',
			parts: [
				{code: code('zenml-not-ready'), area: 'verification', fix: 'Mend zenml-not-ready.'},
				{
					code: code('verification-failed'),
					fix: 'Run the install again: it writes the right values. If it stays, the chart ignores them.',
				},
			],
		});
	});
});

describe('logs that speak of errors', () => {
	const logs = (...lines: readonly string[]) => ({cluster: {...cluster, logs: async () => lines}});

	test.each(['ERROR db gone', 'x CRITICAL y', 'FATAL: no', 'Traceback (most recent call last):'])(
		'"%s" does not fail the install, but is shown as bad and stands among the warnings',
		async (bad) => {
			const {finding, rows} = await seen(logs(line, bad, line));
			expect(finding).toMatchObject({status: 'ok', note: '8 of 10 checks passed'});
			expect(finding.status === 'ok' && finding.warnings).toEqual([
				`control plane: 1 of the last 3 lines speak of errors; the last ones: ${bad}`,
				`workspace default: 1 of the last 3 lines speak of errors; the last ones: ${bad}`,
			]);
			expect(rows).toContain('control plane: logs without errors: bad, 1 of the last 3 lines speak of errors');
		},
	);

	test('words that only hold one of these are none', async () => {
		const {finding} = await seen(logs('TERRORS', 'no error', 'INFO errors=0'));
		expect(finding).toMatchObject({status: 'ok', warnings: []});
	});

	test('the last three are shown, each on one line and cut', async () => {
		const long = `ERROR ${'x'.repeat(300)}`;
		const {finding} = await seen(logs('ERROR 1', 'ERROR 2', 'ERROR\u001b[31m 3', long));
		const [warning = ''] = (finding.status === 'ok' && finding.warnings) || [];
		expect(warning).not.toContain('ERROR 1');
		expect(warning).toContain(
			'4 of the last 4 lines speak of errors; the last ones: ERROR 2 | ERROR [31m 3 | ERROR xx',
		);
		expect(warning.endsWith('xx…')).toBe(true);
	});

	test('pods that are not ready are not asked: what they say is told elsewhere', async () => {
		const pods = async () => [podOf('p1', {ready: false})];
		const {rows} = await seen({cluster: {...cluster, pods, logs: async () => ['ERROR']}});
		expect(rows).toContain('control plane: logs without errors: bad, not looked at: no pod of it is ready');
	});
});

test('where nothing runs, nothing is said to have passed', async () => {
	const empty = {...cluster, ...kept(generatedAndEnrolled(), ingress()), pods: async () => []};
	const {finding, rows} = await seen({cluster: empty});
	expect(rows.slice(4, 7)).toEqual([
		'control plane: every image comes from the internal registry: bad, not looked at: no pod of it is there',
		'control plane: pods run the images of the bundle: bad, not looked at: no container of it runs',
		'control plane: logs without errors: bad, not looked at: no pod of it is ready',
	]);
	expect(finding).toMatchObject({
		status: 'ok',
		note: '4 of 10 checks passed',
		warnings: expect.arrayContaining(['control plane: its logs were not looked at: no pod of it is ready']),
	});
});

test('a control plane that is not there is one problem, and no list of what follows from it', async () => {
	const world = worldOf({...right, pass: 'verify', helm: {release: async () => undefined}});
	expect(await refusalOf(look(verificationStep, world))).toMatchObject({
		code: code('control-plane-not-installed'),
		cause: 'Helm knows no release zenml-pro in the namespace zenml-pro.',
	});
	expect(rowsOf(world.told)).toEqual([]);
	const cluster = {...right.cluster, ...kept(generatedAndEnrolled(), ran)};
	const half = worldOf({...right, pass: 'verify', cluster, helm: {release: async () => releaseOf({status: 'failed'})}});
	expect(await refusalOf(look(verificationStep, half))).toMatchObject({
		code: code('control-plane-not-installed'),
		message: 'The control plane was not brought to its end.',
	});
});

describe('a dry run', () => {
	const labels = [
		'check the administrator can log in',
		'check the dashboard opens',
		'check workspace default is healthy',
		'check workspace default says what it should',
		'check control plane: every image comes from the internal registry',
		'check control plane: pods run the images of the bundle',
		'check control plane: logs without errors',
		'check workspace default: every image comes from the internal registry',
		'check workspace default: pods run the images of the bundle',
		'check workspace default: logs without errors',
	];

	test('before the install it says what will be checked, and asks nobody', async () => {
		const world = worldOf({pass: 'look', helm: {release: async () => undefined}});
		expect(changesOf(await look(verificationStep, world))).toEqual(labels);
	});

	test('of an installed site it checks; what fails is only to be checked again after the changes', async () => {
		const installed = {pass: 'look', helm: {release: async () => releaseOf()}} as const;
		expect((await seen(installed)).finding).toMatchObject({status: 'ok'});
		const login = async () => {
			throw refusal('zenml-login-refused');
		};
		expect(changesOf((await seen({...installed, zenml: {...zenml, login}})).finding)).toEqual(labels);
	});

	test('of a site that is to be upgraded it does not call well what it shows as bad', async () => {
		const logs = async () => ['ERROR of the old version'];
		const installed = {pass: 'look', helm: {release: async () => releaseOf()}, cluster: {...cluster, logs}} as const;
		const {finding, rows} = await seen(installed);
		expect(rows.filter((row) => row.includes(': bad'))).toHaveLength(2);
		expect(changesOf(finding)).toEqual(
			['control plane', 'workspace default'].map(
				(one) => `check ${one}: logs without errors (differs now, as it may until the changes of this plan are made)`,
			),
		);
		expect((await seen({...installed, pass: 'apply'})).finding).toMatchObject({status: 'ok'});
	});
});

test('the acceptance report does not claim logs without errors where there are some', async () => {
	const fold = createFold();
	const world = worldOf({...right, cluster: {...cluster, logs: async () => [line, 'ERROR db gone']}});
	const result = await converge({
		plan: {id: 'verify', title: 'Verifying', command: 'verify', steps: [verificationStep]},
		pass: 'apply',
		runId: 'r1',
		version: '1',
		answers: world.answers,
		makeWorld: (base) => ({...world, ...base}),
		controls: unattended<World['answers']>({acknowledged: () => false, handoverLimitMs: 0}),
		listeners: [fold.add],
		signal: never,
		clock: world.clock,
		fingerprints: new Map(),
	});
	expect(result).toEqual({outcome: 'done', exitCode: 0});
	const told = {state: fold.state(), answers: world.answers, surroundings: [], happened: [], rehearsal: false};
	const report = paperText(acceptancePaper(told));
	expect(report).toContain('  BAD control plane: logs without errors: 1 of the last 2 lines speak of errors');
	expect(report).toContain('control plane: 1 of the last 2 lines speak of errors; the last ones: ERROR db gone');
});
