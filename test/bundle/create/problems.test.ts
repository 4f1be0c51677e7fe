import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import type {ChartPort, PlannedChart} from '../../../source/bundle/create/charts/charts.ts';
import {planChart} from '../../../source/bundle/create/charts/charts.ts';
import {copyExtra, extraFile} from '../../../source/bundle/create/extra-files.ts';
import {fetchBlob} from '../../../source/bundle/create/fetch/fetch-blob.ts';
import {eachBlobOnce, eachImageOnce} from '../../../source/bundle/create/fetch/once.ts';
import {lookAtFolder} from '../../../source/bundle/create/folder.ts';
import {referenceOf} from '../../../source/bundle/create/reference.ts';
import {resolveImage} from '../../../source/bundle/create/resolve.ts';
import {attachedSboms, suppliedSbom} from '../../../source/bundle/create/sboms.ts';
import {completeSpec, readSpec} from '../../../source/bundle/create/spec/spec-file.ts';
import {packProgram, planTools} from '../../../source/bundle/create/tool/tools.ts';
import type {PlannedBlob, PlannedImage} from '../../../source/bundle/create/types.ts';
import {compareCharts, refuseUnlisted} from '../../../source/bundle/create/unlisted.ts';
import {type Row, refusalOf} from '../refusals.ts';
import {chartsIn, never, quietCharts, sha256, specOf, temporary} from './helpers.ts';
import {index, memory} from './memory.ts';

const host = 'vendor.example.com';
const oneImage = 'application/vnd.oci.image.manifest.v1+json';

const spec = (text: string) => completeSpec(readSpec(text, 'spec.yaml', '/where'), 'spec.yaml');
const reference = referenceOf(`${host}/zenml/zenml:0.95.1`, 'a test');

/** Asks a source that has what a test puts there. */
const resolve = (put: (at: ReturnType<typeof memory>) => unknown, platforms: readonly string[] = ['linux/amd64']) => {
	const at = memory();
	put(at);
	return resolveImage({source: at.source, reference, platforms, from: 'spec', signal: never});
};

const bytes = Buffer.from('four');
const blob: PlannedBlob = {
	mediaType: 'application/octet-stream',
	digest: sha256(bytes),
	size: bytes.length,
	image: 'zenml:0.95.1',
	read: async function* () {
		yield bytes;
	},
};
const fetch = async (text: string) => {
	const read: PlannedBlob['read'] = async function* () {
		yield Buffer.from(text);
	};
	await fetchBlob({...blob, read}, join(await temporary(), 'blob'), {signal: never, onBytes: () => undefined});
};

const planned = (more: Partial<PlannedImage>): PlannedImage => ({
	name: 'zenml',
	tag: '0.95.1',
	source: `${host}/zenml/zenml:0.95.1`,
	from: 'spec',
	manifest: {mediaType: oneImage, digest: sha256('manifest'), bytes: Buffer.from('manifest')},
	children: [],
	rebuilt: false,
	platforms: [{os: 'linux', architecture: 'amd64', digest: sha256('manifest')}],
	blobs: [],
	configs: new Map(),
	createdMs: undefined,
	size: 0,
	...more,
});
const another = {mediaType: oneImage, digest: sha256('another'), bytes: Buffer.from('another')};

const planOf = async (version: string, port: ChartPort) => {
	const folder = await temporary();
	await chartsIn(folder);
	const packed = join(folder, 'zenml-0.95.1.tgz');
	const pulled: ChartPort = {...port, pull: async () => packed};
	return planChart({kind: 'workspace', name: 'zenml', version, location: 'oci://a/zenml'}, [], pulled, never);
};

/** A chart whose pods a test names; undefined where it cannot be rendered. */
const chart = (images: readonly string[] | undefined): PlannedChart => ({
	wanted: {kind: 'workspace', name: 'zenml', version: '0.95.1', location: '/charts'},
	chart: {name: 'zenml', version: '0.95.1', annotations: {}, path: '/charts/a.tgz', digest: sha256('')},
	file: {path: 'charts/a.tgz', from: '/charts/a.tgz', size: 0, digest: sha256(''), mode: 0o644},
	images,
	unrendered: 'nil pointer evaluating interface {}.host',
	otherImages: [],
});
const refuse = (images: readonly string[] | undefined) =>
	refuseUnlisted(compareCharts([chart(images)], [], specOf(host, '/charts')));

const file = async (name: string, text: string): Promise<string> => {
	const path = join(await temporary(), name);
	await writeFile(path, text);
	return path;
};

const printsOne = 'Mend it; `bundle create --example` prints one that is right.';
const startAgain =
	'Start it again. If it comes back, a proxy changes what passes, or the registry or archive holds damaged bytes.';
