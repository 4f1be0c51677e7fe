import {expect, test} from 'vitest';
import {renderingOnce} from '../../source/helm/render-once.ts';
import type {HelmPort} from '../../source/helm/types.ts';

const {signal} = new AbortController();
const release = {release: 'zenml', namespace: 'zenml', chart: '/charts/zenml', signal};

/** A helm that only counts what it renders, and fails as often as it is told to. */
const counting = (failures = 0) => {
	const rendered: unknown[] = [];
	const helm = {
		template: async ({values}: {readonly values: unknown}) => {
			rendered.push(values);
			if (rendered.length <= failures) throw new Error('no');
			return `rendering ${rendered.length}`;
		},
	};
	return {rendered, helm: renderingOnce(helm as unknown as HelmPort)};
};

test('a release with the same values is rendered once, also by two that ask at the same time', async () => {
	const {rendered, helm} = counting();
	const both = await Promise.all([
		helm.template({...release, values: {replicas: 1, host: 'a'}}),
		helm.template({...release, values: {host: 'a', replicas: 1}, signal: AbortSignal.timeout(60_000)}),
	]);
	expect(both).toEqual(['rendering 1', 'rendering 1']);
	expect(rendered).toHaveLength(1);
});

test('another value, chart, name or version of Kubernetes is rendered anew', async () => {
	const {rendered, helm} = counting();
	const values = {replicas: 1};
	await helm.template({...release, values});
	await helm.template({...release, values: {replicas: 2}});
	await helm.template({...release, values, chart: '/charts/other'});
	await helm.template({...release, values, release: 'other'});
	await helm.template({...release, values, kubeVersion: 'v1.30.0'});
	expect(rendered).toHaveLength(5);
});

test('what failed is rendered again', async () => {
	const {helm} = counting(1);
	await expect(helm.template({...release, values: {}})).rejects.toThrow('no');
	expect(await helm.template({...release, values: {}})).toBe('rendering 2');
});
