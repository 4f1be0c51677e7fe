import {execFile} from 'node:child_process';
import {existsSync} from 'node:fs';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {parse} from 'yaml';
import {dnsPack} from '../../source/handover/dns/index.ts';
import {startCluster} from '../rehearsal/kubernetes/cluster.ts';
import {runScript, textOf} from './run-script.ts';

const names = ['zenml-pro.internal.mycompany.com', 'zenml-workspace.internal.mycompany.com'];
let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'dns-papers-'));
});
afterAll(async () => rm(folder, {recursive: true, force: true}));

const packOf = (more: Partial<Parameters<typeof dnsPack>[0]> = {}) =>
	dnsPack(
		{
			names,
			address: '10.0.0.10',
			ttl: 300,
			server: '10.0.0.53',
			servedBy: 'the router',
			intro: 'These names must lead to 10.0.0.10.',
			...more,
		},
		{operator: 'ada on jump1'},
	).sections;
const text = (fileName: string, more: Parameters<typeof packOf>[0] = {}): string => textOf(packOf(more), fileName);

test('every kind of name server gets every name with the address', () => {
	expect(text('dns-bind.zone')).toContain('zenml-pro.internal.mycompany.com. 300 IN A 10.0.0.10\n');
	expect(text('dns-dnsmasq.conf')).toContain('host-record=zenml-pro.internal.mycompany.com,10.0.0.10,300\n');
	expect(text('dns-hosts.txt')).toContain('10.0.0.10 zenml-workspace.internal.mycompany.com\n');
	expect(text('dns-nsupdate.txt')).toContain(
		'\nupdate delete zenml-pro.internal.mycompany.com. A\nupdate add zenml-pro.internal.mycompany.com. 300 A 10.0.0.10\nsend\n',
	);
	expect(text('dns-windows.ps1')).toContain("  'zenml-pro.internal.mycompany.com',\n");
});

test('PowerShell, which asks port 53 alone, is not told to ask a server on another port', () => {
	expect(text('README.txt')).toContain('Resolve-DnsName zenml-pro.internal.mycompany.com -Server 10.0.0.53');
	expect(text('README.txt', {server: undefined})).toContain('Resolve-DnsName zenml-pro.internal.mycompany.com\n');
	const other = text('README.txt', {server: '10.0.0.53:5353'});
	expect(other).toContain('dig @10.0.0.53 -p 5353');
	expect(other).not.toContain('PowerShell');
});

test('an IPv6 address becomes AAAA records, and a name is listed once', () => {
	const more = {names: [...names, ...names], address: 'fd00::10', ttl: 3661};
	expect(text('dns-bind.zone', more).match(/ 3661 IN AAAA fd00::10/gu)).toHaveLength(2);
	expect(text('dns-windows.ps1', more)).toContain('Add-DnsServerResourceRecordAAAA');
	expect(text('dns-windows.ps1', more)).toContain('-IPv6Address $address -TimeToLive 01:01:01');
});

test('the PowerShell leaves a record that is right alone, goes on after a name that fails, and tells it at the end', () => {
	const script = text('dns-windows.ps1');
	expect(script).toContain("$ErrorActionPreference = 'Stop'");
	expect(script.indexOf('already')).toBeLessThan(script.indexOf('Add-DnsServerResourceRecordA'));
	expect(script).toContain('try { Set-Address $name }');
	expect(script.trim().split('\n').at(-1)).toContain('throw "Not done:');
	// A variable followed by a colon is a scope.
	expect(script).not.toMatch(/\$(?!env:)\w+:/u);
});

