import {expect, test} from 'vitest';
import type {Verified} from '../../source/bundle/types.ts';
import {bundleStep} from '../../source/steps/bundle.ts';
import {bundle, carried, refusal} from './parts.ts';
import {look, refusalOf, worldOf} from './world.ts';

const whole: Verified = {files: 7, bytes: 3 * 1024 ** 3, read: 3 * 1024 ** 3};
const world = (verified: Verified, more: object = {}) =>
	worldOf({
		bundle: {
			...carried(more),
			verify: async ({onProgress}) => {
				onProgress({file: 'images/a.tar', done: 1, total: 2});
				return verified;
			},
		},
	});
const noteOf = async (verified: Verified, more: object = {}): Promise<string | undefined> => {
	const finding = await look(bundleStep, world(verified, more));
	return finding.status === 'ok' ? finding.note : undefined;
};

test('what was carried in is told with its versions, and its digest goes to the journal', async () => {
	const site = world(whole, {warnings: ['It is not signed.']});
	expect(await look(bundleStep, site)).toEqual({
		status: 'ok',
		note: '4 images, zenml-pro 0.13.18, zenml 0.95.1, 7 files (3.0 GiB) whole',
		keep: {
			bundle: 'sha256:bundle',
			facts: expect.arrayContaining([
				['Bundle', 'sha256:bundle'],
				['Signature', expect.stringContaining('bundles without signature were allowed')],
				['Chart', expect.stringMatching(/^zenml-pro 0\.13\.18 /u)],
			]),
		},
		warnings: ['It is not signed.'],
	});
	expect(site.told).toEqual([{kind: 'progress', label: 'verify the bundle', done: 1, total: 2, unit: 'bytes'}]);
});

test('the signer is named', async () => {
	expect(await noteOf(whole, {signer: {keyId: 'RWQ', comment: ''}})).toMatch(/^signed by key RWQ, 4 images, /u);
});

test('what was read earlier and has not changed says so', async () => {
	const since = Date.UTC(2026, 4, 1, 10, 30);
	expect(await noteOf({...whole, read: 0, since})).toMatch(/whole, as verified at 2026-05-01 10:30 UTC$/u);
	expect(await noteOf({...whole, read: 1024, since})).toMatch(
		/whole, 1\.0 KiB read now, the rest as verified at 2026-05-01 10:30 UTC and unchanged since$/u,
	);
});

test('a verification that cannot be remembered warns that all is read again', async () => {
	expect(await look(bundleStep, world({...whole, notRemembered: 'no space left'}))).toMatchObject({
		warnings: ['What was verified could not be remembered, so the next run reads it all again: no space left'],
	});
});

test('charts that do not fit each other are refused before gigabytes are read', async () => {
	const workspaceChart = {...bundle.workspaceChart, version: '0.80.0'};
	const site = worldOf({bundle: carried({workspaceChart})});
	expect(await refusalOf(look(bundleStep, site))).toMatchObject({code: 'chart-versions-do-not-fit'});
});

test('a damaged part goes through in its own words', async () => {
	const verify = async () => {
		throw refusal('bundle-checksum-mismatch');
	};
	const site = worldOf({bundle: {...carried(), verify}});
	expect(await refusalOf(look(bundleStep, site))).toMatchObject({code: 'bundle-checksum-mismatch'});
});

test('a bundle that does not open is looked through, and all that is wrong with it is told', async () => {
	const open = async () => Promise.reject(refusal('bundle-archive-truncated'));
	const verify = async () => Promise.reject(refusal('bundle-file-missing'));
	expect(await refusalOf(look(bundleStep, worldOf({bundle: {open, verify}})))).toMatchObject({
		code: 'bundle-file-missing',
	});
	expect(await refusalOf(look(bundleStep, worldOf({bundle: {open, verify: async () => whole}})))).toMatchObject({
		code: 'bundle-archive-truncated',
	});
});
