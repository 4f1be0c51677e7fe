import {describe, expect, test} from 'vitest';
import type {AnswersInput} from '../../../source/answers/schema.ts';
import type {KubeObject} from '../../../source/cluster/types.ts';
import {valueAt, withValue} from '../../../source/steps/shared/applied/leaves.ts';
import {noteApplied} from '../../../source/steps/shared/applied/record.ts';
import {upgradedControlPlane, upgradedWorkspace} from '../../../source/steps/upgrade/wanted.ts';
import {carried, generatedAndEnrolled, kept, refusal, releaseOf} from '../parts.ts';
import {answersOf, type Given, worldOf} from '../world.ts';

type Values = Readonly<Record<string, unknown>>;

const replicas = ['zenml', 'replicaCount'];
const className = ['zenml', 'ingress', 'className'];

/** A Deployment of the control plane. */
const deployment = (name: string, component: string | undefined, count: unknown = 1): KubeObject => ({
	apiVersion: 'apps/v1',
	kind: 'Deployment',
	metadata: {
		...{name, namespace: 'zenml-pro'},
		...(component !== undefined && {labels: {'app.kubernetes.io/component': component}}),
	},
	spec: {replicas: count},
});

const autoscaler = (kind: string, name: string): KubeObject => ({
	apiVersion: 'autoscaling/v2',
	kind: 'HorizontalPodAutoscaler',
	metadata: {name: 'scaler', namespace: 'zenml-pro'},
	spec: {scaleTargetRef: {kind, name}},
});

type Site = {
	/** What somebody has made of the values that this tool gave. */
	readonly edit?: (values: Values) => Values;
	/** What the answers say since, which said nothing of it before. */
	readonly more?: Partial<AnswersInput>;
	readonly objects?: readonly KubeObject[];
	readonly list?: NonNullable<Given['cluster']>['list'];
};

/** A try that failed is newer than what runs, and has the values of the upgrade. */
const history = [releaseOf({revision: 3}), releaseOf({revision: 4, status: 'failed'})];

/** A control plane that this tool installed with the shortest answers, without `more`; an upgrade of it has failed before. */
const site = async ({edit = (values) => values, more = {}, objects = [], list}: Site) => {
	const cluster = kept(generatedAndEnrolled(), ...objects);
	const given: Given = {bundle: carried(), cluster: {...cluster, ...(list && {list})}};
	const before = await upgradedControlPlane(worldOf({...given, helm: {history: async () => []}}), 'look');
	if (!before) throw new Error('its secrets are made');
	await (await noteApplied(worldOf(given), before.wanted))();
	const world = worldOf({
		...given,
		answers: answersOf((input) => ({...input, ...more})),
		helm: {
			history: async () => history,
			values: async (_name, _namespace, _signal, revision) => (revision === 3 ? edit(before.wanted.values) : {}),
		},
	});
	return {world, before: before.wanted.values};
};

const upgradedIn = async (of: Site, at: 'look' | 'apply' = 'look') => {
	const {world, before} = await site(of);
	const upgraded = await upgradedControlPlane(world, at);
	if (!upgraded) throw new Error('its secrets are made');
	return {...upgraded, before};
};

describe('a release that is not there', () => {
	test('is made of the answers alone', async () => {
		const helm = {history: async () => []};
		const world = worldOf({bundle: carried(), cluster: kept(generatedAndEnrolled()), helm});
		const upgraded = await upgradedControlPlane(world, 'look');
		expect(upgraded?.edits).toEqual({kept: [], conflicts: [], lost: [], unrecorded: false});
		expect(upgraded?.open).toEqual([]);
		expect(upgraded?.wanted.edits).toBeUndefined();
	});

	test('is not made while a secret that it needs is not', async () => {
		const world = worldOf({bundle: carried(), cluster: kept()});
		const [workspace] = world.answers.workspaces;
		if (!workspace) throw new Error('no workspace');
		expect(await upgradedControlPlane(world, 'look')).toBeUndefined();
		expect(await upgradedWorkspace(world, workspace, 'look')).toBeUndefined();
	});
});