const checkReference = 'Check the reference; it must be an image of the OCI or Docker v2 form.';
const otherPlatforms =
	'Choose platforms that every image has (`platforms` in the spec, or --platform), or another image.';

const ofTheSpec: readonly Row[] = [
	[
		'a spec that is too large',
		() => spec(`# ${'x'.repeat(1024 ** 2)}`),
		{
			code: 'bundle-spec-syntax',
			message: 'The spec cannot be read.',
			cause: 'It is larger than 1 MiB.',
			fix: printsOne,
		},
	],
	[
		'a spec that is nested too deeply',
		() => spec('['.repeat(100_000)),
		{
			code: 'bundle-spec-syntax',
			cause: 'Its brackets, lists or maps are nested too deeply.',
			fix: printsOne,
		},
	],
	[
		'a spec that refers to itself over and over',
		() => spec(`a: &a [1]\nb: [${'*a,'.repeat(100)}]`),
		{code: 'bundle-spec-syntax', cause: 'It has more aliases than make sense.', fix: printsOne},
	],
	[
		'a spec that is no YAML',
		() => spec('vendor: "ecr'),
		{code: 'bundle-spec-syntax', cause: 'YAML: Missing closing "quote', fix: printsOne},
	],
	[
		'a key that means nothing',
		() => spec('registries: {vendor: a.example.com}'),
		{
			code: 'bundle-spec-unknown-key',
			message: 'The spec has a key that means nothing: registries.vendor.',
			cause: 'Only the keys that `bundle create --example` shows are read.',
			fix: 'Mend its spelling, or take it out.',
		},
	],
	[
		'a value of another kind',
		() => spec('platforms: linux/amd64'),
		{
			code: 'bundle-spec-value',
			message: 'platforms cannot have that value: it must be a list.',
			cause: 'The spec gives it another one.',
			fix: 'Mend it; `bundle create --example` shows every key with its meaning.',
		},
	],
	[
		'a spec that is no map',
		() => spec('[1, 2]'),
		{
			code: 'bundle-spec-value',
			message: 'The spec cannot have that value: it must be a map.',
			cause: 'The spec gives it another one.',
			fix: 'Mend it; `bundle create --example` shows every key with its meaning.',
		},
	],
	[
		'a spec without versions',
		() => spec('vendor: gar'),
		{
			code: 'bundle-spec-version-missing',
			message:
				'It is not said which versions go into the bundle: versions.controlPlane (or --control-plane VERSION), versions.workspaces (or --workspace VERSION).',
			cause: 'A bundle is made for exact versions, never for the newest ones of the day.',
			fix: 'Give them in a spec or by flags. The vendor names the versions that fit each other.',
		},
	],
];

