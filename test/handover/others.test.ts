import {execFileSync, spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {StoragePlace} from '../../source/answers/storage/place.ts';
import {savePack} from '../../source/base/handover.ts';
import {certificatePack} from '../../source/handover/certificate.ts';
import {networkPack} from '../../source/handover/network/index.ts';
import {networkLines} from '../../source/handover/network/lines.ts';
import {registryPack} from '../../source/handover/registry.ts';
import {storagePack} from '../../source/handover/storage.ts';
import {load, shortest} from '../answers/samples.ts';
import {runScript, sectionOf, textOf} from './run-script.ts';

const asking = {operator: 'ada on jump1', by: 'Friday'};
const answers = load(shortest);
let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'papers-'));
});
afterAll(async () => rm(folder, {recursive: true, force: true}));

describe('network', () => {
	const {sections} = networkPack(answers, asking);

	test('every line stands in the list and in the table', () => {
		const lines = networkLines(answers);
		const rows = sectionOf(sections, 'connections.csv').lines.slice(1);
		for (const {what, from, to, port, protocols} of lines) {
			expect(textOf(sections, 'connections.txt')).toContain(what);
			for (const source of from) {
				// One blank for each: two of the same could be filled in differently.
				expect(textOf(sections, 'connections.txt').split(`\n${source}\n    ____`), source).toHaveLength(2);
			}
			for (const host of to)
				for (const protocol of protocols) {
					const cells = [host.includes(',') ? `"${host}"` : host, '', typeof port === 'number' ? port : '', protocol];
					expect(rows.filter((row) => row.includes(`,${cells.join(',')},`)).length).toBeGreaterThan(0);
				}
		}
		expect(rows).toHaveLength(
			lines.reduce((sum, {from, to, protocols}) => sum + from.length * to.length * protocols.length, 0),
		);
		expect(new Set(rows.map((row) => row.replace(/"[^"]*"/gu, '').split(',').length))).toEqual(new Set([9]));
	});

	test('whom a run tells of itself has a line and a try, each address once', () => {
		const post = (url: string) => ({url});
		const hooks = {
			...answers.hooks,
			started: post('https://chat.corp/hook'),
			problem: post('https://chat.corp/other'),
			finished: post('https://[fd00::7]:8443/hook'),
		};
		const told = networkPack({...answers, hooks}, asking).sections;
		const rows = sectionOf(told, 'connections.csv').lines.filter((row) => row.includes(',news of runs,'));
		expect(rows.map((row) => row.split(',').slice(2))).toEqual([
			['jump host', '', 'chat.corp', '', '443', 'tcp', 'past the cluster'],
			['jump host', '', 'fd00::7', '', '8443', 'tcp', 'past the cluster'],
		]);
		expect(textOf(told, 'network-check.sh').match(/^ask chat\.corp 443$/gmu)).toHaveLength(1);
	});

	test('the API server that the kubeconfig tells is line 1, an address of the ingress has a cell of its own', () => {
		const cluster = {name: 'prod', server: 'https://[fd00::1]:6443', inUse: {}};
		const known = {...answers, ingress: {...answers.ingress, address: '10.1.2.3'}};
		const named = networkPack(known, {...asking, cluster}).sections;
		const rows = sectionOf(named, 'connections.csv').lines;
		expect(rows[1]).toBe('1,Kubernetes API,jump host,,fd00::1,,6443,tcp,into the cluster');
		expect(rows).toContain(
			'8,checks of the install,jump host,,zenml-workspace.corp.internal,10.1.2.3,443,tcp,into the cluster',
		);
		const check = textOf(named, 'network-check.sh');
		expect(check).toContain('\nask fd00::1 6443\n');
		// Before the names are made it can be asked by the address alone.
		expect(check.match(/^ask 10\.1\.2\.3 443$/gmu)).toHaveLength(1);
		expect(check).not.toMatch(/^ask zenml|Host names/mu);
	});

	test('dump pods have a line to each database wherever the answers let there be some, and none else', () => {
		const told = (tools: 'auto' | 'cluster' | 'host') =>
			networkPack({...answers, backup: {...answers.backup, tools}}, asking).sections;
		const dumps = (tools: 'auto' | 'cluster' | 'host') =>
			sectionOf(told(tools), 'connections.csv')
				.lines.filter((row) => /dumps/u.test(row))
				.map((row) => row.split(',').slice(1, 7).join(','));
		expect(dumps('host')).toEqual(['"logins, grants, dumps",jump host,,postgres.corp.internal']);
		expect(dumps('cluster')).toEqual(['dumps in the cluster,dump pods in zenml-pro,,postgres.corp.internal,,3306']);
		expect(dumps('auto')[1]).toBe(
			'dumps in the cluster if the jump host lacks programs,dump pods in zenml-pro,,postgres.corp.internal,,3306',
		);
		expect(textOf(told('auto'), 'README.txt')).toContain('backup.tools');
		for (const tools of ['cluster', 'host'] as const)
			expect(textOf(told(tools), 'README.txt')).not.toContain('backup.tools');
	});

	test('the check opens what the jump host opens, and fails where one cannot be opened', async () => {
		const good = await runScript(textOf(sections, 'network-check.sh'), {
			folder,
			played: {nc: 'exit 0', dig: 'exit 0'},
		});
		expect(good).toMatchObject({
			status: 0,
			stderr: 'NOT TRIED Kubernetes API: server of the current context in the kubeconfig\n',
		});
		expect(good.calls).toContain('dig +time=5 +tries=1 registry.corp.internal\n');
		expect(good.calls).toContain('nc -z -w 5 registry.corp.internal 5000\n');
		expect(good.calls).toContain('nc -z -w 5 zenml-workspace.corp.internal 443\n');
		expect(good.calls).not.toContain('name server');
		const bad = await runScript(textOf(sections, 'network-check.sh'), {
			folder,
			played: {nc: 'case "$*" in *5000*) exit 1;; *443*) echo "no such name" >&2; exit 1;; esac', dig: 'exit 9'},
		});
		expect(bad.status).toBe(1);
		for (const line of [
			'FAILED registry.corp.internal 5000: refused, or no answer within 5 s\n',
			'FAILED zenml-workspace.corp.internal 443: no such name\n',
			'FAILED name server of this host\n',
		])
			expect(bad.stderr).toContain(line);
	});

	test.each([
		['network-check.sh', networkPack(answers, asking).sections],
		['request.sh', certificatePack({hosts: ['a.corp'], files: answers.tls}, asking).sections],
	])('%s refuses a word that it does not know, and does nothing', async (name, all) => {
		const ran = await runScript(textOf(all, name), {
			folder,
			args: ['--help'],
			played: {nc: 'exit 0', dig: 'exit 0', openssl: 'exit 0'},
		});
		expect(ran).toMatchObject({status: 2, stdout: '', stderr: `usage: sh ${name}\n`, calls: ''});
	});

	test('the name servers of this host stand by address, but for a resolver on the host itself', () => {
		const rows = (servers: readonly string[]) =>
			sectionOf(networkPack(answers, asking, servers).sections, 'connections.csv')
				.lines.filter((row) => row.includes(',names,jump host,'))
				.map((row) => row.split(',').slice(4).join(','));
		expect(rows(['10.255.255.53', '[fd00::2]:5353'])).toEqual([
			'10.255.255.53,,53,udp,past the cluster',
			'10.255.255.53,,53,tcp,past the cluster',
			'fd00::2,,5353,udp,past the cluster',
			'fd00::2,,5353,tcp,past the cluster',
		]);
		expect(rows(['127.0.0.53'])[0]).toBe('name server of the jump host,,53,udp,past the cluster');
		const known = textOf(networkPack(answers, asking, ['10.255.255.53']).sections, 'network-check.sh');
		expect(known).toContain('@10.255.255.53 -p 53');
	});

	test('the DNS of the cluster asks the same name servers, one row for each; none goes out from pods', () => {
		const rows = (servers: readonly string[]) =>
			sectionOf(networkPack(answers, asking, servers).sections, 'connections.csv')
				.lines.filter((row) => /,names( asked on)?,(?:pods|DNS)/u.test(row) && row.includes(',udp,'))
				.map((row) => row.split(',').slice(1).join(','));
		expect(rows(['10.1.1.53', '10.1.2.53'])).toEqual([
			'names,pods,,DNS of the cluster,,53,udp,within the cluster',
			'names asked on,DNS of the cluster,,10.1.1.53,,53,udp,out of the cluster',
			'names asked on,DNS of the cluster,,10.1.2.53,,53,udp,out of the cluster',
		]);
		expect(rows([])[1]).toBe('names asked on,DNS of the cluster,,name server of the nodes,,53,udp,out of the cluster');
	});

	test('the check asks the name server of the answers, at its port', async () => {
		const own = {...answers, network: {...answers.network, nameServer: '10.9.9.9:5353'}};
		const text = textOf(networkPack(own, asking).sections, 'network-check.sh');
		const {calls} = await runScript(text, {folder, played: {nc: 'exit 0', dig: 'exit 0'}});
		expect(calls).toContain('nc -z -w 5 10.9.9.9 5353\n');
		expect(calls).toContain('dig +time=5 +tries=1 @10.9.9.9 -p 5353 registry.corp.internal\n');
	});
});

describe('certificate', () => {
	test('the common name is one of the names whole, or none', async () => {
		const long = `${'a'.repeat(60)}.very-long.corp.example`;
		const requestOf = async (hosts: readonly string[]) => {
			const {sections: all} = certificatePack({hosts, files}, asking);
			const {folder: own} = await savePack(await mkdtemp(join(folder, 'request-')), all);
			expect(spawnSync('sh', [join(own, 'request.sh')], {cwd: own}).status).toBe(0);
			return execFileSync('openssl', ['req', '-in', join(own, 'tls.csr'), '-noout', '-subject'], {encoding: 'utf8'});
		};
		expect(await requestOf([long, 'ml-a.corp.example'])).toBe('subject=CN = ml-a.corp.example\n');
		expect(await requestOf([long])).toBe('subject=O = ZenML Pro\n');
	});

	test('the check refuses another CA, whatever else the host trusts', async () => {
		const own = await mkdtemp(join(folder, 'verify-'));
		const openssl = (...words: readonly string[]) => execFileSync('openssl', words, {cwd: own, encoding: 'utf8'});
		for (const name of ['right', 'wrong'])
			openssl(
				...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '9'],
				...['-keyout', `${name}.key`, '-out', `${name}.crt`, '-subj', `/CN=${name}`],
			);
		await savePack(join(own, 'papers'), sections);
		expect(spawnSync('sh', ['papers/request.sh'], {cwd: own}).status).toBe(0);
		openssl(
			...['x509', '-req', '-in', 'tls.csr', '-CA', 'right.crt', '-CAkey', 'right.key', '-CAcreateserial', '-days', '9'],
			...['-extfile', 'papers/request.cnf', '-extensions', 'extensions', '-out', 'tls.crt'],
		);
		const trusted = join(own, 'trusted');
		await mkdir(trusted);
		await copyFile(
			join(own, 'right.crt'),
			join(trusted, `${openssl('x509', '-hash', '-noout', '-in', 'right.crt').trim()}.0`),
		);
		const [, command = ''] =
			/^( {2}openssl verify [\s\S]*?)\n {2}openssl x509 -in tls/mu.exec(textOf(sections, 'README.txt')) ?? [];
		const verified = async (ca: string) => {
			await copyFile(join(own, ca), join(own, 'ca.crt'));
			return spawnSync('sh', ['-c', command], {cwd: own, env: {...process.env, SSL_CERT_DIR: trusted}}).status;
		};
		expect([await verified('right.crt'), await verified('wrong.crt')]).toEqual([0, 2]);
	});

	test('where a Gateway shows the certificate, the note says who needs the pair', () => {
		const {sections: all} = certificatePack({hosts: ['a.corp'], files, gateway: 'gateways/shared'}, asking);
		expect(textOf(all, 'README.txt')).toContain('The Gateway gateways/shared shows this certificate');
		expect(textOf(sections, 'README.txt')).not.toContain('Gateway');
	});

	const files = {certificate: '/pki/own/server.pem', key: '/pki/own/server.key', ca: '/pki/root.pem'};
	const {sections} = certificatePack({hosts: ['zenml-pro.corp.internal', 'zenml.corp.internal'], files}, asking);

	test('the operator reads where the answers look for each file that comes back', () => {
		const note = textOf(sections, 'README.txt');
		for (const line of [
			'tls.crt  /pki/own/server.pem  (tls.certificate)',
			'tls.key  /pki/own/server.key  (tls.key)',
			'ca.crt   /pki/root.pem  (tls.ca)',
		])
			expect(note).toContain(line);
	});

	test('the request names every host, and a key that is there is left alone', async () => {
		const {folder: own} = await savePack(join(folder, 'certificate'), sections);
		const run = () => spawnSync('sh', [join(own, 'request.sh')], {cwd: own, encoding: 'utf8'});
		expect(run().status).toBe(0);
		const shown = execFileSync('openssl', ['req', '-in', join(own, 'tls.csr'), '-noout', '-text', '-verify'], {
			encoding: 'utf8',
		});
		expect(shown).toContain('DNS:zenml-pro.corp.internal, DNS:zenml.corp.internal');
		expect(shown).toContain('TLS Web Server Authentication');
		expect(run()).toMatchObject({status: 1, stderr: expect.stringContaining('nothing was done. For a new key')});
		// A renewal: the script by its path, in an empty folder, makes another key, and leaves the old one alone.
		const [before, elsewhere] = [await readFile(join(own, 'tls.key')), await mkdtemp(join(folder, 'renewal-'))];
		expect(spawnSync('sh', [join(own, 'request.sh')], {cwd: elsewhere}).status).toBe(0);
		expect((await readFile(join(own, 'tls.key'))).equals(before)).toBe(true);
		expect((await readFile(join(elsewhere, 'tls.key'))).equals(before)).toBe(false);
		expect(textOf(sections, 'README.txt').replaceAll(/\s+/gu, ' ')).toContain('runs request.sh in a new, empty folder');
	});
});

describe('a request that cannot be made', () => {
	const script = () =>
		textOf(certificatePack({hosts: ['zenml-pro.corp.internal'], files: answers.tls}, asking).sections, 'request.sh');

	test('is told with what is missing, and leaves no key behind', async () => {
		const own = await mkdtemp(join(folder, 'alone-'));
		const alone = await runScript(script(), {folder: own});
		for (const line of script().split('\n')) expect(line.length, line).toBeLessThanOrEqual(78);
		expect(alone).toMatchObject({status: 1, stdout: '', stderr: expect.stringMatching(/^request\.cnf is missing/u)});
		await writeFile(join(own, 'request.cnf'), 'no configuration\n');
		const only = await mkdtemp(join(folder, 'only-'));
		for (const name of ['sh', 'dirname', 'rm']) await symlink(join('/usr/bin', name), join(only, name));
		const none = await runScript(script(), {folder: own, environment: {PATH: only}});
		expect(none).toMatchObject({status: 1, stderr: expect.stringMatching(/^openssl is missing/u)});
		// The key is made, its request is not: neither is left, so that the next run is a first one.
		const elsewhere = await mkdtemp(join(folder, 'half-'));
		const half = spawnSync('sh', [join(own, 'script.sh')], {cwd: elsewhere, encoding: 'utf8'});
		expect(half.status).not.toBe(0);
		expect(await readdir(elsewhere)).toEqual([]);
	});
});

test('the registry admin is told the place, the account, the images and the room', () => {
	const images = ['zenml/zenml-pro-api:1.0'];
	const note = textOf(registryPack(answers, {images, bytes: 3 * 1024 ** 3}, asking).sections, 'README.txt');
	for (const part of ['registry.corp.internal:5000/zenml', 'zenml/zenml-pro-api:1.0', '3.0 GiB'])
		expect(note).toContain(part);
	expect(textOf(registryPack(answers, undefined, asking).sections, 'README.txt')).toContain('was not looked at');
});

test('the check of the registry trusts what the installer trusts: the file of the answers, or the host itself', () => {
	const noteOf = (more: Partial<typeof answers.registry>) =>
		textOf(
			registryPack({...answers, registry: {...answers.registry, ...more}}, undefined, asking).sections,
			'README.txt',
		);
	expect(noteOf({ca: '/pki/of the registry.pem'})).toContain("curl -sS --cacert '/pki/of the registry.pem' ");
	expect(noteOf({})).not.toContain('--cacert');
	expect(noteOf({})).toContain('its own list of CAs');
});

test('a registry without a login is asked for none', () => {
	const withLogin = {...answers, registry: {...answers.registry, username: 'pusher'}};
	const note = (given: typeof answers): string =>
		textOf(registryPack(given, undefined, asking).sections, 'README.txt').replaceAll(/\s+/gu, ' ');
	expect(note(answers)).toContain('Send the operator the CA certificate');
	expect(note(answers)).not.toMatch(/password|token,|the account/u);
	expect(note(withLogin)).toContain('Send the operator the password or token, and the CA certificate');
	expect(note(withLogin)).toContain('Delete the place and the account.');
});

test('of two buckets it is said once how they are checked', () => {
	const bucket = (name: string, from: StoragePlace['from']): StoragePlace => ({
		from,
		kind: 's3',
		endpoint: 'https://s3.corp',
		bucket: name,
		prefix: '',
		region: 'x',
		pathStyle: true,
		accessKey: 'env:A',
		secretKey: 'env:B',
	});
	const places = [bucket('one', 'artifacts'), bucket('two', 'backup.schedule')];
	const {sections} = storagePack(places, {cron: '15 2 * * *', retentionDays: 14}, asking);
	const note = textOf(sections, 'README.txt');
	expect(note.match(/With the keys of that account/gu)).toHaveLength(1);
	for (const name of ['one', 'two']) expect(note).toContain(`s3://${name}/.zenml-check`);
});

test('the storage admin gets the rights of a bucket as JSON', () => {
	const place: StoragePlace = {
		from: 'artifacts',
		kind: 's3',
		endpoint: 'https://s3.corp',
		bucket: 'zen',
		prefix: '',
		region: 'x',
		pathStyle: true,
		accessKey: 'env:A',
		secretKey: 'env:B',
	};
	const {sections} = storagePack(
		[place, {from: 'backup.schedule', kind: 'nfs', server: 'nfs.corp', path: '/b'}],
		{cron: '15 2 * * *', retentionDays: 14},
		asking,
	);
	const note = textOf(sections, 'README.txt').replaceAll(/\s+/gu, ' ');
	expect(note).toContain('one set at each "15 2 * * *" (cron, UTC), kept for 14 days');
	expect(note).not.toContain('keepDays');
	expect(note).toContain(
		'aws --ca-bundle ca.crt --endpoint-url https://s3.corp s3 cp README.txt s3://zen/.zenml-check',
	);
	// With root squashed, root may not take away what user 1000 wrote in a folder of that user.
	expect(note).toContain('setpriv --reuid 1000 --regid 1000 --clear-groups rm /tmp/nfs-check/.zenml-check');
	const {Statement} = JSON.parse(textOf(sections, 'policy-zen.json')) as {
		readonly Statement: readonly {readonly Resource: readonly string[]}[];
	};
	expect(Statement.flatMap(({Resource}) => Resource)).toEqual(['arn:aws:s3:::zen', 'arn:aws:s3:::zen/*']);
	expect(textOf(sections, 'README.txt')).toContain('mount -t nfs -o vers=4 nfs.corp:/b /tmp/nfs-check');
	expect(note).toContain(
		'Delete the bucket zen, and the account on it. The artifacts of pipelines that lie there are gone',
	);
	expect(note).toContain(
		'Delete the folder /b of nfs.corp and its export. The scheduled backups that lie there are gone',
	);
	expect(JSON.stringify(sections)).not.toContain('env:B');
});

test('artifacts and backups in one bucket have rights of their own, each below its prefix', () => {
	const place = (from: 'artifacts' | 'backup.schedule', prefix: string) => ({
		...{from, kind: 's3' as const, bucket: 'one', endpoint: 'https://s3.corp', prefix, region: 'x', pathStyle: true},
		...{accessKey: 'env:A', secretKey: 'env:B'},
	});
	const {sections} = storagePack(
		[place('artifacts', 'art'), place('backup.schedule', 'team/bak')],
		{cron: '15 2 * * *', retentionDays: 14},
		asking,
	);
	const note = textOf(sections, 'README.txt');
	expect(note.replaceAll(/\s+/gu, ' ')).toContain('Delete what lies below art in one, and the account on it.');
	for (const [file, below] of [
		['policy-one-artifacts.json', 'arn:aws:s3:::one/art/*'],
		['policy-one-backups.json', 'arn:aws:s3:::one/team/bak/*'],
	] as const) {
		expect(note).toContain(file);
		expect(JSON.parse(textOf(sections, file))).toMatchObject({Statement: [{}, {Resource: [below]}]});
	}
});

test.skipIf(!existsSync('/usr/bin/shellcheck'))('shellcheck has nothing to say about their scripts', async () => {
	const all = [networkPack(answers, asking), certificatePack({hosts: ['a.corp'], files: answers.tls}, asking)].flatMap(
		({sections}) => sections,
	);
	const scripts = all.filter(({kind}) => kind === 'script');
	const {folder: own} = await savePack(join(folder, 'checked'), scripts);
	const {stdout} = spawnSync('shellcheck', ['-s', 'sh', ...scripts.map(({fileName}) => join(own, fileName))], {
		encoding: 'utf8',
	});
	expect(stdout).toBe('');
});

test('a pack that is saved again leaves what is the same, and what others put there', async () => {
	const own = join(folder, 'again');
	const section = {title: 'One', fileName: 'one.txt', lines: ['one']};
	await savePack(own, [section]);
	await writeFile(join(own, 'note-of-mine.txt'), 'mine');
	const inode = () => execFileSync('stat', ['-c', '%i', join(own, 'one.txt')], {encoding: 'utf8'});
	const before = inode();
	await savePack(own, [section]);
	expect(inode()).toBe(before);
	await savePack(own, [{...section, lines: ['two']}]);
	expect(execFileSync('cat', [join(own, 'one.txt'), join(own, 'note-of-mine.txt')], {encoding: 'utf8'})).toBe(
		'two\nmine',
	);
});
