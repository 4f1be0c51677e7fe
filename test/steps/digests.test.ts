import {describe, expect, test} from 'vitest';
import type {KubeObject} from '../../source/cluster/types.ts';
import {sha256Of} from '../../source/oci/digest.ts';
import type {Image} from '../../source/oci/image.ts';
import {controlPlaneOf} from '../../source/steps/shared/names.ts';
import {pinnedReference} from '../../source/steps/shared/pinned.ts';
import {digests} from '../../source/steps/verification/digests.ts';
import {digestIn} from '../../source/steps/verification/ran.ts';
import {carried, imageOf, kept, refusal} from './parts.ts';
import {answersOf, code, type Given, refusalOf, worldOf} from './world.ts';

const configOf = (name: string): string => sha256Of(`config of ${name}`);
const manifestOf = (name: string, platform = 'amd64') => {
	const bytes = Buffer.from(JSON.stringify({config: {digest: configOf(`${name} ${platform}`)}}));
	return {mediaType: 'application/json', digest: sha256Of(bytes), bytes};
};
const api: Image = imageOf('zenml-pro-api', {manifest: manifestOf('api')});
const arm = manifestOf('dashboard', 'arm64');
const dashboard: Image = imageOf('zenml-pro-dashboard', {
	manifest: {mediaType: 'application/json', digest: sha256Of('index'), bytes: Buffer.from('{"manifests":[]}')},
	children: [manifestOf('dashboard'), arm],
});
const evil = sha256Of('evil');
const host = 'registry.corp/zenml';

type Container = {readonly name: string; readonly image: string; readonly imageID?: string};

const pod = (name: string, containers: readonly Container[], more: object = {}): KubeObject => ({
	apiVersion: 'v1',
	kind: 'Pod',
	metadata: {name, namespace: 'zenml-pro', ...more},
	spec: {containers: containers.map((one) => ({name: one.name, image: one.image}))},
	status: {
		containerStatuses: containers.map((one) => ({
			name: one.name,
			...(one.imageID === undefined ? {} : {imageID: one.imageID}),
		})),
	},
});
const apiPod = (imageID?: string): KubeObject =>
	pod('p1', [{name: 'api', image: `${host}/zenml-pro-api:1.0`, ...(imageID === undefined ? {} : {imageID})}]);

const worldWith = (pods: readonly KubeObject[], more: Given = {}) =>
	worldOf({
		bundle: carried({images: [api, dashboard]}),
		cluster: kept(...pods),
		registry: {contents: async () => ({configs: [], blobs: []})},
		...more,
	});
const see = async (pods: readonly KubeObject[], more: Given = {}) => {
	const world = worldWith(pods, more);
	return digests(controlPlaneOf(world.answers)).run(world);
};

describe('what a node says an image is', () => {
	const hex = 'a'.repeat(64);

	test.each([
		[`registry.corp:5000/zenml/api@sha256:${hex}`, `sha256:${hex}`],
		[`docker-pullable://registry.corp/api@sha256:${hex}`, `sha256:${hex}`],
		[`docker://sha256:${hex}`, `sha256:${hex}`],
		[`sha256:${hex}`, `sha256:${hex}`],
		[hex, `sha256:${hex}`],
		['', undefined],
		['registry.corp/api:1.0', undefined],
		[`registry.corp/api@sha256:${'a'.repeat(63)}`, undefined],
		[`registry.corp/api@sha512:${hex}`, undefined],
	])('%s is read as %s', (imageId, digest) => {
		expect(digestIn(imageId)).toBe(digest);
	});
});

describe('pods that run the images of the bundle', () => {
	test.each([
		['the manifest', `${host}/zenml-pro-api@${api.manifest.digest}`],
		['the configuration', configOf('api amd64')],
		['the configuration under Docker', `docker://${configOf('api amd64')}`],
	])('are known by %s', async (_title, imageId) => {
		expect(await see([apiPod(imageId)])).toEqual({note: '1 container, by digest'});
	});

	test.each([
		['the index', dashboard.manifest.digest],
		['the manifest of another platform', arm.digest],
		['its configuration', configOf('dashboard arm64')],
	])('of several platforms are known by %s too', async (_title, digest) => {
		const image = `${host}/zenml-pro-dashboard:1.0`;
		expect(await see([pod('p2', [{name: 'web', image, imageID: `${host}/x@${digest}`}])])).toEqual({
			note: '1 container, by digest',
		});
	});

	test('are known where their layers were compressed: the registry says which configuration they have', async () => {
		const asked: unknown[] = [];
		const contents = async (...[repository, reference]: readonly unknown[]) => {
			asked.push([repository, reference]);
			return {configs: [configOf('api amd64')], blobs: []};
		};
		expect(await see([apiPod(`${host}/zenml-pro-api@${evil}`)], {registry: {contents}})).toEqual({
			note: '1 container, by digest',
		});
		expect(asked).toEqual([['zenml/zenml-pro-api', evil]]);
	});

	test('include init containers and pods of Jobs, and leave out those that go away', async () => {
		const job: KubeObject = {
			...pod('job', []),
			spec: {initContainers: [{name: 'ca', image: `${host}/zenml-pro-api:1.0`}], containers: []},
			status: {initContainerStatuses: [{name: 'ca', imageID: api.manifest.digest}]},
		};
		const gone = pod('gone', [{name: 'api', image: `${host}/zenml-pro-api:0.9`, imageID: evil}], {
			deletionTimestamp: '2026-01-01T00:00:00Z',
		});
		expect(await see([job, gone])).toEqual({note: '1 container, by digest'});
	});
});