describe('the number of servers', () => {
	const scaled = [deployment('dashboard', 'dashboard', 2), deployment('api', 'api', 5)];

	test('that kubectl has set is kept as if it stood in the values', async () => {
		const {wanted, edits} = await upgradedIn({objects: scaled});
		expect(edits.kept).toEqual([replicas]);
		expect(valueAt(wanted.values, replicas)).toBe(5);
		expect(valueAt(wanted.edits?.live, replicas)).toBe(5);
		expect(valueAt(wanted.edits?.ours, replicas)).toBe(1);
	});

	test('is that of the first Deployment where no label says which one serves', async () => {
		const {wanted} = await upgradedIn({objects: [deployment('one', undefined, 3), deployment('two', undefined, 4)]});
		expect(valueAt(wanted.values, replicas)).toBe(3);
	});

	test.each([
		['no Deployment is there', []],
		['its Deployment says none', [deployment('api', 'api', null)]],
		['its servers are stopped', [deployment('api', 'api', 0)]],
	])('stays as the answers have it where %s', async (_what, objects) => {
		const {wanted, edits, before} = await upgradedIn({objects});
		expect(edits.kept).toEqual([]);
		expect(wanted.values).toEqual(before);
	});

	test('is not asked for where the release has none in its values', async () => {
		const {wanted} = await upgradedIn({objects: scaled, edit: (values) => withValue(values, replicas, undefined)});
		expect(valueAt(wanted.values, replicas)).toBeUndefined();
	});

	test('that an autoscaler counts is no difference before the release is written, and is kept then', async () => {
		const objects = [...scaled, autoscaler('Deployment', 'api')];
		expect((await upgradedIn({objects}, 'look')).edits.kept).toEqual([]);
		const written = await upgradedIn({objects}, 'apply');
		expect(written.edits.kept).toEqual([replicas]);
		expect(valueAt(written.wanted.values, replicas)).toBe(5);
	});

	test.each([
		['another Deployment', autoscaler('Deployment', 'dashboard')],
		['something else of that name', autoscaler('StatefulSet', 'api')],
	])('is a difference where an autoscaler counts %s', async (_what, other) => {
		expect((await upgradedIn({objects: [...scaled, other]})).edits.kept).toEqual([replicas]);
	});

	test('is a difference where autoscalers may not be listed', async () => {
		const list: Site['list'] = async ({kind}) => {
			if (kind === 'Deployment') return scaled;
			throw refusal('kubernetes-forbidden');
		};
		expect((await upgradedIn({list})).edits.kept).toEqual([replicas]);
	});
});

describe('values that somebody has set and the answers change as well', () => {
	const decided = async (upgrade: AnswersInput['upgrade'] = {}) => {
		const {wanted, open} = await upgradedIn({
			edit: (values) => withValue(withValue(values, replicas, 5), className, 'theirs'),
			more: {
				upgrade,
				controlPlane: {host: 'zenml-pro.corp.internal', replicas: 3},
				ingress: {className: 'ours'},
			},
		});
		return {
			replicas: valueAt(wanted.values, replicas),
			className: valueAt(wanted.values, className),
			kept: wanted.edits?.kept,
			open: open.map(({path}) => path),
		};
	};

	test('are open where the answers decide nothing', async () => {
		expect(await decided()).toEqual({replicas: 3, className: 'ours', kept: [], open: [className, replicas]});
	});

	test('are decided by one word for all of them', async () => {
		const kept = [className, replicas];
		expect(await decided({conflicts: 'theirs'})).toEqual({replicas: 5, className: 'theirs', kept, open: []});
		expect(await decided({conflicts: 'ours'})).toEqual({replicas: 3, className: 'ours', kept: [], open: []});
	});

	test('are decided one by one where the answers name their paths', async () => {
		expect(await decided({keep: 'zenml.debug, zenml.replicaCount'})).toEqual({
			...{replicas: 5, className: 'ours'},
			...{kept: [replicas], open: [className]},
		});
		expect(await decided({replace: 'zenml.replicaCount', conflicts: 'theirs'})).toEqual({
			...{replicas: 3, className: 'theirs'},
			...{kept: [className], open: []},
		});
	});

	test('are kept where one path stands in both lists: what was set by hand is lost by no mistake', async () => {
		const both = 'zenml.replicaCount';
		expect(await decided({keep: both, replace: both})).toMatchObject({replicas: 5, kept: [replicas]});
	});
});