const ofImages: readonly Row[] = [
	[
		'an image that is no reference',
		() => referenceOf('https://a/b:1', 'the list of images'),
		{
			code: 'bundle-create-reference',
			message: '"https://a/b:1" cannot be pulled: it is not an image with a tag.',
			cause: 'It comes from the list of images. It begins like a URL.',
			fix: 'Correct the reference. Leave everything up to :// out.',
		},
	],
	[
		'an image without a tag',
		() => referenceOf('a/b', 'the chart zenml 0.95.1'),
		{
			code: 'bundle-create-reference',
			cause: 'It comes from the chart zenml 0.95.1. It has no tag.',
			fix: 'Write its tag: that is what the internal registry will have.',
		},
	],
	[
		'a manifest of schema 1',
		() => resolve((at) => at.put('zenml/zenml', '0.95.1', 'application/vnd.docker.v1', {schemaVersion: 1})),
		{
			code: 'bundle-create-manifest',
			message: `${host}/zenml/zenml:0.95.1 cannot be put into the bundle.`,
			cause: 'Its manifest is of another form: application/vnd.docker.v1.',
			fix: checkReference,
		},
	],
	[
		'a configuration that claims to be huge',
		() =>
			resolve((at) => {
				const config = {...at.blob('config', Buffer.from('{}')), size: 9 * 1024 ** 2};
				at.put('zenml/zenml', '0.95.1', oneImage, {schemaVersion: 2, config, layers: []});
			}),
		{
			code: 'bundle-create-manifest',
			cause: 'Its configuration claims 9437184 bytes.',
			fix: checkReference,
		},
	],
	[
		'a configuration that is longer than it says',
		() =>
			resolve((at) => {
				const config = {...at.blob('config', Buffer.from('{}')), size: 1};
				at.put('zenml/zenml', '0.95.1', oneImage, {schemaVersion: 2, config, layers: []});
			}),
		{
			code: 'bundle-create-manifest',
			cause: `The configuration that the registry sent is not ${sha256('{}')}.`,
			fix: checkReference,
		},
	],
	[
		'a configuration that names no platform',
		() =>
			resolve((at) => {
				at.put('zenml/zenml', '0.95.1', oneImage, {
					schemaVersion: 2,
					config: at.blob('config', Buffer.from('{}')),
					layers: [],
				});
			}),
		{
			code: 'bundle-create-manifest',
			cause: 'Its configuration names no platform; it is no container image.',
			fix: checkReference,
		},
	],
	[
		'two manifests that contradict each other',
		() => eachBlobOnce([planned({blobs: [blob]}), planned({blobs: [{...blob, size: 5, image: 'other:1'}]})]),
		{
			code: 'bundle-create-manifest',
			message: 'The manifests of zenml:0.95.1 and other:1 contradict each other.',
			cause: `One says that ${blob.digest} has 4 bytes, the other 5.`,
			fix: 'One of the two registries or archives holds a damaged manifest; pull that image from another place.',
		},
	],
	[
		'an image for other platforms',
		() => resolve((at) => at.one('zenml/zenml', '0.95.1', 'linux/amd64'), ['linux/arm64', 'linux/s390x']),
		{
			code: 'bundle-create-platform',
			message: `${host}/zenml/zenml:0.95.1 is not there for linux/arm64, linux/s390x.`,
			cause: 'It is there for linux/amd64.',
			fix: otherPlatforms,
		},
	],
	[
		'an index of no platform',
		() => resolve((at) => at.put('zenml/zenml', '0.95.1', index, {manifests: []})),
		{code: 'bundle-create-platform', cause: 'It is there for no platform at all.', fix: otherPlatforms},
	],
	[
		'two images of one name',
		() => eachImageOnce([planned({}), planned({source: 'other.example.com/zenml:0.95.1'})]),
		{
			code: 'bundle-create-name-twice',
			message: 'Two images would have one name in the internal registry: zenml:0.95.1.',
			cause: `They are ${host}/zenml/zenml:0.95.1 and other.example.com/zenml:0.95.1; only the last part of the path and the tag go on.`,
			fix: 'Leave one out, or give one another tag.',
		},
	],
	[
		'two contents of one image',
		() =>
			eachImageOnce([
				planned({}),
				planned({
					manifest: another,
					platforms: [
						{os: 'linux', architecture: 'amd64', digest: another.digest},
						{os: 'linux', architecture: 'arm64', variant: 'v8', digest: another.digest},
					],
				}),
			]),
		{
			code: 'bundle-create-archives-differ',
			message: `The archives of --from hold two different images called ${host}/zenml/zenml:0.95.1.`,
			cause: 'They are for linux/amd64, and for linux/amd64 and linux/arm64/v8; their contents differ.',
			fix: 'Leave one of the archives out. Several platforms of an image must lie in one archive, or come from a registry.',
		},
	],
	[
		'a blob with more bytes than it has',
		() => fetch('five!'),
		{
			code: 'bundle-create-digest',
			message: `A blob of zenml:0.95.1 is not what its manifest says: ${blob.digest}.`,
			cause: 'More than its 4 bytes came.',
			fix: startAgain,
		},
	],
	[
		'a blob that ends too early',
		() => fetch('for'),
		{code: 'bundle-create-digest', cause: 'It ended after 3 of 4 bytes.', fix: startAgain},
	],
	[
		'a blob of other bytes',
		() => fetch('fore'),
		{
			code: 'bundle-create-digest',
			cause: 'All its bytes came, but their SHA-256 is another one.',
			fix: startAgain,
		},
	],
];

const ofCharts: readonly Row[] = [
	[
		'a chart of another version',
		() => planOf('9.9.9', quietCharts()),
		{
			code: 'bundle-create-chart',
			message: 'At oci://a/zenml lies another chart than zenml 9.9.9.',
			cause: 'Its Chart.yaml says zenml 0.95.1.',
			fix: 'Check the place of the chart in the spec (charts), and the version.',
		},
	],
	[
		'a chart whose values are no YAML',
		() => planOf('0.95.1', {...quietCharts(), values: async () => 'a: ['}),
		{
			code: 'bundle-create-chart',
			message: 'The chart zenml 0.95.1 cannot be used.',
			cause: 'Its values.yaml is not YAML.',
			fix: 'Ask who publishes it for a whole one.',
		},
	],
	[
		'images that nothing lists',
		() => refuse(['redis:7.2', 'busybox:1']),
		{
			code: 'bundle-create-unlisted',
			message: 'Charts name images that the spec does not list: redis:7.2, busybox:1.',
			cause: 'Pods of the install would pull them, and behind the gap there is no other place to pull from.',
			fix: 'List them under extraImages, or under ignoredImages what is knowingly left out.',
		},
	],
	[
		'a chart that cannot be rendered',
		() => refuse(undefined),
		{
			code: 'bundle-create-unrendered',
			message: 'The chart zenml 0.95.1 cannot be rendered, so that nobody knows which images it names.',
			cause: 'It does not render with its default values, nor with addresses and logins made up for it.',
			fix: 'Find out its images by hand, list them under extraImages, and set unlistedImages to add.',
		},
	],
];

