import {describe, expect, test} from 'vitest';
import {runnerProblems} from '../../source/charts/index.ts';
import {settingsAlone} from '../../source/charts/operator/runner-settings.ts';
import {answersOf} from '../steps/world.ts';

const prefix = 'ZENML_KUBERNETES_WORKLOAD_MANAGER_';

const problemsOf = (environment: Readonly<Record<string, string>>, manager: object = {}) => {
	const answers = answersOf((input) => ({...input, workloadManager: {enabled: true, ...manager}}));
	return runnerProblems('workspaces.0', environment, answers.workloadManager);
};

describe('variables of a workspace beside the answers of the workload manager', () => {
	test('are refused where they say something else, each with the answer to change', () => {
		const environment = {
			[`${prefix}NAMESPACE`]: 'elsewhere',
			zenml_kubernetes_workload_manager_runner_image: 'r/own:1',
			ZENML_SERVER_MAX_CONCURRENT_TEMPLATE_RUNS: '9',
		};
		expect(problemsOf(environment)).toMatchObject([
			{
				code: 'environment-contradicts-runners',
				area: 'usage',
				message: `The environment in workspaces.0.environment says something else than workloadManager: ${prefix}NAMESPACE, zenml_kubernetes_workload_manager_runner_image, ZENML_SERVER_MAX_CONCURRENT_TEMPLATE_RUNS.`,
				cause:
					'The server would take these variables instead of those that are made from the answers: workloadManager.namespace, workloadManager.runnerImage, workloadManager.maxConcurrentRuns.',
				fix: 'Take them out of workspaces.0.environment, and change workloadManager.namespace, workloadManager.runnerImage, workloadManager.maxConcurrentRuns.',
				answers: [
					'workspaces.0.environment',
					'workloadManager.namespace',
					'workloadManager.runnerImage',
					'workloadManager.maxConcurrentRuns',
				],
			},
		]);
		expect(JSON.stringify(problemsOf(environment))).not.toContain('elsewhere');
	});

	test.each(Object.keys(settingsAlone(answersOf().workloadManager)))('%s is among them', (name) => {
		expect(problemsOf({[name]: 'another'})).toHaveLength(1);
	});

	test('may say the same, in another form of JSON too', () => {
		const {workloadManager} = answersOf();
		expect(problemsOf(settingsAlone(workloadManager))).toEqual([]);
		const resources = JSON.stringify(workloadManager.podResources, undefined, 2);
		expect(problemsOf({[`${prefix}POD_RESOURCES`]: resources})).toEqual([]);
	});

	test('may say what the answers leave open', () => {
		expect(problemsOf({[`${prefix}JOB_BACKOFF_LIMIT`]: '3', [`${prefix}LABELS`]: '{}'})).toEqual([]);
		expect(problemsOf({[`${prefix}JOB_BACKOFF_LIMIT`]: '3'}, {jobBackoffLimit: 0})).toHaveLength(1);
	});

	test('are nobody else’s matter where it is not enabled', () => {
		expect(problemsOf({[`${prefix}NAMESPACE`]: 'elsewhere'}, {enabled: false})).toEqual([]);
	});
});
