import {PassThrough} from 'node:stream';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {type KubernetesServer, startKubernetes} from '../../rehearsal/kubernetes/index.ts';
import type {Context} from '../../source/app/base/context.ts';
import {main} from '../../source/app/main.ts';
import {createCluster} from '../../source/cluster/cluster.ts';
import {createStage, type Stage} from './stage.ts';

const {signal} = new AbortController();
const password = 'generated-password-of-the-admin';
let kubernetes: KubernetesServer;
beforeAll(async () => {
	kubernetes = await startKubernetes({ingressAddress: '127.0.0.1', runPod: async () => ({exit: 0})});
});
afterAll(() => kubernetes.stop());

let stage: Stage;
beforeEach(async () => {
	stage = await createStage();
	const kubeconfig = await stage.write('kubeconfig', kubernetes.kubeconfig);
	const cluster = createCluster({kubeconfig, homeDirectory: stage.folder, environment: {}});
	const secret = {apiVersion: 'v1', kind: 'Secret', namespace: 'default', name: 'zenml-airgap-generated'};
	await cluster.delete(secret, signal);
	const data = {'controlPlane.admin.password': Buffer.from(password).toString('base64')};
	await cluster.create(
		{apiVersion: 'v1', kind: 'Secret', metadata: {name: secret.name, namespace: 'default'}, type: 'Opaque', data},
		signal,
	);
	await stage.write(
		'answers.yaml',
		[
			'registry: {host: registry.corp, username: installer, password: env:REGISTRY}',
			'tls: {certificate: /pki/tls.crt, key: /pki/tls.key, ca: /pki/ca.crt}',
			'database: {host: db.corp}',
			'controlPlane: {host: zenml-pro.corp.internal, namespace: default}',
			'workspaces: [{name: default, host: zenml.corp.internal}]',
			`kubernetes: {kubeconfig: ${kubeconfig}}`,
		].join('\n'),
	);
});
afterEach(() => stage.remove());

const answers = ['--answers', 'answers.yaml'];
const name = 'controlPlane.admin.password';

/** At a terminal at which somebody types this. */
const atTerminal = async (typed: string) => {
	const said = {out: '', err: ''};
	const stdin = Object.assign(new PassThrough(), {isTTY: true}) as unknown as NodeJS.ReadStream;
	const stdout = Object.assign(new PassThrough(), {isTTY: true}) as unknown as NodeJS.WriteStream;
	const context: Context = {
		...stage.context,
		stdin,
		stdout,
		out: (text) => {
			said.out += text;
		},
		err: (text) => {
			said.err += text;
		},
	};
	(stdin as unknown as PassThrough).write(`${typed}\n`);
	return {code: await main(context, ['secrets', 'show', name, ...answers]), ...said};
};

describe('secrets list', () => {
	test('names what was generated and what was not, and shows no value', async () => {
		const {code, out, err} = await stage.run('secrets', 'list', ...answers);
		expect({code, err}).toEqual({code: 0, err: ''});
		expect(out).toContain('Kept in the secret default/zenml-airgap-generated:\n');
		expect(out).toMatch(/controlPlane\.admin\.password +made, for controlPlane\.admin\.password\n/u);
		expect(out).toMatch(/not made yet, for controlPlane\.database\.password\n/u);
		expect(out).not.toContain(password);
	});

	test('says so where nothing is generated', async () => {
		const set = ['controlPlane.admin', 'controlPlane.database', 'workspaces.0.database'].flatMap((one) => [
			'--set',
			`${one}.password=env:X`,
		]);
		const {code, out} = await stage.run('secrets', 'list', ...answers, ...set);
		expect({code, out}).toEqual({code: 0, out: 'These answers let the tool generate no password.\n'});
	});
});

describe('secrets show', () => {
	test('prints the password after a yes at the terminal, and nothing else there', async () => {
		const {code, out, err} = await atTerminal('yes');
		expect({code, out}).toEqual({code: 0, out: `${password}\n`});
		expect(err).toContain(`Show the password ${name} on this screen? [y/N]`);
		expect(err).not.toContain(password);
	});

	test.each(['', 'no', 'yes please'])('prints nothing after %j', async (typed) => {
		const {code, out, err} = await atTerminal(typed);
		expect({code, out}).toEqual({code: 2, out: ''});
		expect(err).toContain('secret-not-shown');
		expect(err).toContain('The question was not answered with yes.');
	});

	test('goes to a pipe only with --yes', async () => {
		const refused = await stage.run('secrets', 'show', name, ...answers);
		expect(refused).toMatchObject({code: 2, out: ''});
		expect(refused.err).toContain('add --yes');
		expect(await stage.run('secrets', 'show', name, '--yes', ...answers)).toEqual({
			code: 0,
			out: `${password}\n`,
			err: '',
		});
	});

	test('names those that there are, for one that there is not', async () => {
		const {code, err} = await stage.run('secrets', 'show', 'admin', '--yes', ...answers);
		expect(code).toBe(2);
		expect(err).toContain('secret-unknown-name');
		expect(err).toContain('There is no generated password admin.');
		expect(err).toContain(`Of these answers the tool generates: ${name}, `);
	});

	test('names those that there are where none is named', async () => {
		const {code, out, err} = await stage.run('secrets', 'show', '--yes', ...answers);
		expect([code, out]).toEqual([2, '']);
		expect(err).toContain('The password to be shown was not named.');
		expect(err).toContain(`Of these answers the tool generates: ${name}, `);
	});

	test('takes both names that "secrets list" prints', async () => {
		for (const one of ['workspaces.default.database.password', 'workspaces.0.database.password']) {
			const {code, err} = await stage.run('secrets', 'show', one, '--yes', ...answers);
			expect([one, code]).toEqual([one, 8]);
			expect(err).toContain('generated-secret-missing');
		}
		const {err} = await stage.run('secrets', 'show', 'nobody', '--yes', ...answers);
		expect(err).toContain('workspaces.default.database.password (workspaces.0.database.password)');
	});

	test('tells of one that was not made', async () => {
		const {code, err} = await stage.run('secrets', 'show', 'controlPlane.database.password', '--yes', ...answers);
		expect(code).toBe(8);
		expect(err).toContain('generated-secret-missing');
	});
});

test('of a rehearsal whose world is not up nothing is asked, and that is told as by a plan', async () => {
	await stage.write('rehearsal.json', JSON.stringify({ports: {kubernetes: 1}}));
	for (const words of [
		['secrets', 'list'],
		['secrets', 'show', name, '--yes'],
		['backup', 'escrow'],
	])
		expect(await stage.run(...words, ...answers)).toMatchObject({
			code: 3,
			out: '',
			err: expect.stringContaining('rehearsal-not-up'),
		});
});