const ofFiles: readonly Row[] = [
	[
		'an SBOM that is no artifact',
		async () => {
			const at = memory();
			const artifact = at.put('zenml/zenml', 'sbom', oneImage, {layers: 'none'});
			at.attached.set(sha256('manifest'), {...artifact, artifactType: 'application/spdx+json'});
			await attachedSboms(at.source, planned({}), never);
		},
		{
			code: 'bundle-create-sbom',
			message: 'An SBOM that is attached to zenml:0.95.1 cannot be put into the bundle.',
			cause: `What its registry holds under ${sha256('{"layers":"none"}')} is no artifact manifest.`,
			fix: 'Tell who attached it; meanwhile set attachedSboms: false, and name SBOMs as files.',
		},
	],
	[
		'an SBOM of an image that is not there',
		() => suppliedSbom({image: 'redis:7.2', file: '/a.cdx.json'}, [planned({})], never),
		{
			code: 'bundle-create-sbom',
			message: 'The SBOM /a.cdx.json cannot be put into the bundle.',
			cause: 'It is said to be of redis:7.2, which is not in the bundle.',
			fix: 'Name the image as the plan prints it: NAME:TAG.',
		},
	],
	[
		'an SBOM in another format',
		async () => suppliedSbom({image: 'zenml:0.95.1', file: await file('a.json', '{}')}, [planned({})], never),
		{
			code: 'bundle-create-sbom',
			cause: 'It is neither CycloneDX (JSON, XML) nor SPDX (JSON, tag-value).',
			fix: 'Make it in one of these formats.',
		},
	],
	[
		'a helm that is a script',
		async () => {
			const helm = {file: await file('helm', '#!/bin/sh\n'), version: '4.2.3', asked: true};
			await planTools({helm, work: await temporary(), signal: never});
		},
		{
			code: 'bundle-create-helm',
			message: 'This helm cannot go into the bundle.',
			cause: expect.stringContaining('/helm is a script, or a program of another system than Linux.'),
			fix: 'Name a Linux helm for the jump host (tools, then helm), or leave it out: helm: false.',
		},
	],
	[
		'a folder without the program',
		async () => packProgram(await temporary(), '1.2.3', '/nowhere/a.tar.gz'),
		{
			code: 'bundle-create-program',
			cause: 'There is no cli.js in it.',
			fix: 'Build it (npm run build) and name the folder dist, or leave it out: tools, then program: false.',
		},
	],
	[
		'a file that was changed meanwhile',
		async () => {
			const from = await file('notes.md', 'before');
			const extra = await extraFile('RELEASE-NOTES.md', from, never);
			await writeFile(from, 'beyond');
			await copyExtra(extra, join(await temporary(), 'RELEASE-NOTES.md'), never);
		},
		{
			code: 'bundle-create-changed',
			cause: 'Its bytes are not those that the lists of the bundle name.',
			fix: 'Let it be, and try again.',
		},
	],
	[
		'a file in the place of the bundle',
		async () => lookAtFolder(await file('bundle', ''), new Set()),
		{
			code: 'bundle-create-unwritable',
			cause: 'It is a file, but the bundle is a folder.',
			fix: 'Mend that, or name another folder with --out.',
		},
	],
	[
		'files of somebody else',
		async () => {
			const folder = await temporary();
			await mkdir(join(folder, 'images'));
			for (const name of ['notes.txt', 'images/a.part']) await writeFile(join(folder, name), '');
			await lookAtFolder(folder, new Set());
		},
		{
			code: 'bundle-create-foreign-files',
			cause: 'A bundle holds nothing but what its lists name: images/a.part, notes.txt.',
			fix: 'Take them away, or name another folder with --out.',
		},
	],
];

test.each([...ofTheSpec])('%s is told with cause and fix', async (_what, provoke, {cause, ...told}) => {
	const refused = await refusalOf(provoke);
	expect(refused).toMatchObject({area: 'usage', ...told, location: {file: 'spec.yaml'}});
	expect(refused.cause.startsWith(cause)).toBe(true);
});

test.each([...ofImages, ...ofCharts, ...ofFiles])('%s is told with cause and fix', async (_what, provoke, told) => {
	expect(await refusalOf(provoke)).toMatchObject({area: 'bundle', ...told});
});

test('a chart that cannot be rendered is told in the words of Helm', async () => {
	expect((await refusalOf(() => refuse(undefined))).evidence).toEqual(['nil pointer evaluating interface {}.host']);
});
