import {execFileSync} from 'node:child_process';
import {X509Certificate} from 'node:crypto';
import {existsSync} from 'node:fs';
import {cp, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {debianRelease, unpackPackages} from '../../lab/debian.ts';
import {labPaths} from '../../lab/paths.ts';
import {createAuthority} from '../../rehearsal/authority/index.ts';
import {savePack} from '../../source/base/handover.ts';
import {caGiven} from '../../source/handover/ca/given.ts';
import {caPack} from '../../source/handover/ca/index.ts';

// Buildah reads Dockerfiles without a daemon; below another root it needs nothing of the machine's.
const canBuild = process.getuid?.() === 0 && existsSync('/usr/bin/buildah');

/** What an image of Debian holds that trusts certificates: a shell, the tools of the script, the public list. */
const packages = ['dash', 'coreutils', 'debianutils', 'findutils', 'sed', 'grep', 'ca-certificates'];

let folder: string;
let papers: string;

/** @param gap whether it sees no network but its own loopback @returns what buildah said */
const buildah = (words: readonly string[], gap: 'gap' | 'network' = 'gap'): string => {
	const own = ['--storage-driver', 'vfs', '--root', join(folder, 'store'), '--runroot', join(folder, 'run')];
	const command = ['buildah', ...own, ...words];
	const [program = '', ...rest] = gap === 'gap' ? ['unshare', '--net', ...command] : command;
	return execFileSync(program, rest, {encoding: 'utf8', stdio: 'pipe', timeout: 60_000, cwd: folder});
};

const build = (tag: string, file: string, context: string): string =>
	buildah([
		...['bud', '--isolation', 'chroot', '--pull-never', '--build-arg', 'BASE=localhost/base'],
		...['-t', tag, '-f', file, context],
	]);

const makeBase = async (): Promise<void> => {
	const paths = labPaths(process.env);
	const unpacked = await unpackPackages(paths, 'image-base', packages, {
		options: await debianRelease(paths, 'bookworm'),
	});
	const root = join(folder, 'base');
	await cp(unpacked, root, {recursive: true, verbatimSymlinks: true});
	for (const name of ['tmp', 'etc/ssl/certs', 'usr/local/share/ca-certificates'])
		await mkdir(join(root, name), {recursive: true});
	await writeFile(join(root, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\nada:x:1000:1000::/home:/bin/sh\n');
	// Debian makes it when the package is installed.
	await writeFile(join(root, 'etc/ca-certificates.conf'), '');
	await writeFile(join(folder, 'base.Dockerfile'), 'FROM scratch\nCOPY . /\n');
	buildah(
		['bud', '--isolation', 'chroot', '-t', 'localhost/base', '-f', join(folder, 'base.Dockerfile'), root],
		'network',
	);
};

describe.skipIf(!canBuild)('ca-image.Dockerfile (left out without root and buildah)', () => {
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'ca-image-'));
		const {caPem} = await createAuthority({name: 'Internal CA'});
		const caFingerprint = new X509Certificate(caPem).fingerprint256;
		const given = caGiven({caPem, caFingerprint, urls: ['https://zenml-pro.mycompany.com'], registry: 'registry:5000'});
		papers = join(folder, 'papers');
		await savePack(papers, caPack(given, {operator: 'ada on jump1', by: 'Friday'}).sections);
		await makeBase();
	}, 120_000);
	afterAll(async () => rm(folder, {recursive: true, force: true}));

	test('builds where there is no network, from the papers alone, an image that trusts the CA', {
		timeout: 60_000,
	}, async () => {
		build('localhost/trusting', join(papers, 'ca-image.Dockerfile'), papers);
		const container = buildah(['from', '--pull-never', 'localhost/trusting']).trim();
		const list = join(buildah(['mount', container]).trim(), 'etc/ssl/certs/ca-certificates.crt');
		const ca = (await readFile(join(papers, 'ca.crt'), 'utf8')).trim();
		expect(await readFile(list, 'utf8')).toContain(ca);
		const told = buildah(['inspect', '--type', 'image', '--format', '{{.OCIv1.Config.Env}}', 'localhost/trusting']);
		expect(told).toContain('SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt');
	});

	test('stops where ca.crt is another one than the fingerprint says', {timeout: 60_000}, async () => {
		const swapped = join(folder, 'swapped');
		await cp(papers, swapped, {recursive: true});
		await writeFile(join(swapped, 'ca.crt'), (await createAuthority({name: 'Internal CA'})).caPem);
		expect(() => build('localhost/swapped', join(swapped, 'ca-image.Dockerfile'), swapped)).toThrow(
			/fingerprint differs/u,
		);
	});
});
