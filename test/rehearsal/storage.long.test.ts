import {readdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {filesIn} from '../../rehearsal/index.ts';
import {toProblem} from '../../source/base/problem.ts';
import {startSite} from '../helpers/world.ts';

const refusedBy = (work: Promise<unknown>) => work.then(() => undefined, toProblem);

test('a rehearsed site has storage for artifacts where it is asked for, and it is as strict as a real one', async () => {
	const site = await startSite({storage: 's3'});
	onTestFinished(site.stop);
	const answers = site.answers();
	expect(answers.artifacts).toMatchObject({kind: 's3', s3: {bucket: 'zenml', prefix: 'artifacts'}});
	expect(site.rehearsal.describe().join('\n')).toContain('S3 server https://s3.rehearsal.internal:');
	expect(await site.run(answers, {until: 'secrets'})).toMatchObject({exitCode: 0});

	const plan = await site.check('artifact-storage', answers, 'look');
	expect(plan).toMatchObject({status: 'todo', changes: [{action: 'create'}, {action: 'run'}]});

	const {s3SecretKey} = filesIn(site.rehearsal.directory);
	const right = await readFile(s3SecretKey, 'utf8');
	await writeFile(s3SecretKey, 'another');
	const wrong = await refusedBy(site.apply('artifact-storage', answers));
	expect(wrong).toMatchObject({code: 'storage-unusable', answers: ['artifacts.s3.secretKey']});
	await writeFile(s3SecretKey, right);

	await site.apply('artifact-storage', answers);
	expect(await site.check('artifact-storage', answers)).toMatchObject({status: 'ok'});
	expect(await site.check('artifact-storage', answers, 'verify')).toMatchObject({status: 'ok'});
	expect(await readdir(path.join(site.rehearsal.directory, 's3'))).toEqual([]);
	const paper = await readFile(path.join(site.stateDirectory, 'artifact-store.txt'), 'utf8');
	expect(paper).toContain('zenml artifact-store register internal-artifacts');
	expect(paper).not.toContain(right);

	// Who lost the bucket, or the right to it, hears of it in a verification.
	const other = site.answers((input) => ({
		...input,
		artifacts: {...input.artifacts, s3: {...input.artifacts?.s3, bucket: 'gone'}},
	}));
	expect(await refusedBy(site.apply('artifact-storage', other))).toMatchObject({answers: ['artifacts.s3.bucket']});
});

test('a volume of a StorageClass is bound, and a class that is not there is told', async () => {
	const site = await startSite();
	onTestFinished(site.stop);
	expect(site.answers().artifacts.kind).toBe('none');
	expect(await site.run(site.answers(), {until: 'secrets'})).toMatchObject({exitCode: 0});
	const volume = site.answers((input) => ({
		...input,
		artifacts: {kind: 'storageClass', storageClass: {name: 'standard', size: '1Gi'}},
	}));
	await site.apply('artifact-storage', volume);
	expect(await site.check('artifact-storage', volume)).toMatchObject({
		status: 'ok',
		note: 'a volume of StorageClass standard',
	});
	const other = site.answers((input) => ({...input, artifacts: {kind: 'storageClass', storageClass: {name: 'none'}}}));
	expect(await site.check('prerequisites', other)).toMatchObject({
		status: 'blocked',
		problem: {code: 'storage-class-missing', cause: 'It has: standard.'},
	});
});
