import {expect, test} from 'vitest';
import {readObjects} from '../../../source/charts/index.ts';
import {sampleControlPlane} from '../../../source/steps/control-plane/release.ts';
import {manifestChanges} from '../../../source/steps/shared/preview/manifest-changes.ts';
import {told} from '../../../source/steps/shared/preview/told.ts';
import {liveEdits} from '../../../source/steps/upgrade/look/live-edits.ts';
import {paperPages} from '../../../source/steps/upgrade/look/papers.ts';
import {carried, refusal} from '../parts.ts';
import {code, worldOf} from '../world.ts';

const objects = (yaml: string) => {
	const read = readObjects(yaml);
	if ('broken' in read) throw new Error(read.broken.join());
	return read.objects;
};

const deployment = (version: string, image: string, password: string): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: server, labels: {helm.sh/chart: zenml-${version}}}
spec:
  replicas: 1
  template:
    metadata: {labels: {helm.sh/chart: zenml-${version}}}
    spec: {containers: [{name: server, image: "${image}", env: [{name: PASSWORD, value: "${password}"}]}]}
---
apiVersion: v1
kind: Secret
metadata: {name: server, labels: {helm.sh/chart: zenml-${version}}}
data: {password: "${Buffer.from(password).toString('base64')}"}
---
apiVersion: v1
kind: Service
metadata: {name: server, labels: {helm.sh/chart: zenml-${version}}}
`;

test('manifests are compared path by path: images with both sides, secrets without any, labels of versions not at all', () => {
	const before = objects(deployment('1.0.0', 'r/server:1', 'old-password'));
	const after = objects(`${deployment('1.1.0', 'r/server:2', 'new-password')}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: added}
---
apiVersion: batch/v1
kind: Job
metadata: {name: hook, annotations: {helm.sh/hook: pre-upgrade}}
`);
	const changes = manifestChanges(before, after);
	expect(changes).toEqual([
		{object: 'ConfigMap added', kind: 'added', paths: [], restarts: false},
		{
			object: 'Deployment server',
			kind: 'changed',
			paths: [
				'~ spec.template.spec.containers[0].image: r/server:1 -> r/server:2',
				'~ spec.template.spec.containers[0].env[0].value',
			],
			restarts: true,
		},
		{object: 'Secret server', kind: 'changed', paths: ['~ data.password'], restarts: false},
	]);
	expect(manifestChanges(before, []).map(({kind}) => kind)).toEqual(['removed', 'removed', 'removed']);
});

test('annotations that were set by hand are told: those that stay, and those that the chart writes over', async () => {
	const wanted = await sampleControlPlane(worldOf({bundle: carried()}));
	const before = objects('apiVersion: v1\nkind: Service\nmetadata: {name: a, annotations: {ours: "1"}}\n');
	const annotations = {ours: '2', theirs: '3', 'meta.helm.sh/release-name': 'x'};
	const live = {apiVersion: 'v1', kind: 'Service', metadata: {name: 'a', annotations}};
	expect(await liveEdits(worldOf({cluster: {get: async () => live}}), wanted, before)).toEqual([
		'NOT kept: Service a: annotation ours was changed by hand, and the chart writes it; set it by helmValues to keep it',
		'kept: Service a: annotation theirs was set by hand',
	]);
	expect(await liveEdits(worldOf({cluster: {get: async () => undefined}}), wanted, before)).toEqual([
		'missing: Service a was deleted by hand, and is made again',
	]);
});

test('release notes are pages of their own; a bundle without any says so', async () => {
	const paper = {file: 'RELEASE-NOTES.md', lines: ['Faster.'], size: 500_000, cut: true};
	const some = await paperPages(worldOf({bundle: {...carried(), papers: async () => [paper]}}));
	expect(some).toEqual([
		{
			title: 'RELEASE-NOTES.md',
			lines: [
				"RELEASE-NOTES.md in /bundle, the vendor's words:",
				'',
				'Faster.',
				'',
				'The text is longer (488.3 KiB); read the rest in the bundle.',
			],
		},
	]);
	const whole = await paperPages(worldOf({bundle: {...carried(), papers: async () => [{...paper, cut: false}]}}));
	expect(whole[0]?.lines).toEqual(some[0]?.lines.slice(0, 3));
	const none = await paperPages(worldOf({bundle: {...carried(), papers: async () => []}}));
	expect(none[0]?.lines[0]).toBe('The bundle /bundle has no release notes and no migration guide.');
});

test('what cannot be found out is told in its place', async () => {
	const failing = async (): Promise<readonly string[]> => {
		throw refusal(code('registry-unreachable'), 'The registry does not answer.');
	};
	expect(await told(worldOf(), 'Images', failing)).toEqual(['Images: not known. The registry does not answer.']);
	await expect(told(worldOf(), 'Images', async () => Promise.reject(new Error('a bug')))).rejects.toThrow('a bug');
});
