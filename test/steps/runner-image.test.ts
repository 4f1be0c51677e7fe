import {expect, test} from 'vitest';
import {registry} from '../../source/steps/prerequisites/registry.ts';
import {carried, refusal} from './parts.ts';
import {answersOf, code, refusalOf, worldOf} from './world.ts';

/** The check of a registry that has one image of the operator's. */
const see = (runnerImage: string) => {
	const answers = answersOf((input) => ({...input, workloadManager: {enabled: true, runnerImage}}));
	const has = async (repository: string, tag: string) =>
		`${repository}:${tag}` === 'ml/runner:1' ? 'sha256:a' : undefined;
	const port = {
		host: 'registry.corp',
		ping: async () => undefined,
		checkPush: async () => undefined,
		manifestDigest: has,
	};
	return registry.run(worldOf({answers, bundle: carried(), registry: port}));
};

test("the operator's runner image is looked up where no step pushes it", async () => {
	expect(await see('registry.corp/ml/runner:1')).toEqual({note: 'registry.corp, login and push right'});
	expect(await refusalOf(see('registry.corp/ml/runner:2'))).toMatchObject({
		code: code('runner-image-missing'),
		message: 'The registry has no image registry.corp/ml/runner:2.',
		answers: ['workloadManager.runnerImage'],
	});
});

test('one of another registry is told, as this login cannot look there', async () => {
	expect((await see('other.corp/ml/runner:1')).warnings).toEqual([
		'The runner image lies at other.corp: whether it is there, and nodes may pull it, was not checked.',
	]);
});

test('where ZenML builds runner images, the right to push them beside those of the bundle is tried', async () => {
	const answers = answersOf((input) => ({...input, workloadManager: {enabled: true, buildRunnerImage: true}}));
	const tried: string[] = [];
	const port = {
		host: 'registry.corp',
		ping: async () => undefined,
		checkPush: async (repository: string) => {
			tried.push(repository);
			if (repository.endsWith('zenml-runner'))
				throw refusal('registry-denied', 'It may not.', {answers: ['registry.username']});
		},
	};
	const seen = registry.run(worldOf({answers, bundle: carried(), registry: port}));
	expect(await refusalOf(seen)).toMatchObject({
		code: code('registry-denied'),
		answers: ['workloadManager.buildRunnerImage', 'registry.username'],
	});
	expect(tried).toEqual(['zenml/zenml-pro-api', 'zenml/zenml-runner']);
});
