import {expect, test} from 'vitest';
import {formatInventory, type Inventory, parseInventory} from '../../../source/bundle/layout/inventory-file.ts';

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;

const inventory: Inventory = {
	formatVersion: 1,
	registry: 'registry.example.com:5000',
	prefix: 'zenml',
	taken: '2026-01-02T03:04:05Z',
	repositories: [
		{
			name: 'zenml/b',
			tags: [
				{tag: '2', digest: digest('2')},
				{tag: '1', digest: digest('1')},
				{tag: '1', digest: digest('1')},
			],
			blobs: [
				{digest: digest('b'), size: 2},
				{digest: digest('a'), size: 1},
			],
		},
		{name: 'zenml/a', tags: [], blobs: []},
	],
};

test('equal registries give equal texts, in whatever order they were asked', () => {
	const turned = {
		...inventory,
		repositories: [...inventory.repositories].reverse().map((one) => ({
			...one,
			tags: [...one.tags].reverse(),
			blobs: [...one.blobs].reverse(),
		})),
	};
	expect(formatInventory(turned)).toBe(formatInventory(inventory));
	const {repositories} = parseInventory(formatInventory(turned), 'inventory.json');
	expect(repositories.map(({name}) => name)).toEqual(['zenml/a', 'zenml/b']);
	expect(repositories[1]?.blobs.map(({size}) => size)).toEqual([1, 2]);
});
