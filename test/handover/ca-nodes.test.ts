import {X509Certificate} from 'node:crypto';
import {existsSync} from 'node:fs';
import {mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {createAuthority} from '../../rehearsal/authority/index.ts';
import {caGiven} from '../../source/handover/ca/given.ts';
import {caPack} from '../../source/handover/ca/index.ts';
import {runScript, textOf} from './run-script.ts';

const registry = 'registry.internal.mycompany.com:5000';
let folder: string;
let caPem: string;
let otherPem: string;
let script: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'ca-nodes-'));
	[caPem, otherPem] = await Promise.all([
		createAuthority({name: 'Internal CA'}).then((made) => made.caPem),
		createAuthority({name: 'Other'}).then((made) => made.caPem),
	]);
	const caFingerprint = new X509Certificate(caPem).fingerprint256;
	script = textOf(caPack(caGiven({caPem, caFingerprint, urls: [], registry}), {}).sections, 'ca-nodes.sh');
});
afterAll(async () => rm(folder, {recursive: true, force: true}));

const root = async (name: string, ...folders: readonly string[]): Promise<string> => {
	const own = join(folder, name);
	await mkdir(own);
	for (const one of folders) await mkdir(join(own, one), {recursive: true});
	return own;
};
const configured = '  config_path = "/etc/containerd/certs.d"\n';
const run = async (own: string, more: Readonly<Record<string, string>> = {}, args: readonly string[] = []) =>
	runScript(script, {folder: own, environment: {ROOT: own, ...more}, args});

test('containerd reads the CA of the registry of the answers, or of the one that is named', async () => {
	const own = await root('containerd', 'etc/containerd');
	await writeFile(join(own, 'etc/containerd/config.toml'), configured);
	expect(await run(own)).toMatchObject({status: 0, stdout: `Installed: CA for ${registry}, in containerd\n`});
	const at = join(own, 'etc/containerd/certs.d', registry);
	expect(await readFile(join(at, 'zenml-internal-ca.crt'), 'utf8')).toBe(`${caPem.trim()}\n`);
	const hosts = await readFile(join(at, 'hosts.toml'), 'utf8');
	expect(hosts).toBe(
		`server = "https://${registry}"\n\n[host."https://${registry}"]\n  capabilities = ["pull", "resolve"]\n  ca = "/etc/containerd/certs.d/${registry}/zenml-internal-ca.crt"\n`,
	);
	expect(await run(own, {REGISTRY: 'other:1'})).toMatchObject({status: 0});
	expect(existsSync(join(own, 'etc/containerd/certs.d/other:1/zenml-internal-ca.crt'))).toBe(true);
	expect(await run(own)).toMatchObject({status: 0, stdout: 'It is there already: nothing to do.\n'});
	expect(await readFile(join(at, 'hosts.toml'), 'utf8')).toBe(hosts);
	for (const stdout of [`Removed: CA for ${registry}, from containerd\n`, 'It is not there: nothing to do.\n'])
		expect(await run(own, {}, ['remove'])).toMatchObject({status: 0, stdout});
	expect(existsSync(at)).toBe(false);
});

test.each([
	['version = 2\n# config_path = "/etc/containerd/certs.d"\n', `  [plugins."io.containerd.grpc.v1.cri".registry]\n`],
	['version = 3\n', `  [plugins.'io.containerd.cri.v1.images'.registry]\n`],
])('a config.toml that does not name the folder is for the admin to change, and no success', async (text, section) => {
	const own = await root(`config-${text.slice(10, 11)}`, 'etc/containerd');
	await writeFile(join(own, 'etc/containerd/config.toml'), text);
	for (const last of [
		`Written: CA for ${registry}, in containerd; what is told above is left\n`,
		'It is there already; what is told above is left.\n',
	]) {
		const ran = await run(own);
		expect(ran).toMatchObject({status: 3, stdout: last});
		expect(ran.stderr).toContain('config.toml has no config_path with /etc/containerd/certs.d:');
		expect(ran.stderr).toContain('then restart containerd');
		expect(ran.stderr).toContain(`${section}  config_path = "/etc/containerd/certs.d"\n`);
	}
	await writeFile(join(own, 'etc/containerd/config.toml'), `${text}${configured}`);
	expect(await run(own)).toMatchObject({status: 0, stderr: ''});
});

