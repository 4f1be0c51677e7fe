import {mkdir, readdir, rm, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {parse, stringify} from 'yaml';
import {inWorld, writeKubeconfig} from '../../rehearsal/kubernetes/index.ts';
import {anewForDumps, contextInWorld, contextOf, requireDumps} from '../../source/app/base/played-world.ts';
import {worldPlaceOf} from '../../source/app/base/world-place.ts';
import type {ProblemError} from '../../source/base/problem.ts';
import {type PlanEntry, plans} from '../../source/plans/index.ts';
import {upgradePlan} from '../../source/plans/upgrade.ts';
import {shortest} from '../answers/samples.ts';
import {entryOf} from '../helpers/plan-entry.ts';
import {createStage, type Stage} from './stage.ts';

let stage: Stage;
beforeEach(async () => {
	stage = await createStage();
});
const made: string[] = [];
afterEach(async () => {
	for (const folder of made.splice(0)) await rm(folder, {recursive: true, force: true});
	await stage.remove();
});

type Config = {readonly contexts: readonly unknown[]; readonly clusters: readonly unknown[]};

const answers = (kubeconfig: string) => ({kubernetes: {kubeconfig}}) as never;

test('the cluster of a played world makes a rehearsal of what is done there, and a real one does not', async () => {
	const server = createServer((socket) => socket.destroy());
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	const {port} = server.address() as {port: number};
	await stage.write('world/rehearsal.json', JSON.stringify({ports: {kubernetes: port}}));
	await stage.write('odd/rehearsal.json', 'not JSON');
	const played = answers(path.join(stage.folder, 'world', 'kubeconfig'));
	expect(await contextInWorld(stage.context, played, stage.stateDirectory)).toMatchObject({rehearsal: true});
	for (const folder of ['odd', 'nowhere']) {
		const real = answers(path.join(stage.folder, folder, 'kubeconfig'));
		expect(await contextInWorld(stage.context, real, stage.stateDirectory)).toBe(stage.context);
	}
	await new Promise((done) => server.close(done));
	await expect(contextInWorld(stage.context, played, stage.stateDirectory)).rejects.toMatchObject({
		problem: {code: 'rehearsal-not-up', nextSteps: ['zenml-airgap rehearse --serve']},
	});
	// A report can be written whether it is up or not.
	expect(await contextOf(stage.context, played)).toMatchObject({rehearsal: true});
	expect(await contextOf(stage.context, answers(path.join(stage.folder, 'nowhere', 'kubeconfig')))).toBe(stage.context);
});

test('a copy of the kubeconfig of a played world is known for one, also among other clusters, and one of a real site is not', async () => {
	const world = path.join(stage.folder, 'world');
	await stage.write('world/rehearsal.json', JSON.stringify({ports: {kubernetes: 1}}));
	const access = {url: 'https://127.0.0.1:1', caPem: 'pem', user: 'me', token: 'token'};
	const played = parse(inWorld(writeKubeconfig({...access, name: 'rehearsal'}), world)) as Config;
	const real = parse(writeKubeconfig({...access, name: 'prod'})) as Config;
	const merged = {
		...real,
		contexts: [...real.contexts, ...played.contexts],
		clusters: [...real.clusters, ...played.clusters],
	};
	const copy = await stage.write('copied', stringify(played));
	const both = await stage.write('merged', stringify(merged));
	const isPlayed = async (kubernetes: {kubeconfig: string; context?: string}) =>
		(await contextOf(stage.context, {kubernetes} as never)).rehearsal === true;
	expect(await isPlayed({kubeconfig: copy})).toBe(true);
	expect(await isPlayed({kubeconfig: both})).toBe(false);
	expect(await isPlayed({kubeconfig: both, context: 'rehearsal'})).toBe(true);
	expect(await isPlayed({kubeconfig: both, context: 'nowhere'})).toBe(false);
	for (const broken of [': : zenml-airgap.io/rehearsal', 'zenml-airgap.io/rehearsal: [1]'])
		expect(await isPlayed({kubeconfig: await stage.write('broken', broken)})).toBe(false);
	expect(await isPlayed({kubeconfig: stage.folder})).toBe(false);
});

test('papers of a rehearsal whose world is not up are refused, and those that were made stay as they are', async () => {
	await stage.write('world/rehearsal.json', JSON.stringify({ports: {kubernetes: 1}}));
	await stage.write('site.yaml', `kubernetes:\n  kubeconfig: world/kubeconfig\n${shortest}`);
	const folder = path.join(stage.stateDirectory, 'handover', 'dns');
	await mkdir(folder, {recursive: true});
	await writeFile(path.join(folder, 'zenml-pro.zone'), 'made before');
	const {code, err} = await stage.run('handover', '--answers', 'site.yaml', '--contact', 'ada');
	expect([code, err]).toEqual([3, expect.stringContaining('rehearsal-not-up')]);
	expect(await readdir(folder)).toEqual(['zenml-pro.zone']);
});

test.each([0, 1000])(
	'a world of user %i that is not up is started again by its state folder, where that is known',
	async (userId) => {
		const context = {...stage.context, userId};
		const own = path.join(stage.folder, 'own state');
		const usual = path.join(stage.context.homeDirectory, '.local', 'state', 'zenml-airgap', 'rehearsal');
		const copied = path.join(stage.folder, 'copied');
		const told = async (folder: string, inUse: string): Promise<readonly string[]> => {
			await mkdir(folder, {recursive: true});
			made.push(folder);
			await writeFile(path.join(folder, 'rehearsal.json'), JSON.stringify({ports: {kubernetes: 1}}));
			const refused = contextInWorld(context, answers(path.join(folder, 'kubeconfig')), inUse);
			return refused.then(
				() => [],
				(error: ProblemError) => error.problem.nextSteps,
			);
		};
		const served = `zenml-airgap rehearse --serve --state-dir '${own}'`;
		expect(await told(worldPlaceOf(userId, own), own)).toEqual([served]);
		expect(await told(worldPlaceOf(userId, usual), stage.stateDirectory)).toEqual(['zenml-airgap rehearse --serve']);
		expect(await told(copied, stage.stateDirectory)).toEqual(['zenml-airgap rehearse --serve']);
		// Below the state folder itself the way back can be seen, whatever state folder is in use.
		if (userId !== 0) expect(await told(worldPlaceOf(userId, own), stage.stateDirectory)).toEqual([served]);
	},
);

test('a world that is kept up is begun anew for dumps where its MySQL is played, and a real site is not', async () => {
	const command = async (folder: string, record: object): Promise<string | undefined> => {
		await stage.write(`${folder}/rehearsal.json`, JSON.stringify({ports: {kubernetes: 1}, ...record}));
		const at = path.join(stage.folder, folder);
		return anewForDumps({...stage.context, userId: 1000}, answers(path.join(at, 'kubeconfig')), stage.stateDirectory);
	};
	expect(await command('own/world', {mysql: 'played'})).toBe(
		`zenml-airgap rehearse --serve --fresh --mysql unpacked --client-tools unpacked --state-dir ${path.join(stage.folder, 'own')}`,
	);
	const asked = (plan: PlanEntry) => ({
		plan,
		answers: answers(path.join(stage.folder, 'own', 'world', 'kubeconfig')),
		stateDirectory: stage.stateDirectory,
	});
	const {install, failover, 'drill-clean': clean, ...dumping} = plans;
	for (const plan of Object.values(dumping))
		await expect(requireDumps(stage.context, asked(plan)), plan.id).rejects.toMatchObject({
			problem: {
				code: 'rehearsal-needs-mysql',
				nextSteps: [
					expect.stringMatching(/^zenml-airgap rehearse --serve --fresh --mysql unpacked --client-tools unpacked/u),
				],
			},
		});
	for (const plan of [install, failover, clean, entryOf({...upgradePlan, steps: []})])
		await requireDumps(stage.context, asked(plan));
	expect(await command('other/world', {mysql: 'unpacked'})).toBeUndefined();
	expect(await anewForDumps(stage.context, answers('/nowhere/kubeconfig'), stage.stateDirectory)).toBeUndefined();
});
