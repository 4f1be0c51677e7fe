import {spawnSync} from 'node:child_process';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import {dnsPack} from '../../source/handover/dns/index.ts';
import {answerOf, hasPrograms, type NameServer, namePrograms, startBind, startDnsmasq} from './name-server.ts';
import {runScript, textOf} from './run-script.ts';

/** The host of one server is called like the parent of the other. */
const names = ['ml.corp', 'ws.ml.corp'];
let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'dns-servers-'));
});
afterAll(async () => rm(folder, {recursive: true, force: true}));

const text = (fileName: string, more: Partial<Parameters<typeof dnsPack>[0]> = {}): string =>
	textOf(
		dnsPack(
			{names, address: '10.1.2.3', ttl: 300, server: undefined, servedBy: 'the router', intro: '', ...more},
			{operator: 'ada'},
		).sections,
		fileName,
	);

const kept = (server: NameServer): NameServer => {
	onTestFinished(server.stop);
	return server;
};

/** nsupdate on this host would ask the name server of this host for the SOA. */
const update = ({port}: NameServer, lines: string) =>
	spawnSync(namePrograms.nsupdate, {input: `server 127.0.0.1 ${port}\n${lines}`, encoding: 'utf8', timeout: 30_000});

const zones = {
	'one zone for both': {corp: []},
	'a zone of its own below the host': {corp: ['ml IN NS ns.test.'], 'ml.corp': []},
};

describe.skipIf(!hasPrograms('named', 'nsupdate', 'dig'))('nsupdate, against BIND (left out without bind9)', () => {
	test.each(Object.entries(zones))('%s: each record goes where it is asked for, and away again', async (where, all) => {
		const server = kept(await startBind(join(folder, where.replaceAll(' ', '-')), all));
		const lines = text('dns-nsupdate.txt');
		expect(update(server, lines)).toMatchObject({status: 0, stderr: ''});
		expect(names.map((name) => answerOf(server.port, name))).toEqual(['10.1.2.3', '10.1.2.3']);
		// Again, with another address: replaced.
		expect(update(server, text('dns-nsupdate.txt', {address: '10.1.2.4'}))).toMatchObject({status: 0});
		expect(names.map((name) => answerOf(server.port, name))).toEqual(['10.1.2.4', '10.1.2.4']);
		const undo = lines
			.split('\n')
			.filter((line) => !line.startsWith('update add'))
			.join('\n');
		expect(update(server, undo)).toMatchObject({status: 0});
		expect(names.map((name) => answerOf(server.port, name))).toEqual(['', '']);
	});

	test('a zone that takes no updates leaves the names of others alone, and is told', async () => {
		const server = kept(await startBind(join(folder, 'other'), {corp: [], closed: []}, {without: ['closed']}));
		const ran = update(server, text('dns-nsupdate.txt', {names: ['a.closed', 'ml.corp']}));
		expect(ran).toMatchObject({status: 2, stderr: 'update failed: REFUSED\n'});
		expect(answerOf(server.port, 'ml.corp')).toBe('10.1.2.3');
	});

	test('a name without a zone ends it; name by name, as the paper says, the others are made', async () => {
		const server = kept(await startBind(join(folder, 'none'), {corp: []}));
		const lines = text('dns-nsupdate.txt', {names: ['a.nowhere', 'ml.corp']});
		expect(update(server, lines).status).toBe(1);
		expect(answerOf(server.port, 'ml.corp')).toBe('');
		// As the paper says it, with its line for the server: the one of this host is another.
		await writeFile(
			join(folder, 'dns-nsupdate.txt'),
			lines.replace(/^;server .*$/mu, `server 127.0.0.1 ${server.port}`),
		);
		const commands = lines
			.split('\n')
			.filter((line) => /^; {3}(?:c=|awk )/u.test(line))
			.map((line) => line.slice(1));
		expect(commands).toHaveLength(2);
		const shell = commands.join('\n').replace('nsupdate -k KEYFILE', namePrograms.nsupdate);
		const ran = await runScript(`cd ${folder}\n${shell}`, {folder});
		expect(ran.stderr).not.toBe('');
		expect(answerOf(server.port, 'ml.corp')).toBe('10.1.2.3');
	});

	test('lines for zone files are read by BIND, and the check finds them at its port', async () => {
		const zone = text('dns-bind.zone').split('\n');
		const server = kept(await startBind(join(folder, 'zone'), {corp: zone}));
		expect(names.map((name) => answerOf(server.port, name))).toEqual(['10.1.2.3', '10.1.2.3']);
		const check = await runScript(text('dns-check.sh', {server: `127.0.0.1:${server.port}`}), {folder});
		expect(check).toMatchObject({status: 0, stderr: ''});
		const left = `${names[0]}. 300 IN A 10.9.9.9`;
		const half = kept(await startBind(join(folder, 'half'), {corp: [...zone, left]}));
		const failed = await runScript(text('dns-check.sh', {server: `127.0.0.1:${half.port}`}), {folder});
		expect(failed).toMatchObject({status: 1, stderr: expect.stringContaining(`FAILED ${names[0]}: 10.1.2.3, and`)});
	});

	test('the check tells a name server that is not there from a name that is not, and from one that it refuses', async () => {
		const server = kept(await startBind(join(folder, 'empty'), {corp: ['ml IN TXT x']}));
		const at = `127.0.0.1:${server.port}`;
		const asked = text('dns-check.sh', {server: at, names: ['ml.corp', 'ws.ml.corp', 'a.nowhere']});
		expect(await runScript(asked, {folder})).toMatchObject({
			status: 1,
			stderr: [
				'FAILED ml.corp: no address (NOERROR), not 10.1.2.3',
				'FAILED ws.ml.corp: no address (NXDOMAIN), not 10.1.2.3',
				'FAILED a.nowhere: no address (REFUSED), not 10.1.2.3',
				'',
			].join('\n'),
		});
		await server.stop();
		const gone = await runScript(text('dns-check.sh', {server: at, names: ['ml.corp']}), {folder});
		expect(gone).toMatchObject({status: 1, stderr: expect.stringContaining('FAILED ml.corp: no answer from')});
		expect(gone.stderr).toContain('connection refused');
	});

	test('what the note says of IPv6 by hand finds the record', async () => {
		const six = {address: 'fd00::10', names: ['ml.corp']};
		const server = kept(await startBind(join(folder, 'six'), {corp: text('dns-bind.zone', six).split('\n')}));
		const note = text('README.txt', {...six, server: `127.0.0.1:${server.port}`});
		const command = note.split('\n').find((line) => line.trim().startsWith('dig ')) ?? '';
		expect((await runScript(command, {folder})).stdout).toBe('fd00::10\n');
	});
});

test.skipIf(!hasPrograms('dnsmasq', 'dig'))('dnsmasq takes the file as it is (left out without dnsmasq)', async () => {
	const file = join(folder, 'dns-dnsmasq.conf');
	await writeFile(file, text('dns-dnsmasq.conf'));
	const server = kept(await startDnsmasq(file));
	expect(names.map((name) => answerOf(server.port, name))).toEqual(['10.1.2.3', '10.1.2.3']);
});
