import {execFileSync, spawnSync} from 'node:child_process';
import {X509Certificate} from 'node:crypto';
import {existsSync} from 'node:fs';
import {chmod, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {createAuthority} from '../../rehearsal/authority/index.ts';
import type {HandoverSection} from '../../source/base/handover.ts';
import {caScripts} from '../../source/network/ca-scripts.ts';
import {dnsRecords} from '../../source/network/dns-records.ts';

const names = ['zenml-pro.internal.mycompany.com', 'zenml-workspace.internal.mycompany.com'];
let folder: string;
let caPem: string;
let fingerprint: string;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'zenml-airgap-handover-test-'));
	caPem = (await createAuthority({name: 'Internal CA'})).caPem;
	fingerprint = new X509Certificate(caPem).fingerprint256;
});

afterAll(async () => rm(folder, {recursive: true, force: true}));

const section = (sections: readonly HandoverSection[], fileName: string): string =>
	sections
		.find((one) => one.fileName === fileName)
		?.lines.join('\n')
		.concat('\n') ?? '';

const records = (address: string) => dnsRecords({names, address});
const scripts = () => caScripts({caPem, caFingerprint: fingerprint, hosts: names});

test('every kind of name server gets every name with the address', () => {
	const sections = records('10.0.0.10');
	expect(sections.map(({fileName}) => fileName)).toEqual([
		'dns-bind.zone',
		'dns-windows.ps1',
		'dns-dnsmasq.conf',
		'dns-coredns.txt',
		'dns-hosts.txt',
	]);
	expect(section(sections, 'dns-bind.zone')).toContain('zenml-pro.internal.mycompany.com. 300 IN A 10.0.0.10\n');
	expect(section(sections, 'dns-dnsmasq.conf')).toContain(
		'host-record=zenml-pro.internal.mycompany.com,10.0.0.10,300\n',
	);
	expect(section(sections, 'dns-hosts.txt')).toContain('10.0.0.10 zenml-workspace.internal.mycompany.com\n');
	expect(section(sections, 'dns-coredns.txt')).toContain(
		'hosts {\n    10.0.0.10 zenml-pro.internal.mycompany.com\n    10.0.0.10 zenml-workspace.internal.mycompany.com\n    fallthrough\n}\n',
	);
	expect(section(sections, 'dns-windows.ps1')).toContain(
		"Add-DnsServerResourceRecordA -ZoneName 'internal.mycompany.com' `\n  -Name 'zenml-pro' -IPv4Address '10.0.0.10' -TimeToLive 00:05:00\n",
	);
});

test('an IPv6 address becomes AAAA records, and a name is listed once', () => {
	const sections = dnsRecords({names: [...names, ...names], address: 'fd00::10', ttl: 3661});
	expect(section(sections, 'dns-bind.zone').match(/ 3661 IN AAAA fd00::10/gu)).toHaveLength(2);
	expect(section(sections, 'dns-windows.ps1')).toContain("-IPv6Address 'fd00::10' -TimeToLive 01:01:01");
});

test('lines fit a terminal of 80 columns', () => {
	for (const {lines, fileName} of [...records('10.0.0.10'), ...scripts()])
		for (const line of lines) {
			expect(line).not.toContain('\n');
			// Names as long as these set their own length.
			if (!names.some((name) => line.includes(name)))
				expect(line.length, `${fileName}: ${line}`).toBeLessThanOrEqual(76);
		}
});

test('every script holds the certificate and its fingerprint', () => {
	const sections = scripts().filter(({fileName}) => fileName !== 'ca-check.sh');
	expect(sections).toHaveLength(8);
	for (const {fileName} of sections) {
		const text = section(sections, fileName);
		expect(text).toContain(caPem.trim());
		const joined = text.replaceAll(/['"+\s]|want=|\$want|\\|&&/gu, '');
		expect(joined).toContain(fileName === 'ca-windows.ps1' ? fingerprint.replaceAll(':', '') : fingerprint);
	}
});

test('of a bundle the certificate with the fingerprint is handed out', async () => {
	const other = await createAuthority({name: 'Other'});
	const sections = caScripts({caPem: other.caPem + caPem, caFingerprint: fingerprint, hosts: names});
	expect(section(sections, 'ca-debian.sh')).toContain(caPem.trim());
	expect(section(sections, 'ca-debian.sh')).not.toContain(other.caPem.trim());
});

test('every shell script is one that sh can read', async () => {
	for (const {fileName} of scripts().filter((one) => one.fileName.endsWith('.sh'))) {
		const path = join(folder, fileName);
		await writeFile(path, section(scripts(), fileName));
		execFileSync('sh', ['-n', path]);
	}
});

const openssl = existsSync('/usr/bin/openssl');

/** Runs a script with programs that only note what they were called with. */
const runScript = async (text: string, args: readonly string[] = []) => {
	const bin = join(folder, 'bin');
	const log = join(folder, 'calls');
	await mkdir(bin, {recursive: true});
	await writeFile(log, '');
	for (const name of ['install', 'update-ca-certificates', 'update-ca-trust', 'mkdir']) {
		await writeFile(join(bin, name), `#!/bin/sh\necho "${name} $*" >>${log}\n`);
		await chmod(join(bin, name), 0o755);
	}
	const path = join(folder, 'script.sh');
	await writeFile(path, text);
	const run = spawnSync('sh', [path, ...args], {
		encoding: 'utf8',
		env: {PATH: `${bin}:/usr/bin:/bin`, HOME: folder, TMPDIR: folder},
	});
	return {...run, calls: await readFile(log, 'utf8')};
};

test.skipIf(!openssl)(
	'a script installs the certificate when the fingerprint fits, and stops when it does not',
	async () => {
		const text = section(scripts(), 'ca-debian.sh');
		const good = await runScript(text);
		expect(good.status).toBe(0);
		expect(good.calls).toMatch(
			/^install -m 0644 \S+ \/usr\/local\/share\/ca-certificates\/zenml-internal-ca\.crt\nupdate-ca-certificates/u,
		);
		const other = (await createAuthority({name: 'Other'})).caPem;
		const swapped = await runScript(text.replace(caPem.trim(), other.trim()));
		expect(swapped).toMatchObject({status: 1, calls: ''});
		expect(swapped.stderr).toContain('The fingerprint differs');
	},
);

test.skipIf(!openssl)('the script for Python makes a bundle with the certificate', async () => {
	const bundle = join(folder, 'bundle.pem');
	const {status, stdout} = await runScript(section(scripts(), 'ca-python.sh'), [bundle]);
	expect(status).toBe(0);
	expect(await readFile(bundle, 'utf8')).toContain(caPem.trim());
	expect(stdout).toContain(`export REQUESTS_CA_BUNDLE=${bundle}`);
	expect(stdout).toContain(`export SSL_CERT_FILE=${bundle}`);
});
