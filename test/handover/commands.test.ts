import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {StoragePlace} from '../../source/answers/storage/place.ts';
import {databasePack} from '../../source/handover/database/index.ts';
import {dnsPack} from '../../source/handover/dns/index.ts';
import type {Asking, Pack} from '../../source/handover/pack.ts';
import {registryPack} from '../../source/handover/registry.ts';
import {storagePack} from '../../source/handover/storage.ts';
import {load, shortest} from '../answers/samples.ts';
import {runScript, textOf} from './run-script.ts';

const cluster = {
	name: 'https://10.0.0.1:6443 (context prod of the operator)',
	server: 'https://10.0.0.1:6443',
	inUse: {kubeconfig: '/home/ada/kube config', context: 'prod'},
};
const asking: Asking = {operator: 'ada on jump1', cluster};
let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'commands-'));
});
afterAll(async () => rm(folder, {recursive: true, force: true}));

/** The lines of the note that call a program, as they are copied from it. */
const commandsOf = ({sections}: Pick<Pack, 'sections'>, program: string): readonly string[] =>
	textOf(sections, 'README.txt')
		.split('\n')
		.map((line) => line.trim())
		.filter((line) => line.startsWith(`${program} `));

/** What programs are called with when the lines are pasted into a shell. */
const calledBy = async (lines: readonly string[], program: string): Promise<readonly string[]> => {
	const played = {[program]: `for word; do echo "[$word]" >>${join(folder, 'calls')}; done`};
	const {calls, status} = await runScript(lines.join('\n'), {folder, played});
	expect(status).toBe(0);
	return calls.split('\n').filter((line) => line.startsWith('['));
};

const kept = {cron: '15 2 * * *', retentionDays: 30};
const s3: StoragePlace = {
	...{from: 'artifacts', kind: 's3', endpoint: 'https://s3.corp', bucket: 'zen', prefix: '', region: 'x'},
	...{pathStyle: true, accessKey: 'env:A', secretKey: 'env:B'},
};
const volume: StoragePlace = {
	...{from: 'backup.schedule', kind: 'storageClass', name: 'fast', size: '10Gi', accessMode: 'ReadWriteMany'},
} as StoragePlace;

describe('what is pasted from a note reaches its program word for word', () => {
	test('the login of a robot account of Harbor, which holds a dollar sign', async () => {
		const answers = load(shortest);
		const {registry} = answers;
		const pack = registryPack({...answers, registry: {...registry, username: 'robot$zenml+push'}}, undefined, asking);
		const words = await calledBy(commandsOf(pack, 'curl'), 'curl');
		expect(words).toContain('[robot$zenml+push]');
		expect(words.at(-1)).toBe('[https://registry.corp.internal:5000/v2/]');
	});

	const site = {ofControlPlane: false, connections: 1, namespaces: ['a'], ca: {file: '/ca', answer: 'tls.ca'}};
	test.each(['mysql', 'postgresql'] as const)('names of %s with signs that a shell knows', async (engine) => {
		const account = {username: 'zen$user', database: 'zen"db', label: 'a', script: [], source: 's', isGenerated: false};
		const server = {host: 'db.corp', port: 1, tls: 'require', ...site, accounts: [account]} as const;
		const program = engine === 'mysql' ? 'mysql' : 'psql';
		const pack = databasePack([{...server, engine}], asking);
		const check = commandsOf(pack, program).filter((line) => line.includes('SELECT 1'));
		const words = await calledBy(check, program);
		if (engine === 'mysql') expect(words).toEqual(expect.arrayContaining(['[zen$user]', '[zen"db]', '[SELECT 1]']));
		else
			expect(words).toEqual([
				`[host=db.corp port=1 sslmode=require user='zen$user' dbname='zen"db']`,
				'[-c]',
				'[SELECT 1]',
			]);
	});

	test('questions to a name server of its own port, the storage and the cluster', async () => {
		const pack = dnsPack(
			{names: ['a.corp'], address: '10.1.2.3', ttl: 300, server: '[fd00::2]:5353', servedBy: 'the router', intro: ''},
			asking,
		);
		expect(await calledBy(commandsOf(pack, 'dig'), 'dig')).toEqual(
			['@fd00::2', '-p', '5353', '+short', 'a.corp'].map((word) => `[${word}]`),
		);
		const storage = storagePack([s3, volume], kept, asking);
		expect((await calledBy(commandsOf(storage, 'aws'), 'aws')).at(-1)).toBe('[s3://zen/.zenml-check]');
		const looked = await calledBy(commandsOf(storage, 'kubectl'), 'kubectl');
		expect(looked).toEqual(
			['--kubeconfig', '/home/ada/kube config', '--context', 'prod', 'get', 'storageclasses'].map(
				(word) => `[${word}]`,
			),
		);
	});
});

test('no line of commands ends in words for people', () => {
	const given = {
		names: ['a.corp'],
		address: '10.1.2.3',
		ttl: 300,
		server: undefined,
		servedBy: 'the router',
		intro: '',
	};
	for (const {sections} of [
		dnsPack(given, asking),
		storagePack([{from: 'artifacts', kind: 'nfs', server: 'nfs.corp', path: '/a'}], kept, asking),
	])
		expect(textOf(sections, 'README.txt')).not.toMatch(/^ {2}\S.* {3}\(.*\)$/mu);
});

test('every note says which cluster it is about, and so does each file with commands for it', () => {
	const given = {
		names: ['a.corp'],
		address: '10.1.2.3',
		ttl: 300,
		server: undefined,
		servedBy: 'the router',
		intro: '',
	};
	const {sections} = dnsPack(given, asking);
	expect(textOf(sections, 'README.txt')).toContain(`\nCluster:  ${cluster.name}\n`);
	const files = sections.filter(({lines}) => lines.some((line) => /\b(?:kubectl|oc) /u.test(line)));
	expect(files.map(({fileName}) => fileName)).toEqual([
		'dns-coredns.txt',
		'coredns-custom.yaml',
		'dns-rke2.txt',
		'dns-openshift.txt',
	]);
	for (const {lines} of files) expect(lines[0]).toBe(`# Cluster: ${cluster.name}`);
	const unnamed = dnsPack(given, {operator: 'ada'}).sections;
	expect(unnamed.flatMap(({lines}) => lines).filter((line) => line.includes('Cluster:'))).toEqual([]);
});
