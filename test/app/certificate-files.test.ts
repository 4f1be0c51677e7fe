import {execFileSync} from 'node:child_process';
import {X509Certificate} from 'node:crypto';
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {type Authority, createAuthority} from '../../rehearsal/authority/index.ts';
import {openSource} from '../../source/app/commands/bundle/create-source.ts';
import {createHost} from '../../source/app/run/host.ts';
import {registryOptions} from '../../source/app/run/registry-options.ts';
import type {CompleteSpec} from '../../source/bundle/create/index.ts';
import {createTls} from '../../source/network/tls.ts';
import {certificates} from '../../source/steps/prerequisites/certificates.ts';
import {secretObjects} from '../../source/steps/secrets/objects.ts';
import {load, shortest} from '../answers/samples.ts';
import {answersOf, refusalOf, worldOf} from '../steps/world.ts';
import {createStage, type Stage} from './stage.ts';

let stage: Stage;
let authority: Authority;

beforeEach(async () => {
	stage = await createStage();
	authority = await createAuthority({name: 'Internal CA'});
	const {cert, key} = await authority.issue({hosts: ['zenml-pro.corp.internal', 'zenml-workspace.corp.internal']});
	await stage.write('tls.crt', cert);
	await stage.write('tls.key', key);
	await stage.write('ca.crt', authority.caPem);
	const local = shortest.replace('pki/tls.crt', 'tls.crt').replace('~/tls.key', 'tls.key');
	await stage.write('site.yaml', local.replace('/etc/pki/ca.crt', 'ca.crt'));
});
afterEach(async () => stage.remove());

const inStage = (name: string): string => path.join(stage.folder, name);
const glued = (): string => authority.caPem.trim() + authority.caPem;

/** Contents that no client can load, with what is said of them. */
const contents: readonly (readonly [string, () => string | Buffer, string])[] = [
	['DER', () => new X509Certificate(authority.caPem).raw, 'It holds a certificate in DER, not PEM.'],
	['glued PEM', glued, 'one block ends and the next begins; strict readers find neither.'],
	['another label', () => authority.caPem.replaceAll(' CERT', ' TRUSTED CERT'), 'labelled TRUSTED CERTIFICATE'],
	['UTF-16', () => Buffer.from(authority.caPem, 'utf16le'), 'Its text is in UTF-16'],
	['half a certificate', () => authority.caPem.slice(0, 300), 'the file may be cut off.'],
	['nothing', () => '', 'It is empty.'],
];

const answers = ['tls.ca', 'registry.ca', 'database.ca', 'artifacts.s3.ca', 'backup.schedule.s3.ca'] as const;

test.each(contents)('answers validate and the prerequisites say the same of %s', async (_title, content, cause) => {
	await writeFile(inStage('odd'), content());
	for (const answer of answers) {
		const {code, err} = await stage.run('answers', 'validate', 'site.yaml', '--set', `${answer}=odd`);
		expect([code, err]).toEqual([2, expect.stringContaining(cause)]);
		expect(err).toContain(`answers: ${answer}`);
		const given = load(shortest, [
			{path: 'tls.certificate', value: inStage('tls.crt'), source: 'a test'},
			{path: 'tls.key', value: inStage('tls.key'), source: 'a test'},
			{path: 'tls.ca', value: inStage('ca.crt'), source: 'a test'},
			{path: answer, value: inStage('odd'), source: 'a test'},
		]);
		const world = worldOf({answers: given, host: createHost(stage.folder), tls: createTls()});
		const refused = await certificates.run(world).catch((error: unknown) => error);
		const problems = (refused as {readonly problems?: readonly {readonly message: string; readonly area: string}[]})
			.problems;
		expect(problems).toHaveLength(1);
		expect(problems?.[0]?.area).toBe('usage');
		expect(err).toContain(problems?.[0]?.message);
	}
});