describe('a host that is called like the parent of another', () => {
	const more = {names: ['ml.corp', 'ws.ml.corp'], address: '10.0.0.10'};

	test('no command guesses where zones are cut', () => {
		expect(text('dns-nsupdate.txt', more)).not.toMatch(/^zone /mu);
		expect(text('dns-nsupdate.txt', more).match(/^send$/gmu)).toHaveLength(2);
		expect(text('dns-windows.ps1', more)).not.toMatch(/-Zone(?:Name)? '/u);
		expect(text('dns-bind.zone', more).match(/^; zone, most likely: corp$/gmu)).toHaveLength(2);
		expect(text('README.txt', more)).toContain('most likely in the zone corp;');
	});

	test('each name is answered by a server block of its own in CoreDNS, and forwarded alone by OpenShift', () => {
		const map = parse(text('coredns-custom.yaml', more)) as {readonly data: Readonly<Record<string, string>>};
		const blocks = (map.data['zenml.server'] ?? '').split(/^\}$/mu).slice(0, -1);
		expect(
			blocks.map((block) => /^\s*(\S+) \{\n {4}hosts \{\n {8}(.*)\n {8}fallthrough\n/u.exec(block)?.slice(1)),
		).toEqual([
			['ml.corp:53', '10.0.0.10 ml.corp'],
			['ws.ml.corp:53', '10.0.0.10 ws.ml.corp'],
		]);
		expect(parse(text('dns-openshift.txt', more))).toMatchObject({servers: [{zones: more.names}]});
	});
});

test.each([
	['10.0.0.53', '10.0.0.53'],
	['10.0.0.53:5353', '10.0.0.53:5353'],
	['fd00::53', 'fd00::53'],
	['[fd00::53]:5353', '[fd00::53]:5353'],
])('OpenShift forwards to the name server of the answers: %s', (server, upstream) => {
	expect(parse(text('dns-openshift.txt', {server}))).toMatchObject({
		servers: [{forwardPlugin: {upstreams: [upstream]}}],
	});
});

test('every file says how it is checked and how it is undone', () => {
	for (const {fileName, lines} of packOf().filter(({fileName}) => !/^(?:README\.txt|dns-check\.sh)$/u.test(fileName))) {
		expect(lines.join('\n'), fileName).toMatch(/undo/iu);
		expect(lines.join('\n'), fileName).toContain('Check');
	}
});

test('the note holds the records, the zone, a word on PTR, and lines for dig with server and port', () => {
	const note = text('README.txt', {server: '10.0.0.53:5353'});
	for (const part of [
		'zenml-pro.internal.mycompany.com        300  IN  A    10.0.0.10',
		'internal.mycompany.com',
		'(PTR) are not needed',
		'dig @10.0.0.53 -p 5353 +short zenml-pro.internal.mycompany.com',
	])
		expect(note).toContain(part);
	expect(text('README.txt', {server: undefined})).toContain('  dig +short zenml-pro.internal.mycompany.com');
});

test('without an address there is the note alone, and it says so', () => {
	const sections = packOf({address: undefined});
	expect(sections.map(({fileName}) => fileName)).toEqual(['README.txt']);
	const note = textOf(sections, 'README.txt');
	expect(note).toContain('(address not known yet)');
	expect(note.replaceAll('\n', ' ')).toContain('The address is known once the router is there');
	// It sends nobody to files that are not there.
	expect(note).not.toMatch(/dns-check\.sh|each file/u);
	expect(note).toContain('dig @10.0.0.53 +short zenml-pro.internal.mycompany.com');
});

test('a second block "hosts" is refused by CoreDNS: the text says so, and k3s and AKS get blocks of their own', () => {
	const plain = text('dns-coredns.txt');
	expect(plain).toContain('can only be used once per Server Block');
	expect(plain.match(/^hosts \{/gmu)).toHaveLength(1);
	const map = parse(text('coredns-custom.yaml')) as {readonly data: Readonly<Record<string, string>>};
	const block = map.data['zenml.server'] ?? '';
	expect(block).toContain(
		'zenml-pro.internal.mycompany.com:53 {\n    hosts {\n        10.0.0.10 zenml-pro.internal.mycompany.com\n',
	);
	expect(block.match(/\{/gu)).toHaveLength(block.match(/\}/gu)?.length ?? 0);
	expect(parse(text('dns-openshift.txt', {server: undefined}))).toEqual({
		servers: [{name: 'zenml', zones: names, forwardPlugin: {upstreams: ['NAME-SERVER']}}],
	});
});

test('the check compares an IPv6 address however it was written', async () => {
	const script = text('dns-check.sh', {address: 'FD00:0:0::0010'});
	expect(await runScript(script, {folder, played: {dig: 'echo fd00::10'}})).toMatchObject({status: 0});
});

test.skipIf(!existsSync('/usr/bin/kubectl'))(
	'CoreDNS of k3s and AKS keeps the blocks of others, there and back',
	async () => {
		const kubernetes = await startCluster();
		const own = await mkdtemp(join(folder, 'coredns-'));
		try {
			const kubectl = (...words: readonly string[]) =>
				promisify(execFile)('kubectl', ['--kubeconfig', 'kubeconfig', '-n', 'kube-system', ...words], {
					...{cwd: own, timeout: 60_000, env: {PATH: '/usr/bin:/bin', HOME: own}},
				});
			const keys = async () => {
				const {stdout} = await kubectl('get', 'configmap', 'coredns-custom', '-o', 'json');
				return Object.keys((JSON.parse(stdout) as {readonly data: object}).data);
			};
			await writeFile(join(own, 'kubeconfig'), kubernetes.kubeconfig);
			await writeFile(
				join(own, 'others.yaml'),
				'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: coredns-custom, namespace: kube-system}\ndata: {corp.server: x}\n',
			);
			await writeFile(join(own, 'coredns-custom.yaml'), text('coredns-custom.yaml'));
			await kubectl('apply', '-f', 'others.yaml');
			const [there = '', back = ''] = [
				.../^# {3}(kubectl apply .*)$|^# {3}(kubectl .* patch .*\\\n#.*)$/gmu[Symbol.matchAll](
					text('coredns-custom.yaml'),
				),
			].map(([, apply, patch]) => (apply ?? patch ?? '').replace('\\\n#', ''));
			const paste = (command: string) =>
				promisify(execFile)('sh', ['-c', command], {
					...{cwd: own, timeout: 60_000, env: {PATH: '/usr/bin:/bin', HOME: own, KUBECONFIG: 'kubeconfig'}},
				});
			await paste(there);
			expect((await keys()).sort()).toEqual(['corp.server', 'zenml.server']);
			await paste(back);
			expect(await keys()).toEqual(['corp.server']);
		} finally {
			await kubernetes.stop();
		}
	},
);

test('the check asks each name at the server, and fails where one leads elsewhere', async () => {
	const run = async (answer: string) => runScript(text('dns-check.sh'), {folder, played: {dig: answer}});
	const good = await run('echo 10.0.0.10');
	expect(good).toMatchObject({status: 0, stdout: names.map((name) => `ok ${name}: 10.0.0.10 \n`).join('')});
	expect(good.calls).toContain('@10.0.0.53 zenml-pro.internal.mycompany.com A\n');
	const half = await run('case "$*" in *zenml-pro*) echo 10.0.0.11;; *) echo 10.0.0.10;; esac');
	expect(half).toMatchObject({status: 1, stderr: expect.stringContaining(`FAILED ${names[0]}`)});
	for (const args of [['remove'], ['@'], ['@10.0.0.1', '5399'], ['@10.0.0.1', '-p'], ['@10.0.0.1', '-p', '53', 'x']])
		expect(await runScript(text('dns-check.sh'), {folder, played: {dig: ''}, args}), args.join(' ')).toMatchObject({
			status: 2,
			calls: '',
			stderr: expect.stringContaining('usage:'),
		});
	for (const args of [['@10.0.0.1'], ['@10.0.0.1', '-p', '5399']])
		expect((await runScript(text('dns-check.sh'), {folder, played: {dig: 'echo 10.0.0.10'}, args})).calls).toContain(
			`${args.join(' ')} zenml-pro.internal.mycompany.com A\n`,
		);
	// An address that only begins alike is another one.
	expect((await run('echo 10.0.0.100')).status).toBe(1);
	const old = await run('echo 10.0.0.10; echo 10.9.9.9');
	expect(old).toMatchObject({
		status: 1,
		stdout: '',
		stderr: names.map((name) => `FAILED ${name}: 10.0.0.10, and others that are not it: 10.9.9.9\n`).join(''),
	});
	expect(await run('echo lb.corp.; echo 10.0.0.10')).toMatchObject({status: 0, stderr: ''});
	if (!existsSync('/usr/bin/dig'))
		expect(await runScript(text('dns-check.sh'), {folder: join(folder, 'none')})).toMatchObject({status: 2});
});
