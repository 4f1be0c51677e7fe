import {expect, test} from 'vitest';
import type {BackupManifest, BackupSummary} from '../../../source/backup/types.ts';
import {ProblemError} from '../../../source/base/problem.ts';
import type {KubeObject} from '../../../source/cluster/types.ts';
import {upgradeBackupSteps} from '../../../source/steps/upgrade/backup.ts';
import {fakeClock} from '../../base/fake-clock.ts';
import {carried, releaseOf} from '../parts.ts';
import {look, worldOf} from '../world.ts';

const now = Date.UTC(2026, 0, 10, 12);
const hours = (ago: number): string => new Date(now - ago * 3_600_000).toISOString();

const part = (name: string, ago: number) => ({
	kind: 'database' as const,
	name,
	file: `${name}.dump`,
	bytes: 1,
	plainBytes: 1,
	sha256: 'a'.repeat(64),
	startedAt: hours(ago),
	endedAt: hours(ago),
});

const manifest = (ago: number): BackupManifest => ({
	format: 1,
	id: 'one',
	purpose: 'before-upgrade:sha256:bundle',
	run: 'another-run',
	tool: 'zenml-airgap 1',
	createdAt: hours(ago),
	finishedAt: hours(ago),
	encryption: 'none',
	recipients: [],
	components: [
		{
			name: 'controlPlane',
			release: 'zenml-pro',
			namespace: 'zenml-pro',
			chart: 'zenml-pro-0.13.15',
			revision: 3,
			images: [],
		},
		{name: 'default', release: 'zenml', namespace: 'zenml-workspace', chart: 'zenml-0.94.5', revision: 1, images: []},
	],
	parts: [part('default', ago), part('controlPlane', ago)],
});

const wayBack = {phase: 'done', component: 'controlPlane', backup: 'one', revision: '3', from: '4'};

const begun = 'a new one is begun';

type More = {
	/** Of the newest revision of the control plane. */
	readonly status?: 'deployed' | 'failed';
	/** When the newest revision of the control plane was made, hours ago; and that it is what a way back made. */
	readonly cameBack?: number;
	/** The chart of the workspace. */
	readonly workspace?: string;
	/** What the manifest has in the place of what it would have. */
	readonly lacks?: (manifest: BackupManifest) => Partial<BackupManifest>;
};

/** What the first step says of a backup that was finished so many hours ago, with these newest revisions. */
const said = async (
	ago: number,
	controlPlane: string,
	revision: number,
	{status = 'deployed', workspace = 'zenml-0.94.5', cameBack, lacks = () => ({})}: More = {},
) => {
	const held = manifest(ago);
	const backup = {id: 'one', state: 'whole', manifest: {...held, ...lacks(held)}} as unknown as BackupSummary;
	const world = worldOf({
		clock: {...fakeClock(), now: () => now},
		bundle: carried(),
		backups: {
			list: async () => [backup],
			pending: async () => {
				throw new ProblemError({code: 'time-out', area: 'bug', message: begun, cause: 'So it is.', fix: 'None.'});
			},
		},
		cluster: {
			get: async ({name}) =>
				cameBack === undefined || name !== 'zenml-airgap-back-zenml-pro'
					? undefined
					: ({data: {...wayBack, became: String(revision)}} as unknown as KubeObject),
		},
		helm: {
			history: async (name) =>
				name === 'zenml-pro'
					? [releaseOf({chart: controlPlane, revision, status, updated: hours(cameBack ?? 48)})]
					: [releaseOf({name, chart: workspace, revision: 1})],
		},
	});
	const [first] = upgradeBackupSteps;
	if (!first) throw new Error('no step');
	const finding = await look(first, world);
	if (finding.status === 'ok') return finding.note;
	return finding.status === 'blocked' ? finding.problem.message : finding.status;
};

test('a backup of this upgrade that an earlier run finished counts', async () => {
	expect(await said(2, 'zenml-pro-0.13.15', 3)).toBe('in backup one');
	expect(await said(2, 'zenml-pro-0.13.18', 4)).toBe('in backup one');
});

test('a dump of what nobody has touched is not older than a day', async () => {
	expect(await said(25, 'zenml-pro-0.13.15', 3)).toBe(begun);
});

test('what is upgraded needs no new dump, however old the one before it is', async () => {
	// The workspace is untouched and its dump is old: that alone asks for a new one.
	expect(await said(25, 'zenml-pro-0.13.18', 4)).toBe(begun);
});

test('what an upgrade has touched and not upgraded keeps the dump from before, however old that is', async () => {
	const more = {status: 'failed', workspace: 'zenml-0.95.1'} as const;
	// The third revision is the one that was dumped; the fourth is a try of the upgrade.
	expect(await said(25, 'zenml-pro-0.13.15', 3, more)).toBe(begun);
	expect(await said(25, 'zenml-pro-0.13.18', 4, more)).toBe('in backup one');
});

test('what came back gets a new dump: what its users have written since is in no dump from before', async () => {
	// The fifth revision is what the way back made of the third.
	expect(await said(2, 'zenml-pro-0.13.15', 5, {cameBack: 1})).toBe(begun);
	expect(await said(25, 'zenml-pro-0.13.15', 5, {cameBack: 30})).toBe(begun);
	expect(await said(2, 'zenml-pro-0.13.15', 5, {cameBack: 3})).toBe('in backup one');
});

test('no backup is asked for where everything is upgraded', async () => {
	expect(await said(25, 'zenml-pro-0.13.18', 4, {workspace: 'zenml-0.95.1'})).toBe('no backup is needed');
});

test.each<[string, NonNullable<More['lacks']>]>([
	['the dump of a component', ({parts}) => ({parts: parts.slice(1)})],
	['a component', ({components}) => ({components: components.slice(0, 1)})],
	['its end', () => ({finishedAt: undefined as never})],
])('a backup that lacks %s of what is upgraded is none of it', async (_what, lacks) => {
	expect(await said(2, 'zenml-pro-0.13.15', 3)).toBe('in backup one');
	expect(await said(2, 'zenml-pro-0.13.15', 3, {lacks})).toBe(begun);
});
