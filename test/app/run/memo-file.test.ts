import {chmod, mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {effectsFileOf, memoFileOf} from '../../../source/app/run/memo-file.ts';

let folder = '';
beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'zenml-airgap-memo-'));
});
afterEach(async () => {
	await chmod(folder, 0o700);
	await rm(folder, {recursive: true});
});

test('what may be lost lies in the cache of this user, which need not be there', () => {
	const places = {environment: {}, homeDirectory: folder};
	expect(memoFileOf(places, '/state')).toBe(path.join(folder, '.cache/zenml-airgap/verified.json'));
	expect(effectsFileOf(places, '/state')).toBe(path.join(folder, '.cache/zenml-airgap/chart-effects.json'));
	const named = {environment: {XDG_CACHE_HOME: path.join(folder, 'own')}, homeDirectory: '/nonexistent'};
	expect(memoFileOf(named, '/state')).toBe(path.join(folder, 'own/zenml-airgap/verified.json'));
});

test('without a home to write to it lies beside the state', () => {
	// Nobody makes a folder below a device, root neither.
	const places = {environment: {}, homeDirectory: '/dev/null'};
	expect(memoFileOf(places, '/state')).toBe('/state/verified.json');
	expect(effectsFileOf(places, '/state')).toBe('/state/chart-effects.json');
	expect(memoFileOf(places)).toBe('/dev/null/.cache/zenml-airgap/verified.json');
});
