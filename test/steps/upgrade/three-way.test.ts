import {describe, expect, test} from 'vitest';
import type {KubeObject} from '../../../source/cluster/types.ts';
import {sampleControlPlane} from '../../../source/steps/control-plane/release.ts';
import {withKept} from '../../../source/steps/shared/applied/kept.ts';
import {noteApplied, readApplied} from '../../../source/steps/shared/applied/record.ts';
import {editsIn, withTheirs} from '../../../source/steps/shared/applied/three-way.ts';
import type {WantedRelease} from '../../../source/steps/shared/release/wanted.ts';
import {carried, notes} from '../parts.ts';
import {worldOf} from '../world.ts';

const release = async (values: WantedRelease['values']): Promise<WantedRelease> => ({
	...(await sampleControlPlane(worldOf({bundle: carried()}))),
	values,
});

/** What an upgrade sees of live values, after this tool gave the release `applied`. */
const seen = async (applied: WantedRelease['values'] | undefined, live: unknown, ours: WantedRelease['values']) => {
	const world = worldOf({cluster: notes()});
	const wanted = await release(applied ?? {});
	if (applied) await (await noteApplied(world, wanted))();
	return editsIn({live, ours, applied: await readApplied(world, wanted), contents: wanted.contents});
};

const zenml = (values: object) => ({zenml: {replicaCount: 1, debug: false, ...values}});

describe('values that were set by hand', () => {
	test('are kept where the upgrade does not touch them, added and changed ones alike', async () => {
		const live = {...zenml({debug: true}), nodeSelector: {disk: 'fast'}};
		const {kept, conflicts, lost} = await seen(zenml({}), live, zenml({}));
		expect(kept).toEqual([
			['zenml', 'debug'],
			['nodeSelector', 'disk'],
		]);
		expect([conflicts, lost]).toEqual([[], []]);
		expect(withTheirs(zenml({}), live, kept)).toEqual(live);
	});

	test('are kept where they were taken away', async () => {
		const live = {zenml: {replicaCount: 1}};
		const {kept} = await seen(zenml({}), live, zenml({}));
		expect(withTheirs(zenml({}), live, kept)).toEqual(live);
	});

	test('give way where nobody but the upgrade changes a value', async () => {
		const {kept, conflicts} = await seen(zenml({}), zenml({}), zenml({replicaCount: 3}));
		expect([kept, conflicts]).toEqual([[], []]);
	});

	test('are no question where both sides want the same', async () => {
		const {kept, conflicts} = await seen(zenml({}), zenml({replicaCount: 3}), zenml({replicaCount: 3}));
		expect([kept, conflicts]).toEqual([[], []]);
	});

	test('are a question where both sides want something else', async () => {
		const {conflicts} = await seen(zenml({}), zenml({replicaCount: 5}), zenml({replicaCount: 3}));
		expect(conflicts).toEqual([{path: ['zenml', 'replicaCount'], theirs: 5, ours: 3}]);
	});

	test('that the new chart does not know are told as lost', async () => {
		const {lost, kept} = await seen(zenml({}), {...zenml({}), oldSection: {key: 1}}, zenml({}));
		expect([lost, kept]).toEqual([[['oldSection', 'key']], []]);
	});

	test('are known without a record only where this tool writes nothing', async () => {
		const edits = await seen(undefined, {...zenml({replicaCount: 5}), nodeSelector: {disk: 'fast'}}, zenml({}));
		expect(edits).toMatchObject({kept: [['nodeSelector', 'disk']], conflicts: [], unrecorded: true});
	});
});

describe('the record of what was applied', () => {
	test('holds no value, and knows both sides of a run that was killed in the middle', async () => {
		const world = worldOf({cluster: notes()});
		const [before, after] = [await release({a: 'first-secret'}), await release({a: 'second-secret'})];
		await (await noteApplied(world, before))();
		await noteApplied(world, after);
		const applied = await readApplied(world, after);
		expect(JSON.stringify(applied)).not.toMatch(/secret/u);
		const {contents} = after;
		for (const a of ['first-secret', 'second-secret'])
			expect(editsIn({live: {a}, ours: {a: 'third'}, applied, contents}).conflicts).toEqual([]);
		expect(editsIn({live: {a: 'by hand'}, ours: {a: 'third'}, applied, contents}).conflicts).toHaveLength(1);
	});

	test('knows what a release had before its upgrade, however often that was tried, and however often it was brought back', async () => {
		const world = worldOf({cluster: notes()});
		const [old, fresh] = [await release({image: '0.93'}), await release({image: '0.98'})];
		const afterBack = async () => {
			const {kept, conflicts} = editsIn({
				...{live: {image: '0.93'}, ours: {image: '0.98'}},
				...{applied: await readApplied(world, fresh), contents: fresh.contents},
			});
			return [...kept, ...conflicts];
		};
		await (await noteApplied(world, old))();
		for (const _round of ['first', 'second', 'third']) {
			for (const _try of ['one', 'two']) await noteApplied(world, fresh);
			await (await noteApplied(world, fresh))();
			expect(await afterBack()).toEqual([]);
		}
	});

	test('of a release without one takes what it had for ours, but for what is kept', async () => {
		const world = worldOf({cluster: notes()});
		const ours = zenml({replicaCount: 3});
		const live = {...zenml({}), nodeSelector: {disk: 'fast'}};
		const wanted = await release({...ours, nodeSelector: {disk: 'fast'}});
		await noteApplied(world, {...wanted, edits: {ours, kept: [['nodeSelector', 'disk']], live}});
		const applied = await readApplied(world, wanted);
		// The upgrade failed before it wrote anything: the next one sees no conflict, and keeps the same.
		const edits = editsIn({live, ours, applied, contents: wanted.contents});
		expect(edits).toMatchObject({kept: [['nodeSelector', 'disk']], conflicts: []});
	});

	test('lets an install keep what an upgrade has kept, and nothing that came later', async () => {
		const ours = zenml({});
		const live = {...zenml({debug: true}), nodeSelector: {disk: 'fast'}};
		const wanted = await release(ours);
		const world = worldOf({cluster: notes(), helm: {values: async () => live}});
		await (await noteApplied(world, {...wanted, edits: {ours, kept: [['zenml', 'debug']]}}))();
		expect((await withKept(world, wanted)).values).toEqual(zenml({debug: true}));
	});

	test('that is damaged counts as none', async () => {
		const broken: KubeObject = {
			apiVersion: 'v1',
			kind: 'Secret',
			metadata: {name: 'x'},
			data: {'applied.json': 'e30='},
		};
		expect(await readApplied(worldOf({cluster: {get: async () => broken}}), await release({}))).toBeUndefined();
	});
});
