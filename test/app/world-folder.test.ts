import {chmod, chown, rename, rm, rmdir, stat, symlink} from 'node:fs/promises';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {beginsAnew, worldFolderOf} from '../../source/app/rehearsal/world-folder.ts';
import {asRoot, stranger} from '../helpers/as-root.ts';
import {createStage, type Stage} from './stage.ts';

let stage: Stage;
let folder = '';
beforeEach(async () => {
	stage = await createStage();
	folder = '';
});
afterEach(async () => {
	if (folder !== '') for (const one of [folder, `${folder}-moved`]) await rm(one, {recursive: true, force: true});
	await stage.remove();
});

const find = async (): Promise<string> => worldFolderOf({...stage.context, userId: 0}, stage.stateDirectory);

test.each([
	['a second run', {}, 'done', undefined],
	['a fault in a rehearsal that was stopped', {fault: 'dns-missing'}, 'stopped', undefined],
	['a fault after one that came to its end', {fault: 'dns-missing'}, 'done', 'fault'],
	['a fault in a world that is kept up for other shells', {fault: 'dns-missing', serve: true}, 'done', undefined],
	['whoever wants that', {fresh: true, serve: true}, 'done', 'fresh'],
] as const)('%s: is the world of the earlier rehearsal forgotten?', (_name, options, outcome, why) => {
	expect(beginsAnew({fresh: false, serve: false, ...options}, {outcome})).toBe(why);
});

asRoot("a world of root below the folder of all users is used while it is root's alone", async () => {
	folder = await find();
	expect(await find()).toBe(folder);
	await chown(folder, stranger, stranger);
	await expect(find()).rejects.toMatchObject({problem: {code: 'rehearsal-folder-foreign'}});
	await chown(folder, 0, 0);
	await chmod(folder, 0o777);
	await expect(find()).rejects.toMatchObject({
		problem: {
			code: 'folder-not-ours',
			cause: 'Other users may write there, and could put files and programs of their own in it.',
		},
	});
	await chmod(folder, 0o711);
	await rename(folder, `${folder}-moved`);
	await symlink(`${folder}-moved`, folder);
	await expect(find()).rejects.toMatchObject({
		problem: {code: 'folder-not-ours', cause: 'It is a link, and may lead elsewhere the next time.'},
	});
});

asRoot('a rehearsal that is refused leaves no folder of a world behind', async () => {
	const state = path.join(stage.folder, 'state');
	folder = await worldFolderOf({...stage.context, userId: 0}, state);
	await rmdir(folder);
	const file = await stage.write('answers.yaml', 'version: 1\nnonsense: 1\n');
	const {code} = await stage.run('rehearse', '--non-interactive', '--answers', file, '--state-dir', state);
	expect(code).not.toBe(0);
	await expect(stat(folder)).rejects.toMatchObject({code: 'ENOENT'});
});
