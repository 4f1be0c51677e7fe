import {createHash} from 'node:crypto';
import {readFile, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterEach, beforeEach, expect, onTestFinished, test, vi} from 'vitest';
import {startKubernetes} from '../../rehearsal/kubernetes/index.ts';
import {createBackups} from '../../source/backup/backups.ts';
import {createCluster} from '../../source/cluster/cluster.ts';
import {generateSigningKey, secretKeyText} from '../../source/minisign/secret-key.ts';
import {shortest} from '../answers/samples.ts';
import {finished, never, settingsOf} from '../backup/helpers.ts';
import {createStage, type Stage} from './stage.ts';

let stage: Stage;
let folder: string;
beforeEach(async () => {
	stage = await createStage();
	folder = path.join(stage.folder, 'backups');
	const key = generateSigningKey();
	const text = await secretKeyText(key, undefined, {operations: 32_768, memory: 16_777_216});
	await stage.write('backup.key', text);
});
afterEach(async () => stage.remove());

const schedule = 'recipients: age1abc, schedule: {kind: storageClass, storageClass: {name: files}}';

const answering = async (kubeconfig: string, more = ''): Promise<void> => {
	const backup = `backup: {folder: ./backups, encryption: age, ${schedule}${more}}`;
	await stage.write('site.yaml', `${shortest}\n${backup}\nkubernetes: {kubeconfig: ${kubeconfig}}\n`);
};

const run = (...words: readonly string[]) => stage.run('backup', ...words, '--answers', 'site.yaml');

/** A scheduled backup that was carried here. */
const carried = async () => {
	const made = await finished(createBackups(await settingsOf({folder, encryption: 'none'})), undefined, 'scheduled');
	const manifest = await readFile(path.join(made.folder, 'manifest.json'));
	return {id: path.basename(made.folder), sum: createHash('sha256').update(manifest).digest('hex')};
};

/** A cluster with a CronJob, and a pod of it that told this when it ended. */
const clusterWhose = async (message: string): Promise<string> => {
	const kubernetes = await startKubernetes({ingressAddress: '127.0.0.1', runPod: async () => ({exit: 0, message})});
	onTestFinished(() => kubernetes.stop());
	const kubeconfig = await stage.write('kubeconfig', kubernetes.kubeconfig);
	const cluster = createCluster({kubeconfig, homeDirectory: stage.folder, environment: {}});
	const namespace = 'zenml-pro';
	const labels = {'app.kubernetes.io/name': 'zenml-backup'};
	const spec = {restartPolicy: 'Never', containers: [{name: 'backup', image: 'tools:1'}]};
	const jobTemplate = {spec: {template: {spec}}};
	for (const object of [
		{apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}},
		{apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name: 'default', namespace}},
		{
			...{apiVersion: 'batch/v1', kind: 'CronJob', metadata: {name: 'zenml-backup', namespace}},
			spec: {schedule: '15 2 * * *', jobTemplate},
		},
		{apiVersion: 'v1', kind: 'Pod', metadata: {name: 'told', namespace, labels}, spec},
	])
		await cluster.create(object, never);
	await vi.waitFor(async () => {
		const [pod] = await cluster.list({apiVersion: 'v1', kind: 'Pod', namespace}, never);
		expect(JSON.stringify(pod?.status)).toContain('terminated');
	}, 10_000);
	return kubeconfig;
};

const id = '20260201T021500Z-0a1b2c';
const told = (more: object = {}): string =>
	JSON.stringify({
		...{id, finishedAt: '2026-02-01T02:20:00.000Z', bytes: 5_000_000, parts: 9, lacks: ['journal']},
		...{manifest: 'ab'.repeat(32), ...more},
	});

