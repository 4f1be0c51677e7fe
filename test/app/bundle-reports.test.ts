import {expect, test} from 'vitest';
import {blobText, planJson, planText} from '../../source/app/commands/bundle/create-report.ts';
import {differenceJson, differenceText, madeText} from '../../source/app/commands/bundle/diff-report.ts';
import {withoutAnswers} from '../../source/app/commands/without-answers.ts';
import type {BundlePlan} from '../../source/bundle/create/plan.ts';
import type {Base} from '../../source/bundle/diff/base.ts';
import type {Difference} from '../../source/bundle/diff/compare.ts';
import {signatureProblems} from '../../source/bundle/signature/problems.ts';
import {sha256, specOf} from '../bundle/create/helpers.ts';

const base: Base = {kind: 'inventory', name: 'registry.example.com/zenml', blobs: new Map(), images: new Map()};
const change = (name: string, before: readonly string[], now: readonly string[], same = false) => ({
	name,
	before,
	now,
	same,
});
const difference: Difference = {
	images: [
		change('api', ['1'], ['1'], true),
		change('client', ['1'], []),
		change('redis', [], ['7']),
		change('server', ['1'], ['1']),
		change('zenml', ['1', '2'], ['2', '3']),
	],
	omitted: [{digest: sha256('a'), size: 1024}],
	omittedBytes: 1024,
	blobs: 3,
	blobBytes: 4096,
};

test('a difference tells of each image what became of it, and how much is to be carried', () => {
	expect(differenceText(base, difference).split('\n')).toEqual([
		'Against the inventory of registry.example.com/zenml:',
		'images',
		'  api 1: the same',
		'  client 1: not in the new bundle',
		'  redis 7: new',
		'  server 1: same version, other contents',
		'  zenml 1, 2 -> 2, 3',
		'to carry: 3.0 KiB of 4.0 KiB in blobs; the base has 1 of 3, 1.0 KiB',
		'',
	]);
});

test('charts and programs are told where they are known', () => {
	const whole = {bytes: 10_240, carryBytes: 9216, programBytes: 2048};
	const text = differenceText(
		{...base, kind: 'bundle'},
		{...difference, charts: [change('zenml', ['1'], ['2'])], whole},
	);
	expect(text).toContain('Against the bundle registry.example.com/zenml:');
	expect(text).toContain('charts\n  zenml 1 -> 2\n');
	expect(text).toContain('in all:   9.0 KiB of 10.0 KiB, as programs (2.0 KiB), charts and lists come along always');
});

test('a bundle that was made is told with its links, and that the signature of the whole one does not hold', () => {
	const made = {path: '/delta', files: 12, bytes: 2048, linked: 0};
	expect(madeText(made, {path: '/whole', signed: false})).toBe('/delta: 12 files, 2.0 KiB.\n');
	const linked = madeText({...made, linked: 11}, {path: '/whole', signed: true});
	expect(linked).toContain('/delta: 12 files, 2.0 KiB, 11 of them hard links to /whole.\n');
	expect(linked).toContain('sign it with `zenml-airgap bundle sign`');
	expect(JSON.parse(differenceJson(base, difference, undefined))).not.toHaveProperty('made');
});

const digest = sha256('a manifest');
const plan: BundlePlan = {
	spec: specOf('vendor.example.com', '/charts'),
	images: ['api', 'server'].map((name) => ({
		name,
		tag: '1',
		source: `vendor.example.com/${name}:1`,
		from: 'spec' as const,
		manifest: {mediaType: 'manifest', digest, bytes: Buffer.from('')},
		children: [],
		rebuilt: false,
		platforms: [{os: 'linux', architecture: 'arm64', variant: 'v8', digest}],
		blobs: ['config', 'layer'].map((text) => ({
			mediaType: text,
			digest: sha256(text),
			size: 1024,
			image: `${name}:1`,
			read: async function* () {},
		})),
		configs: new Map(),
		createdMs: undefined,
		size: 2048,
	})),
	charts: [],
	sboms: [],
	tools: [],
	papers: [],
	releaseNotes: undefined,
	blobs: [],
	notes: ['a note'],
};
const needs = {total: 4096, present: 1024, begun: 0, toFetch: 3072, toWrite: 3072, leftOver: ['charts/old.tgz']};

test('a plan tells what is fetched, what lies there and what would be taken away', () => {
	const text = planText(plan, needs, {folder: '/bundle', free: 1024 ** 3});
	expect(text).toContain(`  vendor.example.com/server:1  ${digest}  linux/arm64/v8  1 layer  2.0 KiB`);
	expect(text).toContain('Bundle:    /bundle, 4.0 KiB (4 blobs are shared by images and lie there once)');
	expect(text).toContain('To fetch:  3.0 KiB; 1.0 KiB are there already');
	expect(text).toContain('Left over: 1 file of an earlier bundle would be taken away');
	expect(text).not.toMatch(/Charts:|Programs:|Bills of materials:|Release notes:/u);
});

test('a plan with everything tells programs, notes and bills of materials', () => {
	const file = {path: 'bin/helm', from: '/usr/bin/helm', size: 1024, digest, mode: 0o755};
	const full: BundlePlan = {
		...plan,
		images: [],
		sboms: [{image: 'api:1', format: 'spdx', path: 'sbom/api.spdx', file}],
		tools: [{name: 'helm', version: '4.2.3', platform: 'linux/amd64', file}],
		releaseNotes: {...file, from: '/notes.md'},
	};
	const text = planText(full, {...needs, leftOver: []}, {folder: '/bundle', free: 0});
	expect(text).toContain('Bills of materials:\n  sbom/api.spdx  spdx  api:1\n');
	expect(text).toContain('Programs:\n  helm 4.2.3  linux/amd64  bin/helm  1.0 KiB\n');
	expect(text).toContain('Release notes: /notes.md');
	expect(text).not.toContain('Left over');
	expect(planJson(full, needs, {folder: '/bundle', free: 7})).toMatchObject({
		out: '/bundle',
		tools: [{name: 'helm', version: '4.2.3', platform: 'linux/amd64', size: 1024}],
		sboms: [{image: 'api:1', format: 'spdx', file: 'sbom/api.spdx'}],
		bytes: {free: 7},
	});
});

test('a blob is told with what became of it', () => {
	const [blob] = plan.images[0]?.blobs ?? [];
	if (!blob) throw new Error('no blob');
	expect(blobText(blob, {state: 'present', from: 0})).toMatch(/ 1\.0 KiB {2}api:1 {2}was there$/u);
	expect(blobText(blob, {state: 'fetched', from: 0})).toMatch(/ {2}fetched$/u);
	expect(blobText(blob, {state: 'fetched', from: 2048})).toMatch(/ {2}gone on with at 2\.0 KiB$/u);
});

test('a command that reads no answers names none, and may name another move', () => {
	const error = signatureProblems.error('bundle-signature-no-key', {});
	const told = withoutAnswers(error, 'Give --public-key.');
	expect(told.problem).not.toHaveProperty('answers');
	expect(told.problem).toMatchObject({code: 'bundle-signature-no-key', fix: 'Give --public-key.'});
	expect(withoutAnswers(error).problem.fix).toBe(error.problem.fix);
	expect(told.cause).toBe(error);
});
