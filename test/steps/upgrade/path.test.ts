import {describe, expect, test} from 'vitest';
import {upgradePathStep} from '../../../source/steps/upgrade/path.ts';
import {kept} from '../parts.ts';
import {code, look} from '../world.ts';
import {oldSite} from './old-site.ts';

describe('the way of an upgrade that can be gone', () => {
	test('says what goes from where to where; before it begins with all pages, and without the lock', async () => {
		const {world, done} = oldSite({others: ['two']});
		const found = await look(upgradePathStep, world({pass: 'look'}));
		expect(found).toMatchObject({
			status: 'ok',
			note: 'control plane: zenml-pro-0.13.15 to zenml-pro-0.13.18; workspace default: zenml-0.94.5 to zenml-0.95.1; workspace two: zenml-0.94.5 to zenml-0.95.1',
			warnings: [],
			pages: [
				{title: 'What changes'},
				{title: 'Release notes'},
				{title: 'Changes of the control plane'},
				{title: 'Changes of the workspace default'},
				{title: 'Changes of the workspace two'},
			],
		});
		expect(done).toEqual([]);
	});

	test('holds the lock from there on once it has begun, and has no pages any more', async () => {
		const {world, done} = oldSite();
		expect(await look(upgradePathStep, world())).toMatchObject({status: 'ok', pages: []});
		expect(done).toEqual(['lease held']);
	});

	test('says so where there is nothing to upgrade, and which one stays where another does not', async () => {
		const {world, releases} = oldSite({others: ['two']});
		const upgraded = (chart: string) => ({chart, values: {}, revision: 2, status: 'deployed'}) as const;
		releases.set('zenml-pro', upgraded('zenml-pro-0.13.18'));
		releases.set('zenml-two', upgraded('zenml-0.95.1'));
		expect(await look(upgradePathStep, world())).toMatchObject({
			note: 'control plane: zenml-pro-0.13.18, as it is; workspace default: zenml-0.94.5 to zenml-0.95.1; workspace two: zenml-0.95.1, as it is',
		});
		releases.set('zenml-workspace', upgraded('zenml-0.95.1'));
		expect(await look(upgradePathStep, world())).toMatchObject({
			note: 'nothing to upgrade: zenml-pro-0.13.18, zenml-0.95.1 are installed',
		});
	});

	test('is shown without the pages of components whose secrets are lost: their own steps tell it', async () => {
		const {world, given} = oldSite();
		const lost = {...given.cluster, ...kept()};
		const found = await look(upgradePathStep, world({pass: 'look', cluster: lost}));
		expect(found).toMatchObject({status: 'ok', pages: [{title: 'What changes'}, {title: 'Release notes'}]});
	});
});

test('what somebody has set and the answers change is asked for, after the lock is held, of all components at once', async () => {
	const {world, given, done} = oldSite();
	// This tool gave both releases other values than those that they have, and than those that they are to have.
	const record = {format: 1, salt: 's', snapshots: [{}], kept: []};
	const data = {'applied.json': Buffer.from(JSON.stringify(record)).toString('base64')};
	const values = async (_name: string, namespace: string) =>
		namespace === 'zenml-pro' ? {zenml: {replicaCount: 5}} : {server: {replicaCount: 6}};
	const get = async (of: Parameters<typeof given.cluster.get>[0]) =>
		of.name.startsWith('zenml-airgap-applied-')
			? {apiVersion: 'v1', kind: 'Secret', metadata: {name: of.name}, data}
			: given.cluster.get(of);
	const found = await look(upgradePathStep, world({helm: {...given.helm, values}, cluster: {...given.cluster, get}}));
	expect(found).toMatchObject({status: 'blocked', problem: {code: code('prerequisites-not-met')}});
	expect(JSON.stringify(found)).toContain('zenml.replicaCount: set by hand 5; wanted 1');
	expect(JSON.stringify(found)).toContain('server.replicaCount: set by hand 6; wanted 1');
	expect(done).toEqual(['lease held']);
});
