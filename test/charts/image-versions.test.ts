import {describe, expect, test} from 'vitest';
import {imagePlaces, imagesFit, versionsFit} from '../../source/charts/index.ts';
import {answers} from './samples.ts';

const charts = (controlPlane: string, workspace: string) => ({
	controlPlane: {name: 'zenml-pro', version: controlPlane},
	workspace: {name: 'zenml', version: workspace},
});
const images = (api: string, server: string, ...clients: readonly string[]) => [
	{name: 'zenml-pro-api', tag: api},
	{name: 'zenml-pro-dashboard', tag: api},
	{name: 'zenml-pro-server', tag: server},
	...clients.map((tag) => ({name: 'zenml', tag})),
];
const codes = (...given: Parameters<typeof imagesFit>): readonly string[] =>
	imagesFit(...given).problems.map(({code}) => code);

describe('images against charts', () => {
	test('the same versions fit without a word', () => {
		const fit = imagesFit(charts('0.13.18', '0.98.0'), images('0.13.18', '0.98.0', '0.98.0'));
		expect(fit).toEqual({problems: [], warnings: []});
	});

	test('an image that cannot run the migration of its chart is refused', () => {
		const [problem] = imagesFit(charts('0.13.18', '0.98.0'), images('0.13.18', '0.96.1', '0.96.1')).problems;
		expect(problem).toMatchObject({code: 'image-older-than-chart', area: 'bundle', who: 'vendor'});
		expect(problem?.message).toContain('zenml-pro-server:0.96.1');
		expect(codes(charts('0.13.18', '0.96.0'), images('0.13.18', '0.95.1', '0.95.1'))).toEqual([]);
	});

	test('other versions apart are told, tags that are none are not compared', () => {
		const {warnings} = imagesFit(charts('0.13.18', '0.95.1'), images('0.13.17', '0.95.1', '0.95.1'));
		expect(warnings).toHaveLength(2);
		expect(warnings.join()).toContain('zenml-pro-api:0.13.17');
		expect(imagesFit(charts('0.13.18', '0.95.1'), images('stable', 'stable', 'stable')).warnings).toEqual([]);
	});
});

describe('client images', () => {
	test('newer than the server alone are refused, beside one that fits they are told', () => {
		const fit = charts('0.13.18', '0.95.1');
		expect(codes(fit, images('0.13.18', '0.95.1', '0.98.0'))).toEqual(['client-newer-than-server']);
		const both = imagesFit(fit, images('0.13.18', '0.95.1', '0.98.0', '0.95.1'));
		expect(both.problems).toEqual([]);
		expect(both.warnings.join()).toContain('zenml:0.98.0 is newer');
	});

	test('the runner starts from the newest that is not newer than the server', () => {
		const carried = images('0.13.18', '0.95.1', '0.90.0', '0.95.1', '0.98.0', '0.93.0');
		expect(imagePlaces(answers(), carried).tags.zenml).toBe('0.95.1');
	});
});

test.each([
	['0.13.18', '0.95.1', []],
	['0.13.18', '0.98.0', ['chart-versions-do-not-fit']],
	['0.13.19', '0.98.0', []],
	['0.13.17', '0.95.1', ['chart-versions-do-not-fit']],
	['0.13.14', '0.94.5', ['chart-versions-do-not-fit']],
	['0.13.13', '0.94.4', []],
	['0.11.0', '0.98.0', ['chart-versions-do-not-fit']],
])('control plane %s beside workspaces %s', (controlPlane, workspace, expected) => {
	const {problems} = versionsFit(
		charts(controlPlane, workspace).controlPlane,
		charts(controlPlane, workspace).workspace,
	);
	expect(problems.map(({code}) => code)).toEqual(expected);
});