test('where nothing lies here, the status tells of the newest one that a pod told of', async () => {
	await answering(await clusterWhose(told()));
	const {code, out, err} = await run('status');
	expect([code, err]).toEqual([0, '']);
	expect(out).toContain(`Last good one: none in ${folder}\n`);
	expect(out).toContain('Scheduled:     15 2 * * * UTC, never succeeded; the newest good scheduled backup, ');
	expect(out).toMatch(
		new RegExp(
			`^Newest there: {2}${id}, .+ old, 4\\.8 MiB, 9 parts; never restored or drilled; lacks journal; told`,
			'mu',
		),
	);
	expect(JSON.parse((await run('status', '--json')).out)).toMatchObject({newestScheduled: {id, bytes: 5_000_000}});
	const {id: own} = await carried();
	const both = await run('status');
	expect(both.out).toContain(`Last good one: ${own}, `);
	expect(both.out).toContain('Newest there:  ');
	expect(both.out).toContain(
		`Signed:        no, as no key that signs lies in the cluster; zenml-airgap backup sign ${own}\n`,
	);
	expect(JSON.parse((await run('status', '--json')).out)).toMatchObject({id: own, newestScheduled: {id}});
});

test('a schedule that nobody told of changes nothing for who has no backup', async () => {
	await answering(await clusterWhose('no JSON'));
	const {code, err} = await run('status');
	expect(code).toBe(9);
	expect(err).toContain('There is no backup there at all.');
});

test('a scheduled backup is not signed, which is told with what it lacks and how to sign it', async () => {
	await answering(await stage.write('kubeconfig', ''), ', signingKey: ./backup.key');
	const {id: own} = await carried();
	const file = path.join(folder, own, 'manifest.json');
	const manifest = {...JSON.parse(await readFile(file, 'utf8')), lacks: ['journal', 'values \u202e']};
	await writeFile(file, `${JSON.stringify(manifest)}\n`);
	const unprintable = await run('verify', own);
	expect(unprintable.err).toContain('has letters that cannot be printed');
	const text = `${JSON.stringify({...manifest, lacks: ['journal', 'values team']})}\n`;
	await writeFile(file, text);
	const sums = path.join(folder, own, 'SHA256SUMS');
	const sum = createHash('sha256').update(text).digest('hex');
	await writeFile(sums, (await readFile(sums, 'utf8')).replace(/^\w+(?= {2}manifest)/mu, sum));
	const {code, out} = await run('verify', own);
	expect(code).toBe(0);
	expect(out).toContain(
		`Signed by: nobody: not signed, as no key that signs lies in the cluster; zenml-airgap backup sign ${own}\n`,
	);
	expect(out).toContain('Lacks:     journal, values team\n');
});

test('it is signed here, compared with what its pod told the cluster', async () => {
	const {id: own, sum} = await carried();
	await answering(await clusterWhose(told({id: own, manifest: sum})), ', signingKey: ./backup.key');
	const {code, out, err} = await run('sign', own);
	expect([code, err]).toEqual([0, '']);
	expect(out).toContain('2 files, each as it was written\nMade by the cluster: its manifest is the one that pod told');
	expect(out).toMatch(/^Signed by: key [0-9A-F]{16}, just now$/mu);
	expect((await run('verify', own)).out).toMatch(/^Signed by: key [0-9A-F]{16}, checked$/mu);
	expect(JSON.parse((await run('sign', own, '--json')).out)).toMatchObject({id: own, isNew: false, vouched: true});
});

test('one that its pod told otherwise is refused', async () => {
	const {id: own} = await carried();
	await answering(await clusterWhose(told({id: own})), ', signingKey: ./backup.key');
	const {code, err} = await run('sign', own);
	expect(code).toBe(9);
	expect(err).toContain(`The backup ${own} is not the one that the cluster made.`);
});

test('where no pod is left, or no cluster, it is signed by its sums alone, which is told', async () => {
	const {id: own} = await carried();
	await answering(await clusterWhose(told()), ', signingKey: ./backup.key');
	expect((await run('sign', own)).out).toContain('NOT compared with the cluster: no pod is left that told of it\n');
	await rm(path.join(folder, own, 'SHA256SUMS.minisig'));
	await answering('/nowhere/kubeconfig', ', signingKey: ./backup.key');
	const {code, out} = await run('sign', own);
	expect([code, out]).toEqual([0, expect.stringContaining('NOT compared with the cluster: ')]);
});
