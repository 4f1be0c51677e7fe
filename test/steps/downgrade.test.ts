import {describe, expect, test} from 'vitest';
import {exitCodes} from '../../source/base/problem.ts';
import type {Release, ReleaseStatus} from '../../source/helm/types.ts';
import {bundleStep} from '../../source/steps/bundle.ts';
import {installedVersions, upgradedVersions} from '../../source/steps/prerequisites/installed-versions.ts';
import {stepProblems} from '../../source/steps/problems.ts';
import {runChecks} from '../../source/steps/shared/checks.ts';
import {combineProblems} from '../../source/steps/shared/combine-problems.ts';
import {releaseChanges} from '../../source/steps/shared/release/changes.ts';
import {downgradeOf} from '../../source/steps/shared/release/downgrade.ts';
import {sampleWorkspace} from '../../source/steps/workspaces/release.ts';
import {bundle, carried, refusal, releaseOf} from './parts.ts';
import {answersOf, code, type Given, refusalOf, worldOf} from './world.ts';

const revision = (version: string, status: ReleaseStatus = 'deployed', appVersion = version): Release =>
	releaseOf({name: 'zenml', chart: `zenml-${version}`, status, appVersion});

const wanted = (version: string, appVersion = version) => ({
	name: 'zenml',
	namespace: 'zenml-workspace',
	chart: {name: 'zenml', version, appVersion},
});

describe('an older version over a newer one', () => {
	test.each<readonly [string, readonly Release[], string]>([
		['an installed one', [revision('0.96.0')], '0.94.3'],
		['a release of its pre-release', [revision('0.96.0')], '0.96.0-rc.1'],
		['one whose last revision failed', [revision('0.94.0', 'superseded'), revision('0.96.0', 'failed')], '0.94.3'],
		['one that was killed in the middle', [revision('0.94.0'), revision('0.96.0', 'pending-upgrade')], '0.94.3'],
		['a first install that failed', [revision('0.96.0', 'failed')], '0.94.3'],
		[
			'two failed ones, the first of them newer',
			[revision('0.96.0', 'failed'), revision('0.95.0', 'failed')],
			'0.95.0',
		],
	])('is refused over %s', (_over, revisions, version) => {
		expect(downgradeOf(revisions, wanted(version), answersOf())).toMatchObject({code: 'downgrade-refused'});
	});

	test('is refused where only the version of its server is older', () => {
		expect(downgradeOf([revision('0.96.0')], wanted('0.97.0', '0.95.0'), answersOf())).toMatchObject({
			code: 'downgrade-refused',
		});
	});

	test.each<readonly [string, readonly Release[], string]>([
		['nothing is installed', [], '0.94.3'],
		['it is the same', [revision('0.96.0')], '0.96.0'],
		['it is newer', [revision('0.96.0-rc.2')], '0.96.0'],
		[
			'somebody went back by hand to a version that works',
			[revision('0.96.0', 'superseded'), revision('0.94.0')],
			'0.94.3',
		],
		['what is installed has no version to compare', [releaseOf({chart: 'zenml-latest', appVersion: 'main'})], '0.94.3'],
		['what is installed is another chart', [releaseOf({chart: 'other-9.0.0', appVersion: ''})], '0.94.3'],
	])('is not what it is called where %s', (_where, revisions, version) => {
		expect(downgradeOf(revisions, wanted(version), answersOf())).toBeUndefined();
	});
});

const site = (histories: Readonly<Record<string, readonly Release[]>>, more: Given = {}): Given => ({
	bundle: carried(),
	cluster: {version: async () => 'v1.34.0'},
	helm: {history: async (name) => histories[name] ?? []},
	...more,
});

describe('installed versions', () => {
	test('are told where they are as new as the bundle, or none', async () => {
		expect(await installedVersions.run(worldOf(site({})))).toEqual({note: 'nothing is installed'});
		const live = releaseOf({chart: `zenml-pro-${bundle.controlPlaneChart.version}`});
		expect(await installedVersions.run(worldOf(site({'zenml-pro': [live]})))).toEqual({note: live.chart});
	});

	test('that are newer than the bundle are refused before anything changes, with both versions', async () => {
		const newer = releaseOf({chart: 'zenml-pro-0.14.0', revision: 4});
		const {version} = bundle.controlPlaneChart;
		expect(await refusalOf(installedVersions.run(worldOf(site({'zenml-pro': [newer]}))))).toMatchObject({
			code: code('downgrade-refused'),
			area: 'prerequisites',
			message: `zenml-pro ${version} is older than what is installed: zenml-pro-0.14.0 in release zenml-pro/zenml-pro.`,
			cause:
				'Revision 4 (deployed) has migrated the databases, or may have. They are migrated forward only: an older server fails on them or damages them.',
			fix: 'Use a bundle with that version or a newer one.',
			nextSteps: ['To go back all the same, release and database together: zenml-airgap back controlPlane'],
			answers: ['bundle.path'],
		});
	});

	test('of a cluster that does not answer are not asked of helm', async () => {
		const version = async () => {
			throw refusal('kubernetes-unreachable');
		};
		const problem = await refusalOf(installedVersions.run(worldOf(site({}, {cluster: {version}, helm: {}}))));
		expect(problem.code).toBe('kubernetes-unreachable');
	});
});

