import {expect, test} from 'vitest';
import type {BackupSummary} from '../../../source/backup/types.ts';
import type {KubeObject} from '../../../source/cluster/types.ts';
import {drillCleanSteps} from '../../../source/steps/drill/index.ts';
import {createMemory} from '../../../source/steps/drill/record.ts';
import {chooseBackup, dataOf} from '../../../source/steps/drill/targets.ts';
import {stage} from '../../../source/steps/drill/work.ts';
import {answersOf, changesOf, code, look, refusalOf} from '../world.ts';
import {drillSite, manifestOf} from './site.ts';

const namespace: KubeObject = {
	apiVersion: 'v1',
	kind: 'Namespace',
	metadata: {
		name: 'zenml-airgap-drill',
		labels: {'app.kubernetes.io/managed-by': 'zenml-airgap', 'zenml-airgap.io/drill': 'scratch'},
	},
};

test('a server without an administrator in the answers is not looked at, which is said; the rest is removed', async () => {
	const answers = answersOf((input) => ({
		...input,
		database: {engine: 'postgresql', host: 'db.corp', tls: 'disable'},
	}));
	const site = drillSite({answers});
	const [clean] = drillCleanSteps();
	if (!clean?.apply) throw new Error('it cleans');
	const warnings = ['whether a drill left databases on db.corp was not looked at: database.admin is not given'];
	expect(await look(clean, site.world)).toEqual({status: 'ok', note: 'nothing', warnings});
	await site.world.cluster.create(namespace, site.world.signal);
	const finding = await look(clean, site.world);
	expect(changesOf(finding)).toEqual(['delete namespace zenml-airgap-drill']);
	expect(finding).toMatchObject({warnings});
	await clean.apply(site.world);
	expect(site.deeds).toEqual(['delete Namespace zenml-airgap-drill']);
});

test('of a server without a namespace its databases are removed alone', async () => {
	const site = drillSite();
	site.scratch.add('zenml_drill_pro');
	const [clean] = drillCleanSteps();
	if (!clean?.apply) throw new Error('it cleans');
	expect(changesOf(await look(clean, site.world))).toEqual(['delete database zenml_drill_pro (on db.corp)']);
	await clean.apply(site.world);
	expect(site.deeds).toEqual(['drop zenml_drill_pro']);
	expect(await look(clean, site.world)).toEqual({status: 'ok', note: 'nothing', warnings: []});
});

const staged = (memory = createMemory()) => {
	const {world} = drillSite();
	const made = stage(memory, {
		id: 'x',
		todo: async () => [],
		done: () => 'done',
		work: async () => {
			throw new Error('broken');
		},
	});
	return {memory, world, made};
};

test('a stage does not go without the first step of its run', async () => {
	const {memory, world, made} = staged();
	memory.begin('an earlier run', {startedAt: 0, backup: 'B0', dataOf: ''});
	await expect(made.apply?.(world)).rejects.toThrow('a drill begins with its first step');
});

test('a stage that fails is not done, and removes nothing: a later step does', async () => {
	const {memory, world, made} = staged();
	memory.begin(world.runId, {startedAt: 0, backup: 'B1', dataOf: ''});
	await expect(made.apply?.(world)).rejects.toThrow('broken');
	expect(await look({check: made.check}, world)).toEqual({status: 'todo', changes: []});
});

test('without a name the newest whole backup is taken; where none is, that is refused', async () => {
	const {world} = drillSite();
	const summary = (id: string, state: BackupSummary['state']): BackupSummary => ({
		...{id, folder: `/b/${id}`, state, manifest: manifestOf({id}), bytes: 1, signed: false, uses: []},
	});
	const choose = async (id: string | undefined, ...all: readonly BackupSummary[]) =>
		chooseBackup({...world, backups: {...world.backups, folder: '/b', list: async () => all}}, id);
	const [whole, broken, unfinished] = [summary('B1', 'whole'), summary('B3', 'broken'), summary('B2', 'unfinished')];
	expect((await choose(undefined, broken, unfinished, whole)).id).toBe('B1');
	expect(await refusalOf(choose(undefined, broken, unfinished))).toMatchObject({
		code: code('backup-none'),
		cause: 'Of 2 that are there none is whole.',
	});
	expect(await refusalOf(choose('B9', whole, broken))).toMatchObject({
		code: code('backup-not-found'),
		cause: expect.stringContaining('B1, B3'),
	});
	const unread = {...whole, manifest: undefined};
	expect(await refusalOf(choose('B1', unread))).toMatchObject({code: code('drill-backup-unfit')});
});

test('data are as old as the oldest dump, or as the backup where it has none', () => {
	const {parts} = manifestOf();
	const began = ['2026-01-31T18:40:00.000Z', '2026-01-31T18:35:00.000Z'];
	const later = parts.map((part) => (part.kind === 'database' ? {...part, startedAt: began.pop() ?? ''} : part));
	expect(dataOf(manifestOf({parts: later}))).toBe('2026-01-31T18:35:00.000Z');
	expect(dataOf(manifestOf({parts: []}))).toBe('2026-01-31T18:30:00.000Z');
});
