import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {fetchHelm} from '../../scripts/fetch-helm.mjs';
import {createHost} from '../../source/app/run/host.ts';
import {createEffectMemo} from '../../source/charts/index.ts';
import {createHelm} from '../../source/helm/index.ts';
import {auditRelease} from '../../source/steps/shared/release/audit.ts';
import {sampleWorkspace} from '../../source/steps/workspaces/release.ts';
import {carried} from './parts.ts';
import {answersOf, worldOf} from './world.ts';

let folder = '';
let binary = '';
beforeAll(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'zenml-airgap-operator-'));
	binary = (await fetchHelm('4.2.3')).helm;
}, 120_000);
afterAll(() => rm(folder, {recursive: true, force: true}));

type Given = {
	readonly text?: string;
	readonly environment?: Record<string, string>;
	readonly workloadManager?: {readonly enabled: boolean; readonly runnerImage: string};
};

/** The audit of a workspace of the rehearsal's chart, with the operator's file as given. */
const audited = async ({text, environment = {}, workloadManager}: Given) => {
	const file = path.join(folder, 'values.yaml');
	if (text !== undefined) await writeFile(file, text);
	const answers = answersOf(({workspaces: [workspace], ...rest}) => ({
		...rest,
		...(workloadManager && {workloadManager}),
		workspaces: workspace ? [{...workspace, environment, ...(text !== undefined && {helmValues: file})}] : [],
	}));
	const world = worldOf({
		answers,
		bundle: carried(),
		cluster: {version: async () => 'v1.34.0'},
		helm: createHelm({binary, home: folder, environment: {PATH: process.env.PATH, HOME: folder}}),
		host: createHost(folder),
		effects: createEffectMemo(),
	});
	const [workspace] = world.answers.workspaces;
	if (!workspace) throw new Error('no workspace');
	const wanted = await sampleWorkspace(world, workspace);
	return {wanted, ...(await auditRelease(world, wanted))};
};

describe("the operator's file of values", () => {
	test('lies over the values of the answers', async () => {
		const {wanted, problems} = await audited({text: 'server:\n  logging: {format: json}\nnodeSelector: {zone: a}\n'});
		expect(problems).toEqual([]);
		expect(wanted.values).toMatchObject({server: {logging: {format: 'json'}}, nodeSelector: {zone: 'a'}});
	});

	test.each([
		['a key that the chart does not know', 'server: {loging: {format: json}}', 'server.loging'],
		[
			'a wrong key in an item of a list',
			'server: {certificates: {secretRefs: [{nam: a, key: b}]}}',
			'secretRefs[1].nam',
		],
		['what undoes the answers', 'server: {pro: {enabled: false}}', 'server.pro.enabled'],
	])('%s is refused with the answer that names the file', async (_what, text, key) => {
		const {problems} = await audited({text});
		expect(problems).toHaveLength(1);
		expect(problems[0]).toMatchObject({code: 'helm-values-unfit', area: 'usage', answers: ['workspaces.0.helmValues']});
		expect(problems[0]?.message).toContain(key);
	});

	test('a key that a switch keeps without effect is told', async () => {
		const {problems, warnings} = await audited({text: 'server: {proxy: {httpProxy: "http://proxy"}}'});
		expect(problems).toEqual([]);
		expect(warnings.join()).toContain('server.proxy.httpProxy has no effect as server.proxy.enabled stands');
	});

	test('one that is not there is refused', async () => {
		const answers = answersOf((input) => ({
			...input,
			workspaces: input.workspaces.map((one) => ({...one, helmValues: path.join(folder, 'nowhere.yaml')})),
		}));
		const world = worldOf({answers, bundle: carried(), host: createHost(folder)});
		const [workspace] = answers.workspaces;
		if (!workspace) throw new Error('no workspace');
		const {problems} = await auditRelease(world, await sampleWorkspace(world, workspace));
		expect(problems).toMatchObject([{code: 'helm-values-unreadable', answers: ['workspaces.0.helmValues']}]);
	});
});

describe('the environment of the answers', () => {
	test('what other answers decide is refused', async () => {
		const {problems} = await audited({environment: {ZENML_STORE_URL: 'sqlite:///x'}});
		expect(problems).toMatchObject([{code: 'environment-undoes-answers', answers: ['workspaces.0.environment']}]);
	});

	test('what contradicts the workload manager is refused, and the variables of the answers are not', async () => {
		const workloadManager = {enabled: true, runnerImage: 'registry.corp/zenml/runner:1'};
		const name = 'ZENML_KUBERNETES_WORKLOAD_MANAGER_NAMESPACE';
		const {problems} = await audited({environment: {[name]: 'elsewhere'}, workloadManager});
		expect(problems).toMatchObject([
			{code: 'environment-contradicts-runners', answers: ['workspaces.0.environment', 'workloadManager.namespace']},
		]);
		expect((await audited({environment: {[name]: 'zenml-workload-manager'}, workloadManager})).problems).toEqual([]);
	});

	test('what it replaces is told by name, and nothing else is', async () => {
		const {problems, warnings} = await audited({
			environment: {
				ZENML_SERVER_DISPLAY_UPDATES: 'true',
				ZENML_SERVER_THREAD_POOL_SIZE: '33',
				ZENML_FREE: 'value-of-it',
			},
		});
		expect(problems).toEqual([]);
		const told = warnings.filter((warning) => warning.includes('environment'));
		expect(told).toEqual([
			'The environment of workspace default replaces what this tool sets: ZENML_SERVER_DISPLAY_UPDATES.',
			'release zenml-workspace/zenml: the environment replaces what the chart sets: ZENML_SERVER_THREAD_POOL_SIZE.',
		]);
		expect(warnings.join()).not.toContain('value-of-it');
	});
});
