import {expect, test} from 'vitest';
import type {KubeObject} from '../../source/cluster/types.ts';
import {asOneReading, readGenerated} from '../../source/steps/shared/generated.ts';
import {worldOf} from './world.ts';

/** A world whose Secret of generated values has these now. */
const keeping = (values: Record<string, string>) => {
	const asked: string[] = [];
	const get = async ({kind, name}: {readonly kind: string; readonly name: string}): Promise<KubeObject> => {
		asked.push(`${kind} ${name}`);
		const data = Object.fromEntries(Object.entries(values).map(([key, text]) => [key, btoa(text)]));
		return {apiVersion: 'v1', kind: 'Secret', metadata: {name}, data};
	};
	return {values, asked, world: worldOf({cluster: {get}})};
};

test('one reading asks for the Secret once; the next one sees what was written since', async () => {
	const {values, asked, world} = keeping({one: '1', two: '2'});
	const reader = asOneReading(world);
	expect(await Promise.all(['one', 'two', 'three'].map(async (name) => readGenerated(reader, name)))).toEqual([
		'1',
		'2',
		undefined,
	]);
	expect(asked).toEqual(['Secret zenml-airgap-generated']);
	values.three = '3';
	expect(await readGenerated(asOneReading(world), 'three')).toBe('3');
	expect(asked).toHaveLength(2);
	expect(world.secrets).toEqual(['1', '2', '3']);
});

test('other Secrets are asked for as often as they are wanted', async () => {
	const {asked, world} = keeping({one: '1'});
	const {cluster, signal} = asOneReading(world);
	const other = {apiVersion: 'v1', kind: 'Secret', namespace: 'zenml-pro', name: 'other'};
	await cluster.get(other, signal);
	await cluster.get(other, signal);
	expect(asked).toEqual(['Secret other', 'Secret other']);
});
