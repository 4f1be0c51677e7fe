import {parseAllDocuments} from 'yaml';
import {type Problem, problem} from '../base/problem.ts';

type Json = Readonly<Record<string, unknown>>;

/** A rendered Kubernetes object, as far as the checks need it. */
export type RenderedObject = Json & {
	readonly apiVersion: string;
	readonly kind: string;
	readonly metadata: {readonly name: string; readonly annotations?: Readonly<Record<string, string>>};
};

/** What a chart would create, and what is wrong with it. */
export type Inspection = {
	readonly objects: readonly RenderedObject[];
	/** Every image of every container, helm test pods left out, sorted, each once. */
	readonly images: readonly string[];
	readonly problems: readonly Problem[];
	readonly warnings: readonly string[];
};

type Container = {
	readonly name: string;
	readonly image?: string;
	readonly resources?: Json;
	readonly env?: readonly {readonly name: string; readonly value?: string}[];
};

const at = (value: unknown, ...keys: readonly string[]): unknown =>
	keys.reduce<unknown>(
		(inner, key) => (inner !== null && typeof inner === 'object' ? (inner as Json)[key] : undefined),
		value,
	);

const podPaths: Readonly<Record<string, readonly string[]>> = {
	Pod: ['spec'],
	Deployment: ['spec', 'template', 'spec'],
	StatefulSet: ['spec', 'template', 'spec'],
	DaemonSet: ['spec', 'template', 'spec'],
	ReplicaSet: ['spec', 'template', 'spec'],
	Job: ['spec', 'template', 'spec'],
	CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
};

const containersOf = (object: RenderedObject, ...lists: readonly string[]): readonly Container[] =>
	lists.flatMap(
		(list) => (at(object, ...(podPaths[object.kind] ?? []), list) as readonly Container[] | undefined) ?? [],
	);

const hooks = (object: RenderedObject): readonly string[] =>
	(object.metadata.annotations?.['helm.sh/hook'] ?? '').split(',').map((hook) => hook.trim());

const isTest = (object: RenderedObject): boolean => hooks(object).some((hook) => hook.startsWith('test'));

const label = ({kind, metadata}: RenderedObject): string => `${kind} ${metadata.name}`;

const wrong = (code: string, message: string, cause: string, evidence: readonly string[] = []): Problem =>
	problem({
		code,
		area: 'bundle',
		who: 'vendor',
		message,
		cause,
		fix: 'Use a bundle with supported chart versions; nothing was changed.',
		evidence,
	});

const imageProblems = (
	uses: readonly {readonly object: string; readonly image: string}[],
	registryHost: string,
): readonly Problem[] => {
	const foreign = uses.filter(({image}) => !image.startsWith(`${registryHost}/`));
	return foreign.length === 0
		? []
		: [
				wrong(
					'image-from-outside',
					`The chart would pull from outside the internal registry ${registryHost}.`,
					'An image of the chart is not set by the answers; behind an air gap such a pod never starts.',
					foreign.map(({object, image}) => `${object}: ${image}`),
				),
			];
};

const duplicateVariables = (object: RenderedObject): readonly string[] =>
	containersOf(object, 'containers', 'initContainers').flatMap(({name, env = []}) => {
		const twice = env.map((variable) => variable.name).filter((variable, index, all) => all.indexOf(variable) < index);
		return twice.length === 0
			? []
			: [`${label(object)}, container ${name}: set twice, the last one counts: ${[...new Set(twice)].join(', ')}.`];
	});

/** Hosts of the vendor's public service; they are the chart's silent defaults. */
const publicHost = /^https?:\/\/([^/:]*\.)?zenml\.io([:/]|$)/iu;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu;

