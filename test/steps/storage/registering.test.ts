import {expect, test} from 'vitest';
import {artifactsStep} from '../../../source/steps/artifacts/index.ts';
import {answersOf, changesOf, code, linesOf, look} from '../world.ts';
import {storages, withStorage} from './answers.ts';
import {converge, stage} from './stage.ts';

test('storage that worked and does not any more is told where all is verified, and not by a run', async () => {
	const said: Record<string, unknown> = {ok: true};
	const {world, asked} = stage(said);
	await converge(world);
	delete said.ok;
	Object.assign(said, {error: 'Access Denied.', kind: 'answer', code: 'AccessDenied', status: 403, deed: 'write'});
	expect(await look(artifactsStep, {...world, pass: 'verify'})).toMatchObject({
		status: 'blocked',
		problem: {code: code('storage-unusable'), answers: ['artifacts.s3.accessKey']},
	});
	expect(asked).toHaveLength(2);
	expect(await look(artifactsStep, world)).toMatchObject({status: 'ok'});
	expect(asked).toHaveLength(2);
});

test('where pod checks are off a verification tries nothing either', async () => {
	const {world, asked} = stage({}, {answers: withStorage(storages.s3, {network: {podChecks: false}})});
	const {before} = await converge(world);
	expect(changesOf(before)).toEqual(['create Secret zenml-workspace/zenml-artifacts']);
	expect(await look(artifactsStep, {...world, pass: 'verify'})).toEqual({
		status: 'ok',
		note: 'bucket zenml/a at https://s3.corp:9000, not tried',
	});
	expect(asked).toEqual([]);
	// Nobody has seen that it works, so nobody says so.
	expect(linesOf(world.told).join()).not.toContain('a pod wrote a file');
});

test('a whole bucket and a registry without a prefix are registered without an empty part', async () => {
	const answers = withStorage(
		{...storages.s3, s3: {...storages.s3.s3, prefix: ''}},
		{registry: {host: 'registry.corp:5000', prefix: ''}},
	);
	const {world, saved} = stage({ok: true}, {answers});
	await artifactsStep.apply?.(world);
	const text = saved.get('artifact-store.txt') ?? '';
	expect(text).toContain('--path=s3://zenml \\\n');
	expect(text).toContain('--uri=registry.corp:5000\n');
	expect(linesOf(world.told)).toContain(
		'info bucket zenml at https://s3.corp:9000: a pod wrote a file, read it back and removed it',
	);
});

test('the step is done again where what it hangs on is answered in another way', () => {
	const inputsOf = (answers: ReturnType<typeof answersOf>) => artifactsStep.inputs(answers);
	const usual = withStorage(storages.nfs);
	expect(inputsOf(usual)).toMatchObject({podChecks: true, ca: '/pki/ca.crt', namespace: 'zenml-workspace'});
	const withRunners = withStorage(storages.nfs, {workloadManager: {enabled: true}});
	expect(inputsOf(withRunners)).toMatchObject({namespace: 'zenml-workload-manager'});
});

test('pods of the trial may run where those of the pipelines do', async () => {
	const [nodeSelector, tolerations] = [{pool: 'runners'}, {dedicated: 'runners:NoSchedule'}];
	const workloadManager = {enabled: true, nodeSelector, tolerations};
	const {world, asked} = stage({ok: true, free: 1}, {answers: withStorage(storages.nfs, {workloadManager})});
	await converge(world);
	expect(asked[0]?.scheduling).toMatchObject({
		nodeSelector,
		tolerations: [{key: 'dedicated', operator: 'Equal', value: 'runners', effect: 'NoSchedule'}],
	});
});

test('without a storage in the answers the step is not to be asked', async () => {
	const {world} = stage({}, {answers: answersOf()});
	expect(artifactsStep.when?.(world.answers)).toBe(false);
	await expect(artifactsStep.check(world)).rejects.toThrow('there is no storage for artifacts in these answers');
});
