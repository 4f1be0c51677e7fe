import {expect, test} from 'vitest';
import {sampleControlPlane} from '../../../source/steps/control-plane/release.ts';
import {withValue} from '../../../source/steps/shared/applied/leaves.ts';
import type {Edits} from '../../../source/steps/shared/applied/three-way.ts';
import type {WantedRelease} from '../../../source/steps/shared/release/wanted.ts';
import {readInstalled} from '../../../source/steps/upgrade/installed.ts';
import {lookAtComponent} from '../../../source/steps/upgrade/look/component.ts';
import type {Upgraded} from '../../../source/steps/upgrade/wanted.ts';
import {carried, refusal, releaseOf} from '../parts.ts';
import {worldOf} from '../world.ts';

const none: Edits = {kept: [], conflicts: [], lost: [], unrecorded: false};

const configMap = (name: string, keys = 1): string => `
---
apiVersion: v1
kind: ConfigMap
metadata: {name: ${name}}
data: {${Array.from({length: keys}, (_, index) => `k${index}: "${name}"`).join(', ')}}
`;

const deployment = (image: string): string => `
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec: {replicas: 1, template: {spec: {containers: [{name: api, image: "${image}"}]}}}
`;

const liveDeployment = {
	apiVersion: 'apps/v1',
	kind: 'Deployment',
	metadata: {name: 'api', namespace: 'zenml-pro', annotations: {theirs: '1'}},
};

type Site = {
	/** The manifests as Helm keeps them, and as the new chart makes them. */
	readonly before?: string | Error;
	readonly after?: string;
	/** What the release has, of the values that it is to have. */
	readonly live?: (ours: WantedRelease['values']) => unknown;
	readonly upgraded?: Partial<Upgraded>;
};

/** What the page of the control plane says, and what restarts. */
const looked = async ({before = '', after = '', live = (ours) => ours, upgraded = {}}: Site) => {
	const world = worldOf({
		bundle: carried(),
		cluster: {
			version: async () => 'v1.34.0',
			get: async ({kind}) => (kind === 'Deployment' ? liveDeployment : undefined),
		},
		helm: {
			history: async () => [releaseOf()],
			template: async () => after,
			manifest: async (_name, _namespace, _signal, revision) => {
				expect(revision).toBe(3);
				if (before instanceof Error) throw before;
				return before;
			},
		},
	});
	const [installed] = await readInstalled(world);
	const sample = await sampleControlPlane(world);
	const {values: ours} = sample;
	const wanted = {...sample, edits: {ours, kept: [], live: live(ours)}};
	if (!installed) throw new Error('it is installed');
	const {page, restarts} = await lookAtComponent(world, installed, {wanted, edits: none, open: [], ...upgraded});
	expect(page.title).toBe('Changes of the control plane');
	expect(page.lines[0]).toBe('release zenml-pro/zenml-pro');
	const gap = page.lines.indexOf('');
	return {values: page.lines.slice(1, gap), manifests: page.lines.slice(gap + 1), restarts};
};

test('a release that stays as it is says so, and nothing of it restarts', async () => {
	const same = configMap('a');
	expect(await looked({before: same, after: same})).toEqual({
		values: ['Values: as they are.'],
		manifests: ['Manifests: as they are.'],
		restarts: [],
	});
});

test('values that change are named by their paths, with what was set by hand in the order of how it ends', async () => {
	const live = (ours: WantedRelease['values']) => withValue(ours, ['zenml', 'replicaCount'], 7);
	const conflict = (key: string) => ({path: ['zenml', key], theirs: 1, ours: 2});
	const conflicts = [conflict('a'), conflict('b'), conflict('c')];
	const open = [conflict('b')];
	const edits: Edits = {kept: [['nodeSelector', 'disk']], lost: [['old', 'key']], conflicts, unrecorded: true};
	const {values} = await looked({live, upgraded: {edits, open}});
	expect(values).toEqual([
		'Values that change: zenml.replicaCount',
		'kept, set by hand: nodeSelector.disk',
		'NOT kept, the new chart does not know them: old.key',
		'set by hand, and changed by the upgrade: zenml.a, zenml.b, zenml.c (1 is to be decided)',
		'No record says what was installed here: a value that the answers set as well is taken from the answers.',
	]);
});

test('objects are told path by path, with those whose pods are made anew and what was set on them by hand', async () => {
	const before = `${deployment('registry.corp/zenml/api:1')}${configMap('gone')}`;
	expect(await looked({before, after: deployment('registry.corp/zenml/api:2')})).toEqual({
		values: ['Values: as they are.'],
		manifests: [
			'Manifests: 2 objects differ, labels of the version left out.',
			'removed: ConfigMap gone',
			'changed: Deployment api (its pods are made anew)',
			'  ~ spec.template.spec.containers[0].image: registry.corp/zenml/api:1 -> registry.corp/zenml/api:2',
			'kept: Deployment api: annotation theirs was set by hand',
		],
		restarts: ['control plane: Deployment api'],
	});
});

test('a change without end is cut: 25 paths of an object, 60 objects of a release', async () => {
	const wide = await looked({before: configMap('a', 1), after: configMap('a', 28)});
	expect(wide.manifests).toHaveLength(1 + 1 + 25 + 1);
	expect(wide.manifests[0]).toBe('Manifests: 1 object differs, labels of the version left out.');
	expect(wide.manifests.at(-1)).toBe('  and 2 more');
	const many = await looked({after: Array.from({length: 63}, (_, index) => configMap(`c${index}`)).join('')});
	expect(many.manifests).toHaveLength(1 + 60 + 1);
	expect(many.manifests.at(-1)).toBe('and 3 more objects');
});

test('manifests that cannot be read or had are told as such beside the values', async () => {
	const broken = await looked({before: 'kind: [', after: deployment('registry.corp/zenml/api:1')});
	expect(broken.manifests).toEqual(['Manifests: what Helm keeps of them is not readable.']);
	const refused = await looked({before: refusal('helm-failed', 'Helm does not say.')});
	expect(refused).toEqual({
		values: ['Values: as they are.'],
		manifests: ['Manifests: not known. Helm does not say.'],
		restarts: [],
	});
});
