import {createHash} from 'node:crypto';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {helmChoice, helmFolders} from '../../../source/app/run/helm-choice.ts';
import {openProblems} from '../../../source/bundle/open/problems.ts';
import type {Ports} from '../../../source/steps/world.ts';

const {signal} = new AbortController();
const bytes = Buffer.from('a program');
const sha256 = createHash('sha256').update(bytes).digest('hex');

let folder = '';
beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'zenml-airgap-choice-'));
});
afterEach(async () => rm(folder, {recursive: true, force: true}));

type Helm = Awaited<ReturnType<Ports['bundle']['helm']>>;
const carried: Helm = {
	version: '4.2.3',
	sha256,
	bytes: bytes.length,
	open: async function* () {
		yield bytes;
	},
};
const choose = (answer: string, helm: () => Promise<Helm>) =>
	helmChoice(answer, {helm} as unknown as Ports['bundle'], [path.join(folder, 'programs')])(signal);

test('the one that the answers name goes before that of the bundle, which is not asked', async () => {
	const helm = async () => {
		throw new Error('asked');
	};
	expect(await choose('/opt/helm', helm)).toEqual({file: '/opt/helm', origin: 'as helm.binary says'});
});

test('that of the bundle is unpacked and taken', async () => {
	expect(await choose('auto', async () => carried)).toEqual({
		file: path.join(folder, 'programs', `helm-${sha256.slice(0, 16)}`),
		origin: 'from the bundle',
	});
});

test('without one, and of a bundle that cannot be opened, it is the first in PATH', async () => {
	const inPath = {file: 'helm', origin: 'as the first in PATH'};
	expect(await choose('auto', async () => undefined)).toEqual(inPath);
	const closed = async () => {
		throw openProblems.error('bundle-chart-missing', {chart: 'zenml', archive: 'zenml-x.tgz'} as never);
	};
	expect(await choose('auto', closed)).toEqual(inPath);
	const broken = async () => {
		throw new Error('a bug');
	};
	await expect(choose('auto', broken)).rejects.toThrow('a bug');
});

test('it is unpacked to the cache of this user, else to the state folder', () => {
	const context = {environment: {}, homeDirectory: '/home/ada'};
	expect(helmFolders(context, '/state')).toEqual(['/home/ada/.cache/zenml-airgap/programs', '/state/programs']);
});
