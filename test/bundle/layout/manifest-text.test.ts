import {expect, test} from 'vitest';
import {parseChecksums} from '../../../source/bundle/layout/checksums-text.ts';
import {parseManifest} from '../../../source/bundle/layout/manifest-text.ts';

const digest = 'ab'.repeat(32);

test('a manifest written as a plain list is understood', () => {
	const manifest = parseManifest(
		[
			'ZenML Pro offline bundle',
			'Created: 2026-11-01T09:30:00Z by ops',
			'',
			'Container images',
			'  715803424590.dkr.ecr.eu-west-1.amazonaws.com/zenml-pro-api:0.13.18',
			'  * `715803424590.dkr.ecr.eu-central-1.amazonaws.com/zenml-pro-server:0.95.1`',
			'',
			'Helm charts',
			'  zenml-pro-0.13.18.tgz',
			'  oci://public.ecr.aws/zenml/zenml:0.95.1',
			'',
			'Required internal registry URLs',
			'  https://registry.corp.example:5000/zenml',
			'',
			`${digest}  ./images/zenml-pro-api.tar`,
			`${digest} *zenml-air-gapped-bundle/charts/zenml-0.95.1.tgz`,
		].join('\r\n'),
	);
	expect(manifest).toEqual({
		created: '2026-11-01T09:30:00Z',
		images: [
			'715803424590.dkr.ecr.eu-west-1.amazonaws.com/zenml-pro-api:0.13.18',
			'715803424590.dkr.ecr.eu-central-1.amazonaws.com/zenml-pro-server:0.95.1',
		],
		charts: ['zenml-pro-0.13.18', 'zenml-0.95.1'],
		registries: ['https://registry.corp.example:5000/zenml'],
		checksums: new Map([
			['images/zenml-pro-api.tar', `sha256:${digest}`],
			['charts/zenml-0.95.1.tgz', `sha256:${digest}`],
		]),
	});
});

test('names and versions in tables and after colons are understood', () => {
	const manifest = parseManifest(
		[
			'# Images',
			'| image | version |',
			'| ----- | ------- |',
			'| zenml-pro-api | 0.13.18 |',
			'- zenml-pro-dashboard: 0.13.18',
			'- zenml-pro-server v0.95.1',
			'## Chart versions',
			'zenml-pro: 0.13.18',
			'zenml = 0.95.1',
			'Date: 2026-11-01',
			'Registry URLs: registry.corp.example/zenml, backup.corp.example:8443',
		].join('\n'),
	);
	expect(manifest.images).toEqual(['zenml-pro-api:0.13.18', 'zenml-pro-dashboard:0.13.18', 'zenml-pro-server:v0.95.1']);
	expect(manifest.charts).toEqual(['zenml-pro-0.13.18', 'zenml-0.95.1']);
	expect(manifest.registries).toEqual(['registry.corp.example/zenml', 'backup.corp.example:8443']);
	expect(manifest.created).toBe('2026-11-01');
});

test('prose, clock times and addresses are not taken for images', () => {
	const manifest = parseManifest(
		'Made at 12:30 by alice. Ask https://wiki.corp.example:8443/page for help.\nImages: see below\n- none: yet\nTicket: CHG:12345',
	);
	expect(manifest.images.filter((image) => image.includes('12:30') || image.includes('wiki'))).toEqual([]);
	expect(manifest.charts).toEqual([]);
});

test.each([
	'',
	'\0\0\0',
	'\uFEFF',
	`${'a:'.repeat(50_000)}`,
	`${' '.repeat(200_000)}x`,
	'|'.repeat(100_000),
	`${'a '.repeat(60_000)}:`,
	`images${' '.repeat(200_000)}*x`,
	`images a${':'.repeat(200_000)}x`,
])('any text is read without harm (%#)', (text) => {
	expect(parseManifest(text).checksums.size).toBe(0);
});

test('paths of a checksum file start at its own folder', () => {
	expect([...parseChecksums(`${digest}  zenml-client.tar\n`, 'images').keys()]).toEqual(['images/zenml-client.tar']);
});
