import {expect, test} from 'vitest';
import {ProblemsError} from '../../../source/base/problem.ts';
import {parseReference} from '../../../source/bundle/create/reference.ts';
import {exampleSpec} from '../../../source/bundle/create/spec/example.ts';
import {listedCharts, listedImages, specSchema} from '../../../source/bundle/create/spec/spec.ts';
import {completeSpec, readSpec} from '../../../source/bundle/create/spec/spec-file.ts';

const wrong = (text: string): readonly string[] => {
	try {
		completeSpec(readSpec(text, 'spec.yaml', '/where'), 'spec.yaml');
	} catch (error) {
		if (!(error instanceof ProblemsError)) throw error;
		return error.problems.map(
			({code, message, location}) => `${location?.line}:${location?.column} ${code} ${message}`,
		);
	}
	return [];
};

test('the example is a spec, and with its comments taken off every key of the schema is in it', () => {
	const spec = completeSpec(readSpec(exampleSpec, 'example', '/where'));
	expect(spec.versions).toEqual({controlPlane: '0.13.18', workspaces: ['0.95.1']});
	const all = readSpec(exampleSpec.replaceAll(/^# (?= *[a-zA-Z][\w.:]*:(?: |$))/gmu, ''), 'example', '/where');
	for (const key of Object.keys(specSchema.shape)) expect(all, key).toHaveProperty(key);
	expect(all.hosts['localhost:5000']).toEqual({plainHttp: true});
	expect(all.tools.helm).toBe('/where/helm-linux-amd64');
});

test('every mistake is told at once with line and column', () => {
	const text = [
		'versions:',
		'  controlPlane: 0.13',
		'  workspaces: []',
		'platform: [linux/amd64]',
		'vendor: azure',
		'platforms: [amd64]',
	].join('\n');
	expect(wrong(text)).toEqual([
		'2:17 bundle-spec-value versions.controlPlane cannot have that value: it must be text (in quotes, where it looks like a number).',
		'3:15 bundle-spec-value versions.workspaces cannot have that value: it must name one version at least.',
		'5:9 bundle-spec-value vendor cannot have that value: it must be ecr or gar.',
		'6:13 bundle-spec-value platforms.0 cannot have that value: it must be OS/ARCHITECTURE, such as linux/amd64.',
		'4:1 bundle-spec-unknown-key The spec has a key that means nothing: platform.',
	]);
	expect(wrong('versions: {a: [}')[0]).toMatch(/^1:\d+ bundle-spec-syntax/u);
	expect(wrong('vendor: gar')[0]).toContain('bundle-spec-version-missing');
	expect(wrong('versions: {controlPlane: latest, workspaces: ["1.0"]}')[0]).toContain('"latest" is none');
});

test("several workspace versions give servers, clients and charts of each, from the vendor's two regions", () => {
	const spec = completeSpec(specSchema.parse({versions: {controlPlane: '0.13.18', workspaces: ['0.95.1', '0.94.3']}}));
	expect(listedImages(spec)).toEqual([
		'715803424590.dkr.ecr.eu-west-1.amazonaws.com/zenml-pro-api:0.13.18',
		'715803424590.dkr.ecr.eu-west-1.amazonaws.com/zenml-pro-dashboard:0.13.18',
		'715803424590.dkr.ecr.eu-central-1.amazonaws.com/zenml-pro-server:0.95.1',
		'docker.io/zenmldocker/zenml:0.95.1',
		'715803424590.dkr.ecr.eu-central-1.amazonaws.com/zenml-pro-server:0.94.3',
		'docker.io/zenmldocker/zenml:0.94.3',
	]);
	expect(listedCharts(spec).map(({name, version}) => `${name} ${version}`)).toEqual([
		'zenml-pro 0.13.18',
		'zenml 0.95.1',
		'zenml 0.94.3',
	]);
	expect(listedImages({...spec, vendor: 'gar'})[0]).toBe(
		'europe-west3-docker.pkg.dev/zenml-cloud/zenml-pro/zenml-pro-api:0.13.18',
	);
});

test.each([
	['busybox:1.36', 'docker.io', 'library/busybox', '1.36'],
	['zenmldocker/zenml:0.95.1', 'docker.io', 'zenmldocker/zenml', '0.95.1'],
	['localhost:5000/a/b:x', 'localhost:5000', 'a/b', 'x'],
	[`ghcr.io/a/b:x@sha256:${'0'.repeat(64)}`, 'ghcr.io', 'a/b', `sha256:${'0'.repeat(64)}`],
])('%s is taken apart', (text, host, repository, reference) => {
	expect(parseReference(text)).toMatchObject({host, repository, reference});
});

test.each(['busybox', 'a/b@sha256:12', 'Upper/Case:1', 'https://a/b:1', ''])(
	'%j is no image that can be carried',
	(text) => {
		expect(parseReference(text)).toBeUndefined();
	},
);

test.each(['['.repeat(100_000), `a: ${'{b: '.repeat(20_000)}`, '- '.repeat(50_000)])(
	'a spec that is nested without end is told as such',
	(text) => {
		let caught: unknown;
		try {
			readSpec(text, 'spec.yaml', '/where');
		} catch (error) {
			caught = error;
		}
		expect((caught as ProblemsError).problems[0]).toMatchObject({
			code: 'bundle-spec-syntax',
			cause: 'Its brackets, lists or maps are nested too deeply.',
		});
	},
);
