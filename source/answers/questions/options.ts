import {getAt} from '../tree.ts';
import {podQuestions} from './pods.ts';
import {advanced, type Question, question, type Topic} from './types.ts';

const runner = (
	key: string,
	label: string,
	why: string,
	extra: Partial<Pick<Question, 'advanced' | 'when'>> = {},
): Question =>
	question(`workloadManager.${key}`, label, why, {
		when: (draft) => getAt(draft, 'workloadManager.enabled') === true,
		...extra,
	});

/** Optional parts of the install, and the work of other people. */
export const optionTopics: readonly Topic[] = [
	{
		id: 'options',
		title: 'Optional parts',
		intro:
			'Running pipelines from the dashboard, and the size of the control plane. The defaults suit a first install.',
		questions: [
			question(
				'workloadManager.enabled',
				'Workload manager',
				'Lets users run pipeline snapshots from the dashboard, as jobs in this cluster.',
			),
			runner('implementation', 'Runs them on', 'The plugin that starts the jobs.', {advanced: true}),
			runner('namespace', 'Namespace of the jobs', 'The jobs run here, apart from the servers.'),
			runner('serviceAccount', 'Service account', 'The jobs run as this account.', {advanced: true}),
			runner(
				'buildRunnerImage',
				'Build runner images',
				'ZenML then builds an image for each pipeline, which needs a builder without internet. No uses a prebuilt image.',
				{advanced: true},
			),
			runner(
				'runnerImage',
				'Runner image',
				'The jobs start from this image. Left empty, it is the client image of the bundle.',
				{
					when: (draft) =>
						getAt(draft, 'workloadManager.enabled') === true &&
						getAt(draft, 'workloadManager.buildRunnerImage') !== true,
				},
			),
			runner('podResources', 'Size of runner pods', 'What each job is guaranteed and may use at most.', {
				advanced: true,
			}),
			runner(
				'ttlSecondsAfterFinished',
				'Seconds to keep jobs',
				'Finished jobs and their logs are removed after this time.',
				{advanced: true},
			),
			runner('nodeSelector', 'Nodes for the jobs', 'The jobs only run on nodes with these labels.', {advanced: true}),
			runner('tolerations', 'Taints the jobs bear', 'The jobs may run on nodes with these taints.', {advanced: true}),
			runner('jobBackoffLimit', 'Tries of a failed job', 'A job that failed is started again this often.', {
				advanced: true,
			}),
			runner('maxConcurrentRuns', 'Runs at the same time', 'Further runs wait for their turn.', {advanced: true}),
			...podQuestions('controlPlane'),
		],
	},
	{
		id: 'network',
		title: 'Network hand-over',
		intro: 'DNS records and trust in the CA are made by other people. This is how the install waits for them.',
		questions: [
			question(
				'network.dnsHandover',
				'Wait for DNS',
				'wait goes on when every name resolves; confirm lets you say that it is done elsewhere.',
			),
			question(
				'network.caHandover',
				'Wait for CA trust',
				'wait goes on when this host trusts the CA; confirm lets you say that it was handed on.',
			),
			advanced(
				'network.waitMinutes',
				'Minutes to wait',
				'A run without a screen stops after this time and can be resumed.',
			),
			advanced('network.nameServer', 'Name server', "Names are looked up here. Left empty, it is this host's own."),
			advanced(
				'network.trustStore',
				'Trusted CA file',
				'Trust of this host is read from this file. Left empty, from the usual places.',
			),
			advanced(
				'network.podChecks',
				'Check from a pod too',
				'Names, database and trust are also tried from inside the cluster, where the servers run.',
			),
		],
	},
];
