import {spawnSync} from 'node:child_process';
import {chmod, chown, mkdir, mkdtemp, rm, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {asRoot, stranger} from '../helpers/as-root.ts';

let cache = '';
let folder = '';
beforeEach(async () => {
	cache = await mkdtemp(path.join(tmpdir(), 'fetched-'));
	folder = path.join(cache, 'zenml-airgap', 'helm', '4.2.3');
	await mkdir(folder, {recursive: true});
	await writeFile(path.join(folder, 'helm'), '#!/bin/sh\n', {mode: 0o755});
});
afterEach(async () => rm(cache, {recursive: true, force: true}));

const script = fileURLToPath(new URL('../../scripts/fetch-helm.mjs', import.meta.url));
const fetched = () =>
	spawnSync(process.execPath, [script, '4.2.3'], {env: {PATH: '', XDG_CACHE_HOME: cache}, encoding: 'utf8'});

const expectRefusal = (place: string): void => {
	const {status, stdout, stderr} = fetched();
	expect({status, stdout}).toEqual({status: 1, stdout: ''});
	expect(stderr).toContain(
		`${place} is a link, belongs to another user, or others may write there, so no program is run from it: remove it, or name another folder with XDG_CACHE_HOME`,
	);
};

test('the Helm of this user is taken from its cache', () => {
	expect(fetched()).toMatchObject({status: 0, stdout: `${folder}/helm\n`});
});

test.each(['zenml-airgap', 'zenml-airgap/helm', 'zenml-airgap/helm/4.2.3'])(
	'no Helm is run from %s where others may write to it',
	async (name) => {
		await chmod(path.join(cache, name), 0o777);
		expectRefusal(path.join(cache, name));
	},
);

test('no Helm is run through a link in the place of it', async () => {
	await rm(path.join(folder, 'helm'));
	await symlink('/bin/true', path.join(folder, 'helm'));
	expectRefusal(path.join(folder, 'helm'));
});

asRoot('no Helm of another user is run', async () => {
	await chown(folder, stranger, stranger);
	expectRefusal(folder);
});
