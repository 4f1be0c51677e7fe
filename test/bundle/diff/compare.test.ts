import {join} from 'node:path';
import {expect, test} from 'vitest';
import {formatBytes} from '../../../source/base/units.ts';
import {baseOfBundle} from '../../../source/bundle/diff/base.ts';
import {compareBundle} from '../../../source/bundle/diff/compare.ts';
import {versions} from '../create/helpers.ts';
import {temporary} from '../helpers.ts';
import {indexOf, openAt} from '../made.ts';
import {both, run, shared, size} from './helpers.ts';

test('images, charts and the bytes to carry are told', async () => {
	const {old, fresh} = await both();
	const {code, out} = await run('diff', fresh, old);
	expect(code).toBe(0);
	expect(out).toContain(`zenml-pro-api ${versions.controlPlane}: the same`);
	expect(out).toContain(`zenml-pro-server ${versions.workspace}: same version, other contents`);
	expect(out).toContain(`zenml ${versions.workspace}: the same`);
	expect(out).toMatch(/^ {2}zenml-pro 0\.13\.18: the same$/mu);
	const found = JSON.parse((await run('diff', fresh, '--base', old, '--json')).out);
	expect(found.omitted).toHaveLength(shared);
	expect(found.blobBytes - found.omittedBytes).toBeLessThan(2 * size);
	expect(found).not.toHaveProperty('made');
});

test('tells how much there is to carry in all, with the programs, which a base does not spare', async () => {
	const {old, fresh} = await both();
	const {out} = await run('diff', fresh, old);
	const index = await indexOf(fresh);
	const all = index.files.reduce((sum, file) => sum + file.size, 0);
	expect(out).toContain(`of ${formatBytes(all)}, as charts and lists come along always`);
	const delta = join(await temporary(), 'delta');
	const {whole, made} = JSON.parse((await run('diff', fresh, old, '--out', delta, '--json')).out);
	expect(whole).toMatchObject({bytes: all, programBytes: 0});
	expect(made.bytes).toBe(whole.carryBytes);
	const {bundle} = await openAt(fresh);
	const tool = {path: 'bin/helm', size: 5_000_000, digest: `sha256:${'a'.repeat(64)}`};
	const withTool = {
		...index,
		files: [...index.files, tool],
		tools: [{name: 'helm', version: '3.18.0', platform: 'linux/amd64', file: tool.path}],
	};
	const base = baseOfBundle((await openAt(old)).bundle);
	expect(compareBundle({...bundle, index: withTool}, base).whole).toEqual({
		bytes: all + tool.size,
		carryBytes: whole.carryBytes + tool.size,
		programBytes: tool.size,
	});
});

test('a command without a base, or with two, is refused', async () => {
	const {old, fresh} = await both();
	expect((await run('diff', fresh)).code).toBe(2);
	expect((await run('diff', fresh, old, '--base', old)).code).toBe(2);
	const gone = await run('diff', fresh, join(old, 'gone'));
	expect(gone.code).toBe(2);
	expect(gone.err).toContain('code:  bundle-diff-base-unreadable');
	expect(gone.err).not.toContain('bundle.path');
});
