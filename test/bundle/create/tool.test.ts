import {execFileSync, spawnSync} from 'node:child_process';
import {appendFile, cp, readFile, rm, stat, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {expect, test} from 'vitest';
import {writeBundle} from '../../../source/bundle/create/create.ts';
import {planBundle} from '../../../source/bundle/create/plan.ts';
import {planTools} from '../../../source/bundle/create/tool/tools.ts';
import {modeOf} from '../../../source/bundle/layout/index-file.ts';
import {createBundlePort} from '../../../source/bundle/open/bundle.ts';
import {hex} from '../helpers.ts';
import {indexOf, rewriteIndex} from '../made.ts';
import {
	chartsIn,
	filesOf,
	never,
	plainSource,
	problemOf,
	productImages,
	quietCharts,
	specOf,
	temporary,
	vendorRegistry,
} from './helpers.ts';
import {elf, releaseFiles, releaseFolder} from './released.ts';

const planned = async (executables: readonly string[], platforms = ['linux/amd64']) =>
	planTools({executables, platforms, work: await temporary(), signal: never});

/** A bundle that was made with these executables. */
const made = async (executables: readonly string[]): Promise<string> => {
	const charts = await temporary();
	await chartsIn(charts);
	const {host} = await vendorRegistry(productImages(5000));
	const folder = path.join(await temporary(), 'a bundle');
	const plan = await planBundle({
		spec: specOf(host, charts),
		from: [],
		source: plainSource(),
		charts: quietCharts(),
		tools: async () => planned(executables),
		onLook: () => undefined,
		signal: never,
	});
	await writeBundle(plan, {
		folder,
		madeBy: 'zenml-airgap 0.0.0-test',
		concurrency: 3,
		freeBytes: async () => 1e12,
		onNote: () => undefined,
		onBlob: () => undefined,
		onBytes: () => undefined,
		signal: never,
	});
	return folder;
};

const verified = async (folder: string) =>
	createBundlePort({path: folder}).verify({signal: never, onProgress: () => undefined});

test('an executable comes along with all that was released beside it, and is verified with the bundle', async () => {
	const release = await releaseFolder();
	const folder = await made([path.join(release, 'zenml-airgap-linux-x64')]);
	const names = [...(await filesOf(path.join(folder, 'tool'))).keys()];
	expect(names).toEqual([
		'LICENSES.txt',
		'PROVENANCE.txt',
		'SHA256SUMS',
		'docs/decisions/01.md',
		'docs/index.md',
		'sbom.cdx.json',
		'zenml-airgap-linux-x64',
	]);
	expect((await stat(path.join(folder, 'tool/zenml-airgap-linux-x64'))).mode & 0o777).toBe(0o755);
	expect((await stat(path.join(folder, 'tool/LICENSES.txt'))).mode & 0o777).toBe(0o644);
	execFileSync('sha256sum', ['--strict', '--quiet', '--ignore-missing', '-c', 'SHA256SUMS'], {
		cwd: path.join(folder, 'tool'),
	});
	const {tools, files} = await indexOf(folder);
	expect(tools).toEqual([
		{name: 'zenml-airgap', version: '1.2.3', platform: 'linux/amd64', file: 'tool/zenml-airgap-linux-x64'},
	]);
	expect(files.map(({path: file}) => file)).toEqual(
		expect.arrayContaining(['START-HERE.txt', 'verify.sh', ...names.map((name) => `tool/${name}`)]),
	);
	await verified(folder);
	await appendFile(path.join(folder, 'tool/sbom.cdx.json'), ' ');
	await expect(verified(folder)).rejects.toMatchObject({problem: {code: 'bundle-file-size'}});
});

test('of the folder of a release all executables come along, and a platform without one is told', async () => {
	const release = await releaseFolder();
	const {tools, notes} = await planned([release], ['linux/amd64', 'linux/s390x']);
	expect(tools.map(({platform, version, file}) => `${platform} ${version} ${file.path}`)).toEqual([
		'linux/arm64 1.2.3 tool/zenml-airgap-linux-arm64',
		'linux/amd64 1.2.3 tool/zenml-airgap-linux-x64',
	]);
	expect(notes).toEqual([
		'No executable of this tool for linux/s390x came along: a jump host of that platform needs one.',
	]);
});

test('a signature of the release comes along', async () => {
	const release = await releaseFolder();
	await writeFile(path.join(release, 'SHA256SUMS.minisig'), 'signed');
	const text = await readFile(path.join(await made([release]), 'START-HERE.txt'), 'utf8');
	expect(text).toContain('    "$HOME/zenml-airgap" self-check --sums tool/SHA256SUMS --public-key RELEASE.pub\n');
	const {papers} = await planned([release]);
	expect(papers.map(({path: file}) => file)).toContain('tool/SHA256SUMS.minisig');
});

test.each([
	['a script', {'zenml-airgap-linux-x64': '#!/bin/sh\n'}, / is a script, or a program of another system/u],
	['no licences', {'LICENSES.txt': undefined}, /^LICENSES\.txt is not in .* carried with its checksums, licences/u],
	['no checksums', {SHA256SUMS: undefined}, /^SHA256SUMS is not in /u],
	['checksums of another form', {SHA256SUMS: 'MD5 x\n'}, /SHA256SUMS is no list of checksums: /u],
	[
		'a bill of another program',
		{'sbom.cdx.json': '{}'},
		/sbom\.cdx\.json is not the bill of materials of zenml-airgap\.$/u,
	],
])('an executable with %s beside it is refused', async (_what, change, cause) => {
	const release = await releaseFolder(change);
	if (change && 'SHA256SUMS' in change && change.SHA256SUMS)
		await writeFile(path.join(release, 'SHA256SUMS'), change.SHA256SUMS);
	expect(await problemOf(planned([path.join(release, 'zenml-airgap-linux-x64')]))).toMatchObject({
		code: 'bundle-create-tool',
		message: 'This executable of zenml-airgap cannot go into the bundle.',
		cause: expect.stringMatching(cause),
		fix: 'Name an executable in the folder that a release came in, or that folder: with --with-tool, or in the spec (tools, then executables).',
	});
});

test('an executable that is not the one that was released is refused', async () => {
	const release = await releaseFolder();
	const file = path.join(release, 'zenml-airgap-linux-x64');
	await cp(file, path.join(release, 'mine'));
	expect((await problemOf(planned([path.join(release, 'mine')]))).cause).toBe(
		`The checksums beside it do not name ${release}/mine.`,
	);
	await writeFile(file, Buffer.concat([elf(62), Buffer.from('more')]));
	expect((await problemOf(planned([file]))).cause).toBe(
		`${file} is not the file that was released: its checksum is another one.`,
	);
});

test('a folder without programs, and executables of two folders, are refused', async () => {
	const none = await releaseFolder({'zenml-airgap-linux-x64': undefined, 'zenml-airgap-linux-arm64': undefined});
	expect((await problemOf(planned([none]))).cause).toBe(`The checksums in ${none} name no Linux program.`);
	const [one, other] = [await releaseFolder(), await releaseFolder()];
	expect((await problemOf(planned([one, other]))).cause).toBe(
		`They lie in two folders, ${one} and ${other}, so they may be of two releases.`,
	);
	expect((await problemOf(planned(['/nowhere/zenml-airgap']))).code).toBe('bundle-not-found');
});

test('the script at the root tells whole from damaged, wherever it is started from', async () => {
	const folder = await made([await releaseFolder()]);
	const script = path.join(folder, 'verify.sh');
	const run = (environment: Record<string, string> = {}) =>
		spawnSync('/bin/sh', [script], {encoding: 'utf8', cwd: '/', env: {PATH: process.env.PATH, ...environment}});
	expect((await readFile(script, 'utf8')).trimEnd().split('\n')).toHaveLength(5);
	expect(run()).toMatchObject({status: 0, stdout: 'Whole: every file is as it was packed.\n', stderr: ''});
	expect(run({LANG: 'de_DE.UTF-8', CDPATH: '/tmp'})).toMatchObject({status: 0});
	const bare = run({PATH: '/nowhere'});
	expect(bare.status).toBe(5);
	expect(bare.stdout).not.toContain('Whole');

	await appendFile(path.join(folder, 'tool/docs/index.md'), 'x');
	await rm(path.join(folder, 'tool/LICENSES.txt'));
	const damaged = run();
	expect(damaged.status).toBe(5);
	expect(damaged.stdout).toContain('tool/docs/index.md: FAILED\n');
	expect(damaged.stdout).toContain('tool/LICENSES.txt: FAILED open or read\n');
	expect(damaged.stdout).not.toContain('manifest.txt');
	expect(damaged.stderr).toBe('NOT WHOLE: carry what is named above again.\n');

	await writeFile(path.join(folder, 'SHA256SUMS'), '');
	expect(run().status).toBe(5);
	await rm(path.join(folder, 'SHA256SUMS'));
	expect(run()).toMatchObject({status: 5, stdout: expect.stringContaining('SHA256SUMS')});
});

test('the page to start with names what lies there and five commands, and fits an 80-column screen', async () => {
	const folder = await made([await releaseFolder()]);
	const text = await readFile(path.join(folder, 'START-HERE.txt'), 'utf8');
	expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
	expect(text).toContain('Control plane 0.13.18, workspaces 0.95.1.');
	expect(text.match(/^ {2}\d\. .*$/gmu)).toEqual([
		'  1. sh verify.sh',
		'  2. install -m 755 tool/zenml-airgap-linux-x64 "$HOME/zenml-airgap"',
		'  3. "$HOME/zenml-airgap" bundle verify . --public-key KEY',
		'  4. "$HOME/zenml-airgap" answers init "$HOME/answers.yaml"',
		'  5. "$HOME/zenml-airgap" plan --bundle . --answers "$HOME/answers.yaml"',
	]);
	expect(text).toContain(`SHA-256 ${hex(releaseFiles['zenml-airgap-linux-x64'] ?? '')}`);
	expect(text).toContain('tool/docs/');
	const home = await temporary();
	const [, , second = ''] = /\n {2}(2)\. (.*)\n/u.exec(text) ?? [];
	execFileSync('sh', ['-c', second], {cwd: folder, env: {PATH: process.env.PATH, HOME: home}});
	expect((await stat(path.join(home, 'zenml-airgap'))).mode & 0o111).not.toBe(0);
});

test('the page to start with says so where no program came along', async () => {
	const text = await readFile(path.join(await made([]), 'START-HERE.txt'), 'utf8');
	expect(text).toContain('The installer did not come along: bring zenml-airgap to this host another way.\n');
	expect(text).toContain('  2. zenml-airgap bundle verify . --public-key KEY\n');
	expect(text).not.toMatch(/tool\/|bin\//u);
});

test('a bundle of an older tool, without the page and the script, opens and verifies as before', async () => {
	const folder = await made([]);
	const gone = ['START-HERE.txt', 'verify.sh'];
	for (const name of gone) await rm(path.join(folder, name));
	const sums = path.join(folder, 'SHA256SUMS');
	const kept = (await readFile(sums, 'utf8'))
		.split('\n')
		.filter((line) => !gone.some((name) => line.endsWith(`  ${name}`)));
	await writeFile(sums, kept.join('\n'));
	await rewriteIndex(folder, (index) => {
		index.files = (index.files as readonly {readonly path: string}[]).filter(({path: name}) => !gone.includes(name));
	});
	await verified(folder);
});

test('what can be run is told by its place', async () => {
	const programs = ['bin/helm', 'bin/zenml-airgap-1.tar.gz', 'tool/zenml-airgap-linux-x64', 'verify.sh'];
	const others = [
		'tool/SHA256SUMS',
		'tool/SHA256SUMS.minisig',
		'tool/docs/x',
		'manifest.txt',
		'a/verify.sh',
		'tool/a.b',
	];
	expect(programs.filter((name) => modeOf(name) !== 0o755)).toEqual([]);
	expect(others.filter((name) => modeOf(name) !== 0o644)).toEqual([]);
});
