import {existsSync} from 'node:fs';
import {mkdtemp, readFile, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest';
import {listening} from '../helpers/loopback.ts';
import {makeOwnSite} from './support/own-site.ts';
import {killStarted, makeStateFolder, outcomes, removeFolders, runProgram, staleSteps} from './support/run.ts';

const folders: string[] = [];
let site: {readonly bundle: string; readonly answers: string};
const place = async () => {
	const made = await makeStateFolder();
	folders.push(made.state, made.world);
	return made;
};

beforeAll(async () => {
	const folder = await mkdtemp(path.join(tmpdir(), 'zenml-own-site-'));
	folders.push(folder);
	site = await makeOwnSite(folder);
});
afterEach(killStarted);
afterAll(() => removeFolders(folders));

it("a rehearsal of the operator's own change installs their bundle by their answers, for their hosts, and says which secrets it put in the place of theirs", async () => {
	const {state} = await place();
	const secret = 'the password of control plane, as the site has it';
	const ran = await runProgram(state, ['--answers', site.answers, '--bundle', site.bundle], {
		CP_PASSWORD_OF_SITE: secret,
	});
	expect({code: ran.code, problems: ran.problems}).toEqual({code: 0, problems: []});
	const journal = JSON.parse(await readFile(path.join(state, 'state.json'), 'utf8'));
	expect(journal.answers).toMatchObject({
		bundle: {path: site.bundle},
		registry: {prefix: 'mirror/zenml'},
		controlPlane: {
			namespace: 'mlops-control',
			release: 'pro',
			host: 'zenml.corp.example',
			replicas: 2,
			database: {password: 'env:CP_PASSWORD_OF_SITE'},
		},
		workspaces: [{name: 'blue', replicas: 2}, {name: 'green'}],
		workloadManager: {enabled: true},
	});
	expect(journal.answers.workloadManager).not.toHaveProperty('runnerImage');
	expect(ran.errors).toContain('the client image of the bundle stands in');
	expect(ran.errors).toContain('controlPlane.nodeSelector: the rehearsal has one node for all pods');
	expect(journal.answers.controlPlane.nodeSelector).toEqual({});
	for (const [at, why] of [
		['controlPlane.admin.password', 'that cluster is not touched'],
		['organization.users.0.password', 'the file cannot be read'],
		['workspaces.0.database.password', 'the file cannot be read'],
	])
		expect(ran.errors).toMatch(new RegExp(`${at}: .*${why}`, 'u'));
	// The variable is set here, so the operator's own secret is the one that is used.
	expect(ran.errors).not.toContain('controlPlane.database.password');
	expect(ran.errors + JSON.stringify(ran.events)).not.toContain(secret);
	const text = JSON.stringify(ran.events);
	expect(text).toContain('There are no checksums');
	expect(text).toContain('version 0.93.0, mysql, cloud');
	expect(outcomes(ran)).toMatchObject({workspaces: 'applied', 'workload-manager': 'applied', onboarding: 'applied'});
}, 240_000);

it("a rehearsal of the operator's own change refuses what is wrong in the operator's file with its line, before anything is started", async () => {
	const {state} = await place();
	const broken = path.join(path.dirname(site.answers), 'broken.yaml');
	const lines = (await readFile(site.answers, 'utf8')).split('\n');
	const line = lines.findIndex((one) => one.includes('namespace: ws-blue'));
	lines[line] = '    namespase: ws-blue';
	await writeFile(broken, lines.join('\n'));
	const ran = await runProgram(state, ['--answers', broken]);
	expect(ran.code).toBe(2);
	const refused = JSON.parse(ran.errors.trim().split('\n')[0] ?? '');
	expect(refused.problem).toMatchObject({code: 'answers-unknown-key', location: {file: broken, line: line + 1}});
	expect(ran.errors).not.toContain('starting PostgreSQL');
}, 60_000);

it("a rehearsal of the operator's own change cannot be led out of its world by an option", async () => {
	const {state} = await place();
	const ran = await runProgram(state, ['--kubeconfig', '/home/ops/.kube/production']);
	expect(ran.code).toBe(2);
	expect(ran.errors).toContain('kubernetes.kubeconfig cannot be set in a rehearsal');
}, 60_000);

it("a rehearsal of the operator's own change looks for a signature where a key is pinned, and says of a bundle that was carried in that it is not signed", async () => {
	const key = 'RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3';
	const {state} = await place();
	const pinned = await runProgram(state, ['--set', `bundle.signature.publicKey=${key}`, '--until', 'bundle']);
	expect(pinned).toMatchObject({code: 5, problems: [{code: 'bundle-signature-missing'}]});
	const {state: other} = await place();
	const carried = await runProgram(other, ['--bundle', site.bundle, '--until', 'bundle']);
	expect(carried.code).toBe(0);
	expect(JSON.stringify(carried.events)).toContain('The bundle is not signed');
	expect(carried.errors).toContain(`Bundle ${site.bundle}`);
}, 120_000);

it("a rehearsal of the operator's own change does not remove the state of another install with --fresh, nor go on with it", async () => {
	const {state} = await place();
	const journal = {
		schema: 1,
		tool: '1.0.0',
		runId: 'r',
		savedAt: 1,
		startedAt: 1,
		host: 'h',
		pid: 1,
		steps: [],
		acknowledged: [],
		answers: {kubernetes: {kubeconfig: '/home/ops/.kube/production'}, controlPlane: {host: 'zenml.corp.example'}},
	};
	await writeFile(path.join(state, 'state.json'), JSON.stringify(journal));
	const ran = await runProgram(state, ['--fresh']);
	expect(ran.code).toBe(2);
	expect(ran.errors).toContain('rehearsal-state-foreign');
	expect(JSON.parse(await readFile(path.join(state, 'state.json'), 'utf8'))).toEqual(journal);
}, 60_000);

describe('a changed answer on the same world', () => {
	it('makes exactly the steps that depend on it stale, and rolls out what it changes', async () => {
		const {state} = await place();
		expect((await runProgram(state, [])).code).toBe(0);
		const again = await runProgram(state, ['--set', 'controlPlane.replicas=2']);
		expect(again.code).toBe(0);
		expect(outcomes(again)['control-plane']).toBe('applied');
		const others = Object.entries(outcomes(again)).filter(([id]) => id !== 'control-plane');
		expect(others.filter(([, outcome]) => outcome === 'applied')).toEqual([]);
		const stale = staleSteps(again);
		expect(stale).toEqual(expect.arrayContaining(['control-plane', 'verification']));
		for (const id of ['bundle', 'images', 'namespaces', 'secrets', 'workspaces', 'dns', 'ca', 'workload-manager'])
			expect(stale).not.toContain(id);
		expect(JSON.stringify(again.events)).toContain('3 pods');
	}, 240_000);
});

it("a rehearsal of the operator's own change asks none of their servers and runs none of their hooks, but the one on its command line", async () => {
	const {state} = await place();
	const folder = path.dirname(site.answers);
	let asked = 0;
	const outside = createServer((socket) => {
		asked += 1;
		socket.destroy();
	});
	const port = await listening(outside);
	const s3 = {endpoint: `http://127.0.0.1:${port}`, plainHttp: true, bucket: 'ml-data', prefix: 'team', region: 'eu'};
	const keys = {accessKey: 'env:ACCESS', secretKey: 'env:SECRET'};
	const hook = path.join(folder, 'hook.sh');
	await writeFile(hook, `#!/bin/sh\necho "$ZENML_AIRGAP_HOOK" >> '${folder}/called'\n`, {mode: 0o755});
	const answers = path.join(folder, 'outside.json');
	const own = {
		bundle: {path: path.join(folder, 'none')},
		registry: {host: 'harbor.corp:8443', pushHost: `127.0.0.1:${port}`, username: 'ops', password: 'env:REGISTRY'},
		tls: {certificate: 'tls.crt', key: 'tls.key', ca: 'ca.crt'},
		database: {host: 'mysql.corp', admin: {username: 'dba', password: 'env:DBA'}},
		controlPlane: {host: 'pro.corp.internal'},
		workspaces: [{name: 'default', host: 'ws.corp.internal'}],
		artifacts: {kind: 's3', s3: {...s3, ...keys}},
		backup: {schedule: {kind: 's3', s3: {...s3, ...keys}}},
		hooks: {started: {command: hook}, finished: {url: `https://127.0.0.1:${port}/done`}},
	};
	await writeFile(answers, JSON.stringify(own));
	const ran = await runProgram(state, ['--answers', answers]);
	expect({code: ran.code, problems: ran.problems, asked}).toEqual({code: 0, problems: [], asked: 0});
	expect(existsSync(path.join(folder, 'called'))).toBe(false);
	expect(outcomes(ran)).toMatchObject({images: 'applied', 'artifact-storage': 'applied'});
	expect(JSON.stringify(ran.events)).toMatch(/bucket zenml\/team at https:\/\/s3\.rehearsal\.internal/u);

	const tried = await runProgram(state, ['--answers', answers, '--set', `hooks.started.command=${hook}`]);
	expect({code: tried.code, asked}).toEqual({code: 0, asked: 0});
	expect(await readFile(path.join(folder, 'called'), 'utf8')).toBe('started\n');
}, 240_000);