describe('pods that run something else', () => {
	test('are named, with what they run and what the bundle has', async () => {
		const world = worldWith([apiPod(`${host}/zenml-pro-api@${evil}`)]);
		expect(await refusalOf(digests(controlPlaneOf(world.answers)).run(world))).toMatchObject({
			code: code('verification-failed'),
			area: 'verification',
			message: 'Pods of the control plane run other images than those of the bundle.',
			cause: `What the nodes have under these names has another digest: ${host}/zenml-pro-api:1.0. A tag was moved at the registry, or a node kept an older image.`,
			fix: 'Find out who pushed to these tags, run the install again from the step "images", remove the images from the nodes, and delete the pods.',
			nextSteps: [`on the nodes: crictl rmi ${host}/zenml-pro-api:1.0`, 'kubectl -n zenml-pro delete pod p1'],
			evidence: [`pod p1, container api: ${host}/zenml-pro-api:1.0 is ${evil}; the bundle has ${api.manifest.digest}`],
		});
	});

	test.each([
		['another configuration of the same name', evil, {configs: [sha256Of('other')], blobs: []}],
		['the image of another name', dashboard.manifest.digest, {configs: [configOf('dashboard amd64')], blobs: []}],
		['a configuration beside the right one', evil, {configs: [configOf('api amd64'), evil], blobs: []}],
		['a bare configuration that is not of the bundle', evil, {configs: [], blobs: []}],
	])('are refused for %s', async (_title, digest, contents) => {
		const world = worldWith([apiPod(digest)], {registry: {contents: async () => contents}});
		const problem = await refusalOf(digests(controlPlaneOf(world.answers)).run(world));
		expect(problem.message).toContain('run other images');
	});
});

describe('what cannot be compared is told as that', () => {
	const told = (note: string, words: string) => ({note, bad: true, warnings: [`control plane: ${note}: ${words}`]});
	const one = '0 containers by digest, 1 could not be compared';

	test('a node that tells no digest', async () => {
		expect(await see([apiPod('')])).toEqual(told(one, 'pod p1, container api: its node tells no digest'));
		expect(await see([apiPod()])).toMatchObject({bad: true});
	});

	test('an image that is not in the bundle', async () => {
		const sidecar = pod('p1', [
			{name: 'api', image: `${host}/zenml-pro-api:1.0`, imageID: api.manifest.digest},
			{name: 'mesh', image: 'registry.corp/mesh:2', imageID: evil},
		]);
		expect(await see([sidecar])).toEqual(
			told(
				'1 container by digest, 1 could not be compared',
				'pod p1, container mesh: registry.corp/mesh:2 is not in the bundle',
			),
		);
	});

	test('a registry that does not answer', async () => {
		const contents = async () => {
			throw refusal('registry-unreachable', 'It is gone.');
		};
		const {warnings = []} = await see([apiPod(evil)], {registry: {contents}});
		expect(warnings[0]).toContain('and the registry cannot be asked: It is gone.');
	});

	test('a pod of another shape than the API has', async () => {
		const broken = {...apiPod(evil), status: {containerStatuses: 'none'}};
		expect(await see([broken])).toEqual(told(one, 'pod p1: what the cluster tells of it cannot be read'));
	});
});

describe('pods that this tool writes itself', () => {
	const reference = async (compress: 'none' | 'gzip', registry: Given['registry'] = {}) => {
		const answers = answersOf((input) => ({...input, bundle: {...input.bundle, compress}}));
		return pinnedReference(worldOf({answers, registry}), api);
	};

	test('name their image by the digest of the bundle', async () => {
		expect(await reference('none')).toBe(`${host}/zenml-pro-api@${api.manifest.digest}`);
	});

	test('name the digest at the registry where layers are compressed and it is the same image', async () => {
		const found = sha256Of('compressed');
		const manifestDigest = async () => found;
		const same = async () => ({configs: [configOf('api amd64')], blobs: []});
		const other = async () => ({configs: [evil], blobs: []});
		expect(await reference('gzip', {manifestDigest, contents: same})).toBe(`${host}/zenml-pro-api@${found}`);
		expect(await reference('gzip', {manifestDigest, contents: other})).toBe(
			`${host}/zenml-pro-api@${api.manifest.digest}`,
		);
		expect(await reference('gzip', {manifestDigest: async () => undefined})).toBe(
			`${host}/zenml-pro-api@${api.manifest.digest}`,
		);
	});
});