const workspaceProblems = (objects: readonly RenderedObject[]): readonly Problem[] => {
	const migrates = objects.some(
		(object) => object.kind === 'Job' && hooks(object).some((hook) => hook === 'pre-install' || hook === 'pre-upgrade'),
	);
	const secretKeys = objects
		.filter(({kind}) => kind === 'Secret')
		.flatMap((secret) => [
			...Object.keys((at(secret, 'data') as Json | undefined) ?? {}),
			...Object.keys((at(secret, 'stringData') as Json | undefined) ?? {}),
		]);
	const variables = objects
		.filter(({kind}) => kind === 'Deployment')
		.flatMap((object) => containersOf(object, 'containers').flatMap(({env = []}) => env));
	const outside = variables.filter(
		({name, value}) => name.startsWith('ZENML_SERVER_PRO_') && publicHost.test(value ?? ''),
	);
	const ids = variables.filter(({name}) => /^ZENML_SERVER_PRO_(ORGANIZATION|WORKSPACE|TENANT)_ID$/u.test(name));
	const enrolled = ids.length >= 2 && ids.every(({value}) => uuid.test(value ?? ''));
	return [
		...(migrates
			? []
			: [
					wrong(
						'migration-missing',
						'The rendered workspace server has no Job that migrates its database.',
						'The chart did not take the database settings; the server would fall back to a file that is lost with its pod.',
					),
				]),
		...(secretKeys.includes('ZENML_STORE_URL')
			? []
			: [
					wrong(
						'database-not-set',
						'The rendered workspace server does not use the database of the answers.',
						'No Secret has ZENML_STORE_URL; the server would fall back to a file that is lost with its pod.',
					),
				]),
		...(outside.length === 0
			? []
			: [
					wrong(
						'public-control-plane',
						"The rendered workspace server would call the vendor's public service.",
						"The chart did not take the control plane's addresses.",
						outside.map(({name, value}) => `${name}=${value}`),
					),
				]),
		...(enrolled
			? []
			: [
					wrong(
						'workspace-not-enrolled',
						'The rendered workspace server is not a member of the control plane.',
						'The chart did not take the identity from the enrolment: organization and workspace must be UUIDs.',
						ids.map(({name, value}) => `${name}=${value ?? ''}`),
					),
				]),
	];
};

/**
 * Checks the output of `helm template` before anything is installed. Helm accepts values that mean nothing to a chart,
 * so only the result shows whether the answers arrived.
 * @param registryHost host, and port if any, of the internal registry.
 * @param component adds the checks of a workspace server; by default guessed from the objects' names.
 */
export const inspectRendered = (
	yamlStream: string,
	{registryHost, component}: {readonly registryHost: string; readonly component?: 'control-plane' | 'workspace'},
): Inspection => {
	const documents = parseAllDocuments(yamlStream);
	const broken = ('empty' in documents ? [] : documents).flatMap(({errors}) => errors.map(({message}) => message));
	const objects =
		broken.length > 0
			? []
			: documents.map((document) => document.toJS() as RenderedObject | null).filter((object) => object !== null);
	const real = objects.filter((object) => !isTest(object));
	const uses = real.flatMap((object) =>
		containersOf(object, 'initContainers', 'containers').map(({image = ''}) => ({object: label(object), image})),
	);
	const isWorkspace =
		component === undefined
			? real.some(({kind, metadata}) => kind === 'Deployment' && metadata.name.endsWith('zenml'))
			: component === 'workspace';
	const unlimited = real
		.filter(({kind}) => kind === 'Deployment')
		.filter((object) =>
			containersOf(object, 'containers').some(({resources = {}}) => Object.keys(resources).length === 0),
		);
	return {
		objects,
		images: [...new Set(uses.map(({image}) => image))].sort(),
		problems: [
			...(broken.length === 0
				? []
				: [
						wrong(
							'rendered-not-yaml',
							'The chart renders something that is not YAML.',
							'The chart is damaged.',
							broken,
						),
					]),
			...imageProblems(uses, registryHost),
			...(unlimited.length === 0
				? []
				: [
						wrong(
							'resources-missing',
							`The chart did not take the CPU and memory of the answers: ${unlimited.map(label).join(', ')}.`,
							'Its key for resources is another one.',
						),
					]),
			...(isWorkspace && broken.length === 0 ? workspaceProblems(real) : []),
		],
		warnings: real.flatMap(duplicateVariables),
	};
};