test('answers validate says what the prerequisites would say of certificate, key and hosts', async () => {
	const other = await authority.issue({hosts: ['zenml-pro.corp.internal']});
	await stage.write('tls.crt', other.cert);
	const {code, err} = await stage.run('answers', 'validate', 'site.yaml');
	expect(code).toBe(2);
	expect(err).toContain('is not for zenml-workspace.corp.internal');
	expect(err).toContain('answers: tls.certificate, workspaces.0.host');
	expect(err).toContain('does not belong to the certificate');
	expect(err).not.toContain('PRIVATE KEY-----');
});

test('mistakes of form, of files, of secrets and of servers are told at once, each where its answer stands', async () => {
	const text = (await readFile(inStage('site.yaml'), 'utf8'))
		.replace(
			'  host: registry.corp.internal:5000',
			'  host: https://registry\n  username: ada\n  password: env:NOT_THERE',
		)
		.replace('  ca: ca.crt', '  ca: not-there.crt')
		.replace('database:\n', 'database:\n  engine: postgresql\n  ca: tls.key\n');
	await stage.write('site.yaml', text);
	const {code, err} = await stage.run('answers', 'validate', 'site.yaml');
	expect(code).toBe(2);
	const placeOf = (value: string): string => {
		const lines = text.split('\n');
		const line = lines.findLastIndex((one) => one.endsWith(value));
		return `site.yaml:${line + 1}:${(lines[line]?.indexOf(value) ?? 0) + 1}: `;
	};
	for (const value of ['https://registry', 'env:NOT_THERE', 'not-there.crt', 'postgresql', 'tls.key'])
		expect(err).toContain(`\n${placeOf(value)}`.replace(/^\n(?=site\.yaml:2:)/u, ''));
});

test('answers validate tells files of the server of all where every component has one of its own, and reads none', async () => {
	const own = ['controlPlane', 'workspaces.0'].flatMap((at) => [
		'--set',
		`${at}.database.server.host=db.corp.internal`,
	]);
	const {code, err} = await stage.run('answers', 'validate', 'site.yaml', ...own, '--set', 'database.ca=tls.key');
	expect([code, err]).toEqual([0, expect.stringContaining('database.ca has no effect: every component names')]);
});

test('what is missing keeps nobody from looking at the rest', async () => {
	const text = (await readFile(inStage('site.yaml'), 'utf8')).replace('  certificate: tls.crt\n', '');
	await stage.write('site.yaml', text.replace('ca: ca.crt', 'ca: tls.key'));
	const {code, err} = await stage.run('answers', 'validate', 'site.yaml');
	expect(code).toBe(2);
	expect(err).toContain('tls.certificate is missing');
	expect(err).toContain('answers: tls.ca');
	expect(err).not.toContain('answers: tls.key');
});

test('a pipe in the place of a file is told, and not waited for', async () => {
	execFileSync('mkfifo', [inStage('pipe')]);
	for (const answer of [...answers, 'tls.key', 'tls.certificate']) {
		const {code, err} = await stage.run('answers', 'validate', 'site.yaml', '--set', `${answer}=pipe`);
		expect([code, err]).toEqual([2, expect.stringContaining('It is a pipe, but a file was expected.')]);
	}
});

test('the registry is not opened with a CA, or a key of a client, that its client could not load', async () => {
	const options = async (more: object) =>
		registryOptions(answersOf((input) => ({...input, registry: {...input.registry, ...more}})).registry, {
			host: createHost(stage.folder),
			stateDirectory: stage.folder,
			resolve: async () => 'secret',
			environment: {},
		});
	await stage.write('glued', glued());
	expect(await refusalOf(options({ca: inStage('glued')}))).toMatchObject({
		code: 'tls-file-not-pem',
		area: 'usage',
		answers: ['registry.ca'],
	});
	const client = {clientCertificate: inStage('tls.crt'), clientKey: inStage('tls.crt')};
	expect(await refusalOf(options(client))).toMatchObject({
		code: 'tls-file-wrong-content',
		message: `The file ${inStage('tls.crt')} holds no client key.`,
		answers: ['registry.clientKey'],
	});
	const read = await options({...client, ca: inStage('ca.crt'), clientKey: inStage('tls.key')});
	expect(read.ca).toBe(authority.caPem);
	await stage.write('other.key', (await authority.issue({hosts: ['other']})).key);
	expect(await refusalOf(options({...client, clientKey: inStage('other.key')}))).toMatchObject({
		code: 'tls-key-mismatch',
		area: 'usage',
		answers: ['registry.clientKey', 'registry.clientCertificate'],
	});
});

