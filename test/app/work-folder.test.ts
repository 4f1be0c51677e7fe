import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdir, mkdtemp, readdir, rm, symlink, writeFile} from 'node:fs/promises';
import {hostname, tmpdir} from 'node:os';
import path from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {makeWorkFolder} from '../../source/app/commands/work-folder.ts';
import {createHost} from '../../source/app/run/host.ts';

const place = async () => {
	const temporaryDirectory = await mkdtemp(path.join(tmpdir(), 'zenml-airgap-work-'));
	onTestFinished(() => rm(temporaryDirectory, {recursive: true}));
	return {temporaryDirectory, hostName: hostname(), pid: process.pid, userId: process.getuid?.()};
};

const deadPid = async (): Promise<number> => {
	const child = spawn('true');
	await once(child, 'exit');
	return child.pid ?? 0;
};

test('what a killed run left in the folder for temporary files is removed, and nothing that is not proven to be that', async () => {
	const at = await place();
	const living = await makeWorkFolder(at);
	const owner = async (more: object) =>
		JSON.stringify({tool: 'zenml-airgap', host: hostname(), pid: await deadPid(), birth: '1', ...more});
	const put = async (name: string, text?: string) => {
		await mkdir(path.join(at.temporaryDirectory, name));
		if (text !== undefined) await writeFile(path.join(at.temporaryDirectory, name, 'owner.json'), text);
		await writeFile(path.join(at.temporaryDirectory, name, 'file'), '');
	};
	await put('zenml-airgap-create-dead01', await owner({}));
	const kept: ReadonlyArray<readonly [string, string | undefined]> = [
		['zenml-airgap-create-mine', await owner({})],
		['zenml-airgap-create-nofile', undefined],
		['zenml-airgap-create-other1', await owner({host: 'elsewhere'})],
		['zenml-airgap-create-text01', 'theirs'],
		['zenml-airgap-create-tool01', await owner({tool: 'another'})],
		['another-create-dead02', await owner({})],
	];
	for (const [name, text] of kept) await put(name, text);
	// A link to a folder that would be removed under its own name.
	const target = await place();
	await writeFile(path.join(target.temporaryDirectory, 'owner.json'), await owner({}));
	await symlink(target.temporaryDirectory, path.join(at.temporaryDirectory, 'zenml-airgap-create-link01'));
	const fresh = await makeWorkFolder(at);
	expect((await readdir(at.temporaryDirectory)).sort()).toEqual(
		[...kept.map(([name]) => name), 'zenml-airgap-create-link01', path.basename(living), path.basename(fresh)].sort(),
	);
	expect(await readdir(target.temporaryDirectory)).toEqual(['owner.json']);
	await makeWorkFolder({...at, userId: (at.userId ?? 0) + 1});
	expect(await readdir(fresh)).toEqual(['owner.json']);
});

test('a folder for temporary files that is not there is told by name', async () => {
	const {temporaryDirectory, ...at} = await place();
	await expect(makeWorkFolder({...at, temporaryDirectory: path.join(temporaryDirectory, 'x')})).rejects.toMatchObject({
		problem: {code: 'temporary-unwritable', message: expect.stringContaining(path.join(temporaryDirectory, 'x'))},
	});
});

test('a state folder that is a file is told as such when something is saved there', async () => {
	const {temporaryDirectory} = await place();
	const file = path.join(temporaryDirectory, 'file');
	await writeFile(file, '');
	const refusals = [
		[file, 'Something of that name is there already.'],
		[path.join(file, 'deeper'), 'A part of the path is a file, not a folder.'],
	] as const;
	for (const [folder, reason] of refusals) {
		await expect(createHost(folder).saveState('failed.txt', 'text')).rejects.toMatchObject({
			problem: {code: 'state-unwritable', cause: `The system refuses it: ${reason}`},
		});
	}
});
