import {expect, test} from 'vitest';
import {clientToolsEnginesOf, clientToolsOf} from '../../../source/bundle/layout/client-tools.ts';
import type {BundleIndex} from '../../../source/bundle/layout/index-file.ts';
import type {Image} from '../../../source/oci/image.ts';
import {imageOf} from '../../registry/helpers.ts';

const image = (name: string, tag = '1.0'): Image => ({...imageOf(name, [Buffer.from(name)]), tag});

const listed = (name: string, more: Partial<BundleIndex['images'][number]>): BundleIndex['images'][number] => ({
	...{name, tag: '1.0', source: `registry.corp/${name}:1.0`, digest: `sha256:${'0'.repeat(64)}`},
	...{platforms: [], size: 1},
	...more,
});

test.each([
	['client-tools', ['postgresql', 'mysql']],
	['zenml-client-tools', ['postgresql', 'mysql']],
	['client_tools', ['postgresql', 'mysql']],
	['postgres-client-tools', ['postgresql']],
	['client-tools-postgresql18', ['postgresql']],
	['client-tools-pg', ['postgresql']],
	['mysql-client-tools', ['mysql']],
	['client-tools.mariadb', ['mysql']],
	['zenml', []],
	['zenml-pro-api', []],
	['postgres', []],
	['myclient-toolset', []],
] as const)('of a bundle made by hand, the name %s says: client tools for %j', (name, engines) => {
	expect(clientToolsEnginesOf({}, image(name))).toEqual(engines);
});

test('bundle.json says the role of an image whatever its name, and its name only where bundle.json says nothing', () => {
	const index = {images: [listed('database-programs', {role: 'client-tools', engines: ['mysql']})]};
	expect(clientToolsEnginesOf({index}, image('database-programs'))).toEqual(['mysql']);
	expect(clientToolsEnginesOf({index}, image('database-programs', '2.0'))).toEqual([]);
	expect(clientToolsEnginesOf({index: {images: [listed('client-tools', {})]}}, image('client-tools'))).toHaveLength(2);
	const bare = {images: [listed('mysql', {role: 'client-tools'})]};
	expect(clientToolsEnginesOf({index: bare}, image('mysql'))).toEqual(['mysql']);
});

test('an image for the engine alone is taken before one for both, and a bundle without any has none', () => {
	const images = [image('zenml'), image('client-tools'), image('mysql-client-tools')];
	expect(clientToolsOf({images}, 'mysql')?.name).toBe('mysql-client-tools');
	expect(clientToolsOf({images}, 'postgresql')?.name).toBe('client-tools');
	expect(clientToolsOf({images: [image('zenml'), image('mysql-client-tools')]}, 'postgresql')).toBeUndefined();
});