test('a run that begins at the release refuses to make it older as well', async () => {
	const world = worldOf({bundle: carried(), helm: {release: async () => revision('9.0.0', 'failed')}});
	const [workspace] = world.answers.workspaces;
	if (!workspace) throw new Error('no workspace');
	const release = await sampleWorkspace(world, workspace);
	expect(await refusalOf(releaseChanges(world, release))).toMatchObject({
		code: code('downgrade-refused'),
		nextSteps: ['To go back all the same, release and database together: zenml-airgap back default'],
	});
});

describe('a jump from what is installed', () => {
	const live = (controlPlane: string, workspace: string): Given =>
		site({
			'zenml-pro': [releaseOf({chart: `zenml-pro-${controlPlane}`})],
			zenml: [releaseOf({name: 'zenml', chart: `zenml-${workspace}`})],
		});

	test.each([
		['0.10.24', '0.73.0'],
		['0.11.9', '0.84.3'],
	])(
		'over control plane 0.12.0 with older workspaces is refused, with the way: %s with %s',
		async (from, workspace) => {
			expect(await refusalOf(installedVersions.run(worldOf(live(from, workspace))))).toMatchObject({
				code: code('upgrade-jump-unfit'),
				message: `The control plane cannot go from ${from} to 0.13.18 in one step, because of its workspaces: release zenml-workspace/zenml (${workspace}).`,
				fix: 'Upgrade by a bundle in between, with a control plane before 0.12.0 and workspace servers from 0.85.0 to 0.94.3; then use this one.',
				answers: ['bundle.path'],
			});
		},
	);

	test.each([
		['the workspaces are new enough', '0.11.9', '0.85.0'],
		['the control plane is past it already', '0.13.0', '0.84.3'],
		['its versions cannot be compared', 'nightly', '0.84.3'],
	])('is taken where %s', async (_where, from, workspace) => {
		expect(await upgradedVersions.run(worldOf(live(from, workspace)))).toEqual({
			note: `zenml-pro-${from}, zenml-${workspace}`,
		});
	});

	test('by an install is told: it goes one way, and an upgrade is another command', async () => {
		const {warnings} = await installedVersions.run(worldOf(live('0.13.18', '0.93.0')));
		expect(warnings).toEqual([
			'An older version is installed: release zenml-workspace/zenml (0.93.0 to 0.95.1). An install goes one way: it migrates the databases and makes no backup. "zenml-airgap upgrade" looks ahead, backs up first, and knows the way back.',
		]);
		expect(await upgradedVersions.run(worldOf(live('0.13.18', '0.93.0')))).not.toHaveProperty('warnings');
		expect(await installedVersions.run(worldOf(live('0.13.18', '0.95.1')))).not.toHaveProperty('warnings');
	});

	test('over 0.80.0 is told, where tenants became workspaces', async () => {
		const between = carried({controlPlaneChart: {...bundle.controlPlaneChart, version: '0.11.9'}});
		const {warnings} = await upgradedVersions.run(worldOf({...live('0.10.24', '0.73.0'), bundle: between}));
		expect(warnings).toEqual([expect.stringContaining('goes over 0.80.0, where tenants became workspaces')]);
	});
});

describe('the exit code of what is newer than the bundle', () => {
	const newer = {
		'zenml-pro': [releaseOf({chart: 'zenml-pro-0.99.0'})],
		...Object.fromEntries(['a', 'b'].map((name) => [name, [releaseOf({name, chart: 'zenml-0.99.0'})]])),
	};
	const answers = answersOf(({workspaces: [workspace], ...input}) => ({
		...input,
		workspaces: ['a', 'b'].map((release) => ({
			...(workspace ?? {name: '', host: ''}),
			...{release, name: release, namespace: release, host: `${release}.corp.internal`},
			database: {name: release, username: release},
		})),
	}));
	const together = async (histories: Readonly<Record<string, readonly Release[]>>) => {
		const {problems} = await runChecks(worldOf({...site(histories), answers}), [installedVersions]);
		return combineProblems(problems, (several, more) => stepProblems.problem('prerequisites-not-met', several, more));
	};

	test('is that of the area, for one and for three together', async () => {
		const [[name, history] = ['', []]] = Object.entries(newer);
		const one = await together({[name]: history});
		const three = await together(newer);
		expect([one?.code, three?.code]).toEqual(['downgrade-refused', 'prerequisites-not-met']);
		expect(three?.message).toBe('3 prerequisites are not met: all for you to mend.');
		expect([one, three].map((told) => told && exitCodes[told.area])).toEqual([3, 3]);
	});

	test('is another where the control plane of the bundle alone is older: such a bundle does not fit itself', async () => {
		const {controlPlaneChart, ...rest} = bundle;
		const older = {...rest, controlPlaneChart: {...controlPlaneChart, version: '0.13.15'}};
		const finding = await bundleStep.check(worldOf({bundle: {open: async () => older}}));
		if (finding.status !== 'blocked') throw new Error(`It is ${finding.status}`);
		expect(finding.problem.code).toBe('chart-versions-do-not-fit');
		expect(exitCodes[finding.problem.area]).toBe(5);
	});
});
