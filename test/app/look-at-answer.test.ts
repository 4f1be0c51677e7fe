import {chmod} from 'node:fs/promises';
import {createServer} from 'node:net';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {makeSampleBundle} from '../../rehearsal/sample-bundle/index.ts';
import type {Draft} from '../../source/answers/draft.ts';
import {answerLooker, lookAtAnswer} from '../../source/app/session/look-at-answer.ts';
import {createSession} from '../../source/app/session/session.ts';
import {publicKeyLine, publicKeyText} from '../../source/minisign/public-key.ts';
import {generateSigningKey} from '../../source/minisign/secret-key.ts';
import {plans} from '../../source/plans/index.ts';
import {createStage, type Stage} from './stage.ts';

let stage: Stage;
beforeEach(async () => {
	stage = await createStage({environment: {THERE: 'hunter2-secret'}});
});
afterEach(async () => stage.remove());

const look = async (draft: Draft, answer: string, signal = new AbortController().signal) =>
	lookAtAnswer({context: stage.context, stateDirectory: stage.stateDirectory}, draft, answer, signal);

test('a server that takes connections is told from one that does not, and nothing is sent', async () => {
	let got = 0;
	const server = createServer((socket) => {
		socket.on('data', (chunk) => {
			got += chunk.length;
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const {port} = server.address() as {port: number};
	expect(await look({registry: {host: `127.0.0.1:${port}`}}, 'registry.host')).toMatchObject({
		ok: true,
		text: expect.stringMatching(/takes connections, \d+ ms$/u),
	});
	expect((await look({database: {host: '127.0.0.1', port}}, 'database.host'))?.ok).toBe(true);
	await new Promise((resolve) => server.close(resolve));
	expect(got).toBe(0);
	expect(await look({database: {host: '127.0.0.1', port}}, 'database.host')).toMatchObject({
		ok: false,
		text: expect.stringContaining('cannot be reached'),
	});
	expect((await look({registry: {host: 'none.invalid'}}, 'registry.host'))?.text).toMatch(/none\.invalid/u);
});

test('a file is read as what it has to be', async () => {
	const file = await stage.write('ca.crt', 'no certificate');
	expect((await look({tls: {ca: file}}, 'tls.ca'))?.ok).toBe(false);
	expect((await look({tls: {ca: 'none.crt'}}, 'tls.ca'))?.ok).toBe(false);
	expect(await look({controlPlane: {helmValues: 'ca.crt'}}, 'controlPlane.helmValues')).toEqual({
		ok: true,
		text: 'can be read',
	});
	expect((await look({bundle: {path: 'none'}}, 'bundle.path'))?.ok).toBe(false);
	expect((await look({kubernetes: {kubeconfig: 'none'}}, 'kubernetes.kubeconfig'))?.ok).toBe(false);
});

test('the public key of the signer is read as a signature needs it, and a wrong one told why', async () => {
	const {public: key} = generateSigningKey();
	const of = (publicKey: string): Draft => ({bundle: {signature: {publicKey}}});
	const at = 'bundle.signature.publicKey';
	await stage.write('signer.pub', publicKeyText(key));
	const good = {ok: true, text: `public key ${key.id}`};
	expect(await look(of('signer.pub'), at)).toEqual(good);
	expect(await look(of(publicKeyLine(key)), at)).toEqual(good);
	await stage.write('notes.txt', 'any file');
	expect(await look(of('notes.txt'), at)).toEqual({
		ok: false,
		text: expect.stringMatching(/notes\.txt is not a public key\. It has no line of 56 characters/u),
	});
	expect(await look(of('none.pub'), at)).toEqual({ok: false, text: expect.stringContaining('cannot be read')});
});

test('a context that the kubeconfig lacks is told at the context, and not of the file', async () => {
	const kubeconfig = await stage.write(
		'kubeconfig',
		'apiVersion: v1\nkind: Config\ncontexts: [{name: test, context: {cluster: c, user: u}}]\n',
	);
	const draft: Draft = {kubernetes: {kubeconfig, context: 'prod'}};
	expect(await look(draft, 'kubernetes.kubeconfig')).toEqual({ok: true, text: 'can be read; contexts: test'});
	expect(await look(draft, 'kubernetes.context')).toMatchObject({ok: false, text: expect.stringContaining('prod')});
});

test('a reference to a secret is followed at once, and the secret told nowhere', async () => {
	const of = (password: string): Draft => ({registry: {password}});
	expect(await look(of('env:THERE'), 'registry.password')).toEqual({ok: true, text: 'found there'});
	expect((await look(of('env:NOWHERE'), 'registry.password'))?.text).toBe(
		'the environment variable NOWHERE is not set',
	);
	expect((await look(of('file:/nonexistent/x'), 'registry.password'))?.text).toBe(
		'the file /nonexistent/x does not exist',
	);
	expect(await look(of('k8s:a/b/c'), 'registry.password')).toBeUndefined();
	expect(await look(of('prompt'), 'registry.password')).toBeUndefined();
	expect(stage.context.redactor.redact('hunter2-secret')).not.toContain('hunter2');
});

test('a typed secret that is short or a plain word is told at its question, without it', async () => {
	const {context, stateDirectory} = stage;
	const session = createSession(context, {stateDirectory, plan: plans.install, resumeCommand: 'again'});
	const looker = answerLooker(context, {stateDirectory}, session.oddityOf);
	const draft: Draft = {registry: {password: 'prompt'}};
	const lookNow = () => looker(draft, 'registry.password', new AbortController().signal);
	expect(await lookNow()).toBeUndefined();
	session.keepSecret('registry.password', 'abd');
	expect(await lookNow()).toEqual({
		ok: false,
		text: expect.stringMatching(/^the secret in what was typed is short or a plain word/u),
	});
	session.keepSecret('registry.password', 'correct horse 7');
	expect(await lookNow()).toBeUndefined();
});

test('an answer that names nothing is not looked at, and a look that was given up tells nothing', async () => {
	expect(await look({organization: {name: 'x'}}, 'organization.name')).toBeUndefined();
	expect(await look({registry: {host: '192.0.2.1'}}, 'registry.host', AbortSignal.abort())).toBeUndefined();
});

test('a platform is looked for in the bundle, and one that it lacks is told there and not of the bundle', async () => {
	const path = `${stage.folder}/bundle`;
	const chart = (name: string): string => fileURLToPath(new URL(`../../rehearsal/charts/${name}`, import.meta.url));
	await makeSampleBundle({
		directory: path,
		chartSources: {controlPlane: chart('zenml-pro'), workspace: chart('zenml')},
		versions: {controlPlane: '0.13.18', workspace: '0.95.1'},
		totalBytes: 240_000,
	});
	const of = (platform?: string): Draft => ({bundle: {path, ...(platform !== undefined && {platform})}});
	const at = 'bundle.platform';
	const good = await look(of(), 'bundle.path');
	expect(good?.ok).toBe(true);
	expect(await look(of('linux/amd64'), at)).toEqual({
		ok: true,
		text: expect.stringMatching(/^the bundle has \d images for linux\/amd64$/u),
	});
	expect(await look(of('linux/arm65'), at)).toEqual({ok: false, text: expect.stringContaining('linux/arm65')});
	expect(await look(of('linux/arm65'), 'bundle.path')).toEqual(good);
	expect(await look({bundle: {path: 'none', platform: 'linux/amd64'}}, at)).toBeUndefined();
});

test('the helm program is asked for its version, and another program is told as that', async () => {
	const script = async (name: string, text: string): Promise<Draft> => {
		await chmod(await stage.write(name, `#!/bin/sh\n${text}\n`), 0o700);
		return {helm: {binary: name}};
	};
	const at = 'helm.binary';
	expect(await look(await script('./helm', 'echo v3.18.0+g1'), at)).toEqual({ok: true, text: 'Helm 3.18.0'});
	expect(await look(await script('./old', 'echo v3.2.0+g1'), at)).toMatchObject({ok: false});
	for (const draft of [await script('./false', 'exit 1'), await script('./other', 'echo hello')])
		expect(await look(draft, at)).toEqual({ok: false, text: expect.stringMatching(/Helm/u)});
	expect(await look({helm: {binary: './none'}}, at)).toMatchObject({ok: false});
	expect(await look({helm: {binary: 'auto'}}, at)).toBeUndefined();
});

test('a helm program that never answers does not hold up the questions', async () => {
	await chmod(await stage.write('hangs', '#!/bin/sh\ntrap "" TERM\nwhile :; do sleep 0.1; done\n'), 0o700);
	expect(await look({helm: {binary: './hangs'}}, 'helm.binary')).toEqual({ok: false, text: 'no answer within 5 s'});
}, 20_000);
