import {createHash} from 'node:crypto';
import {existsSync} from 'node:fs';
import {mkdir, readdir, readFile, rename} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {runCommand} from './commands.ts';
import type {LabPaths} from './paths.ts';
import {LabError, type Say, timed} from './report.ts';

const sources = fileURLToPath(new URL('./kubernetes/', import.meta.url));

/** The sources of the minor that is built unless another is asked for. */
export const kubernetesSources = join(sources, 'v1.34');

/** The minors that have a `go.mod` of their own below `lab/kubernetes/`, such as `1.34`. */
export const kubernetesMinors = async (): Promise<readonly string[]> =>
	(await readdir(sources)).filter((name) => /^v1\.\d+$/u.test(name)).map((name) => name.slice(1));

/** Go on this machine. @throws LabError when there is none */
export const goBinary = (): string => {
	const found = ['/usr/local/go/bin/go', '/usr/lib/go/bin/go', '/usr/bin/go'].find((file) => existsSync(file));
	if (!found)
		throw new LabError('Go is not on this machine: the lab builds Kubernetes with it. Install Go 1.24 or newer.');
	return found;
};

/** The binaries that are in the cache already. */
export const builtKubernetes = async (paths: LabPaths): Promise<readonly string[]> =>
	(await readdir(join(paths.cache, 'kubernetes')).catch((): string[] => [])).filter(
		(name) => !name.endsWith('.making'),
	);

export type KubernetesBinary = {
	/** One program for all parts: its first argument says which one it is. */
	readonly binary: string;
	/** Such as `v1.34.4`. */
	readonly version: string;
};

/** The binary of a minor, from the cache or built from the Go module proxy (minutes, several GB of build cache). */
export const kubernetesBinary = async (paths: LabPaths, minor: string, say: Say): Promise<KubernetesBinary> => {
	const folder = join(sources, `v${minor}`);
	if (!existsSync(join(folder, 'go.mod')))
		throw new LabError(`Kubernetes ${minor} is not one of the lab's: ${(await kubernetesMinors()).join(', ')}.`);
	const hash = createHash('sha256');
	for (const name of ['go.mod', 'go.sum', 'main.go']) hash.update(await readFile(join(folder, name)));
	const version = /k8s\.io\/kubernetes (v[\d.]+)/u.exec(await readFile(join(folder, 'go.mod'), 'utf8'))?.[1];
	if (!version) throw new LabError(`${folder}/go.mod does not name a version of k8s.io/kubernetes.`);
	const target = join(paths.cache, 'kubernetes');
	const binary = join(target, `${version}-${hash.digest('hex').slice(0, 12)}`);
	if (!existsSync(binary)) {
		await mkdir(target, {recursive: true});
		const [, major, minorNumber] = /^v(\d+)\.(\d+)/u.exec(version) ?? [];
		const flags = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((name) => [
			`-X ${name}.gitVersion=${version}`,
			`-X ${name}.gitMajor=${major}`,
			`-X ${name}.gitMinor=${minorNumber}`,
			`-X ${name}.gitTreeState=archive`,
		]);
		const args = [
			'build',
			'-p',
			'2',
			'-trimpath',
			// git refuses a clone that belongs to another user, and the build would fail with it.
			'-buildvcs=false',
			'-ldflags',
			`-s -w ${flags.join(' ')}`,
			'-o',
			`${binary}.making`,
			'.',
		];
		await timed(
			say,
			`Building Kubernetes ${version} from the Go module proxy`,
			'10 to 20 minutes on 2 cores, once',
			() =>
				runCommand('nice', ['-n', '19', goBinary(), ...args], {
					cwd: folder,
					env: {...process.env, CGO_ENABLED: '0', GOCACHE: join(paths.cache, 'go-build')},
					timeoutMs: 3_600_000,
				}),
		);
		await rename(`${binary}.making`, binary);
	}
	return {binary, version};
};