test('a hosts.toml of the site is neither written over nor taken away', async () => {
	const own = await root('mirror', 'etc/containerd', `etc/containerd/certs.d/${registry}`);
	await writeFile(join(own, 'etc/containerd/config.toml'), configured);
	const list = join(own, 'etc/containerd/certs.d', registry, 'hosts.toml');
	await writeFile(list, 'server = "https://mirror"\n');
	expect(await run(own)).toMatchObject({
		status: 3,
		stderr: expect.stringMatching(/add to its host\n {2}ca = "\S+zenml-internal-ca\.crt"\n/u),
	});
	await writeFile(list, 'server = "https://mirror"\nca = "zenml-internal-ca.crt"\n');
	expect(await run(own)).toMatchObject({status: 0});
	// With the file missing that it names, nothing could be pulled.
	expect(await run(own, {}, ['remove'])).toMatchObject({
		status: 3,
		stdout: 'Not all is removed; what is told above is left.\n',
		stderr: expect.stringContaining('run this again'),
	});
	await writeFile(list, 'server = "https://mirror"\n');
	expect(await run(own, {}, ['remove'])).toMatchObject({status: 0});
	expect(await readdir(join(list, '..'))).toEqual(['hosts.toml']);
});

test('CRI-O reads it from its own folder, where other certificates stay', async () => {
	const own = await root('crio', 'etc/crio', `etc/containers/certs.d/${registry}`);
	const at = join(own, 'etc/containers/certs.d', registry);
	await writeFile(join(at, 'ca.crt'), otherPem);
	expect(await run(own)).toMatchObject({status: 0, stdout: `Installed: CA for ${registry}, in CRI-O\n`});
	expect(existsSync(join(at, 'zenml-internal-ca.crt'))).toBe(true);
	expect(await run(own, {}, ['remove'])).toMatchObject({status: 0});
	expect(await readdir(at)).toEqual(['ca.crt']);
});

test.each(['k3s', 'rke2'])(
	'%s gets an entry; again nothing is done, and a list of the site is left alone',
	async (kind) => {
		const own = await root(kind, `etc/rancher/${kind}`);
		expect(await run(own)).toMatchObject({status: 0, stdout: expect.stringContaining(`Restart ${kind}`)});
		const list = join(own, 'etc/rancher', kind, 'registries.yaml');
		const entry = `  "${registry}":\n    tls:\n      ca_file: /etc/rancher/${kind}/zenml-internal-ca.crt\n`;
		expect(await readFile(list, 'utf8')).toBe(`configs:\n${entry}`);
		expect(await run(own)).toMatchObject({status: 0, stderr: '', stdout: 'It is there already: nothing to do.\n'});
		expect(await run(own, {}, ['remove'])).toMatchObject({status: 0});
		expect(await readdir(join(list, '..'))).toEqual([]);
		await writeFile(list, 'mirrors: {}\n');
		expect(await run(own)).toMatchObject({status: 3, stderr: expect.stringContaining('add below configs')});
		expect(await readFile(list, 'utf8')).toBe('mirrors: {}\n');
		await writeFile(list, `mirrors: {}\nconfigs:\n${entry}`);
		expect(await run(own)).toMatchObject({status: 0});
		expect(await run(own, {}, ['remove'])).toMatchObject({status: 3});
		expect(await readdir(join(list, '..'))).toContain('zenml-internal-ca.crt');
	},
);

test('a host without any of them is told', async () => {
	expect(await run(await root('none'))).toMatchObject({status: 1, stderr: expect.stringContaining('No containerd')});
});