const clientPairs = ['registry', 'database', 'controlPlane.database.server', 'workspaces.0.database.server'] as const;

test.each(clientPairs)('a key of another certificate in %s is refused before anything is opened', async (at) => {
	await stage.write('other.key', (await authority.issue({hosts: ['other']})).key);
	const [certificate, key] = [`${at}.clientCertificate`, `${at}.clientKey`] as const;
	const server = at.endsWith('.server') ? ['--set', `${at}.host=db.corp.internal`] : [];
	const pair = ['--set', `${certificate}=tls.crt`, '--set', `${key}=other.key`];
	const {code, err} = await stage.run('answers', 'validate', 'site.yaml', ...server, ...pair);
	expect(code).toBe(2);
	expect(err).toContain(`${inStage('other.key')} does not belong to the certificate ${inStage('tls.crt')}.`);
	expect(err).toContain(`requested with in ${key}, or the certificate of that key in ${certificate}.`);
	const flag = 'a test';
	const given = load(shortest, [
		...(server.length > 0 ? [{path: `${at}.host`, value: 'db.corp.internal', source: flag}] : []),
		{path: 'tls.certificate', value: inStage('tls.crt'), source: flag},
		{path: 'tls.key', value: inStage('tls.key'), source: flag},
		{path: 'tls.ca', value: inStage('ca.crt'), source: flag},
		{path: certificate, value: inStage('tls.crt'), source: flag},
		{path: key, value: inStage('other.key'), source: flag},
	]);
	const world = worldOf({answers: given, host: createHost(stage.folder), tls: createTls()});
	const refused = await certificates.run(world).catch((error: unknown) => error);
	expect(refused).toMatchObject({problems: [{code: 'tls-key-mismatch', area: 'usage', answers: [key, certificate]}]});
});

test('what lies in the Secrets is the plain PEM, without what stands around it in the files', async () => {
	await stage.write('noted', `\ufeffsubject=CN = Zürich\r\n${authority.caPem.replaceAll('\n', '\r\n')}# end`);
	const named = answersOf((input) => ({
		...input,
		tls: {certificate: inStage('tls.crt'), key: inStage('tls.key'), ca: inStage('noted')},
	}));
	const world = worldOf({answers: named, host: createHost(stage.folder)});
	const objects = await secretObjects(world, new Map([['controlPlane', 'x']]));
	const values = objects.flatMap(({data}) => Object.entries(data as Readonly<Record<string, string>>));
	const cas = values.filter(([name]) => name === 'ca.crt' || name === 'ca.pem').map(([, value]) => value);
	expect(cas.length).toBeGreaterThan(1);
	for (const value of cas) expect(Buffer.from(value, 'base64').toString()).toBe(authority.caPem);
});

test('a CA of the command line or of a spec is read as those of the answers are', async () => {
	await stage.write('glued', glued());
	const words = ['--registry', '127.0.0.1:1', '--repository', 'a', '--out', 'x.json', '--ca', 'glued'];
	const {code, err} = await stage.run('registry', 'inventory', ...words);
	expect([code, err]).toEqual([2, expect.stringContaining('one block ends and the next begins')]);
	const spec = {hosts: {'vendor.example.com': {ca: inStage('glued'), plainHttp: false}}} as unknown as CompleteSpec;
	expect(await refusalOf(openSource(stage.context, spec, {dockerConfig: undefined, sockets: 1}))).toMatchObject({
		code: 'tls-file-not-pem',
		area: 'usage',
	});
});
