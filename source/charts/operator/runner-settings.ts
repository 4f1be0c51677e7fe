import type {Answers} from '../../answers/schema.ts';
import {tolerationsOf} from '../tolerations.ts';

/** Environment variables of a server; all values are texts. */
export type Environment = Readonly<Record<string, string>>;

type Manager = Answers['workloadManager'];

/** Plugin classes (the vendor's air-gap guide, step 13). */
const implementations: Readonly<Record<Manager['implementation'], string>> = {
	kubernetes: 'zenml_cloud_plugins.kubernetes_workload_manager.KubernetesWorkloadManager',
	gcp: 'zenml_cloud_plugins.gcp_kubernetes_workload_manager.GCPKubernetesWorkloadManager',
};

/** What the variables of the workload manager begin with. */
export const prefix = 'ZENML_KUBERNETES_WORKLOAD_MANAGER_';

type Setting = {
	/** The variable. */
	readonly name: string;
	/** The answer below `workloadManager` that it is made from. */
	readonly answer: keyof Manager;
	/** Undefined where the answers leave it to the product. */
	readonly value: string | undefined;
};

const whereGiven = (map: object, text: () => string): string | undefined =>
	Object.keys(map).length === 0 ? undefined : text();

const settingsOf = (manager: Manager): readonly Setting[] => {
	const {jobBackoffLimit: limit, nodeSelector, tolerations} = manager;
	const of = (key: string, answer: Setting['answer'], value: string | undefined): Setting => ({
		name: `${prefix}${key}`,
		answer,
		value,
	});
	return [
		{
			name: 'ZENML_SERVER_WORKLOAD_MANAGER_IMPLEMENTATION_SOURCE',
			answer: 'implementation',
			value: implementations[manager.implementation],
		},
		of('NAMESPACE', 'namespace', manager.namespace),
		of('SERVICE_ACCOUNT', 'serviceAccount', manager.serviceAccount),
		of('BUILD_RUNNER_IMAGE', 'buildRunnerImage', String(manager.buildRunnerImage)),
		of('JOB_BACKOFF_LIMIT', 'jobBackoffLimit', limit === undefined ? undefined : String(limit)),
		of(
			'TOLERATIONS',
			'tolerations',
			whereGiven(tolerations, () => JSON.stringify(tolerationsOf(tolerations))),
		),
		of('POD_RESOURCES', 'podResources', JSON.stringify(manager.podResources)),
		of('TTL_SECONDS_AFTER_FINISHED', 'ttlSecondsAfterFinished', String(manager.ttlSecondsAfterFinished)),
		of(
			'NODE_SELECTOR',
			'nodeSelector',
			whereGiven(nodeSelector, () => JSON.stringify(nodeSelector)),
		),
	];
};

/** The variables that follow from the answers alone, whatever chart and bundle are. */
export const settingsAlone = (manager: Manager): Environment =>
	Object.fromEntries(settingsOf(manager).flatMap(({name, value}) => (value === undefined ? [] : [[name, value]])));

/** Made from the bundle and the registry too, so that only an answer may change them. */
const settingsOfImages = ({buildRunnerImage, runnerImage, maxConcurrentRuns}: Manager): readonly Setting[] => [
	...(buildRunnerImage
		? [
				{name: `${prefix}DOCKER_REGISTRY`, answer: 'buildRunnerImage', value: ''} as const,
				{name: 'ZENML_RUNNER_PARENT_IMAGE', answer: 'buildRunnerImage', value: ''} as const,
			]
		: [{name: `${prefix}RUNNER_IMAGE`, answer: 'runnerImage', value: runnerImage ?? ''} as const]),
	...['SNAPSHOT', 'TEMPLATE'].map(
		(kind): Setting => ({
			name: `ZENML_SERVER_MAX_CONCURRENT_${kind}_RUNS`,
			answer: 'maxConcurrentRuns',
			value: String(maxConcurrentRuns),
		}),
	),
];

/** A text, or the same JSON in another form. */
const isSame = (one: string, other: string): boolean => {
	try {
		return one === other || JSON.stringify(JSON.parse(one)) === JSON.stringify(JSON.parse(other));
	} catch {
		return false;
	}
};

/**
 * Variables that the operator gives to a workspace and that say something else than the answers of the workload manager; none where it
 * is not enabled. What the answers leave to the product may be set. The servers do not look at the case of a name.
 */
export const runnerContradictions = (
	environment: Environment,
	manager: Manager,
): readonly {readonly name: string; readonly decided: string}[] => {
	if (!manager.enabled) return [];
	const settings = [...settingsOf(manager), ...settingsOfImages(manager)];
	return Object.entries(environment).flatMap(([name, given]) => {
		const setting = settings.find((one) => one.name === name.toUpperCase());
		if (setting?.value === undefined || isSame(given, setting.value)) return [];
		return [{name, decided: `workloadManager.${setting.answer}`}];
	});
};
