import type {Problem} from '../base/problem.ts';
import {loosePods} from './loose-pods.ts';
import {chartsProblems} from './problems.ts';
import {at, containersOf, type RenderedObject, readObjects, textOf, type Variable} from './rendered-objects.ts';

export type {RenderedObject} from './rendered-objects.ts';

/** What a chart would create, and what is wrong with it. */
export type Inspection = {
	readonly objects: readonly RenderedObject[];
	/** Every image of every container, helm test pods left out, sorted, each once. */
	readonly images: readonly string[];
	readonly problems: readonly Problem[];
	readonly warnings: readonly string[];
};

const hooks = (object: RenderedObject): readonly string[] =>
	textOf(at(object, 'metadata', 'annotations', 'helm.sh/hook'))
		.split(',')
		.map((hook) => hook.trim());

const isTest = (object: RenderedObject): boolean => hooks(object).some((hook) => hook.startsWith('test'));

const label = ({kind, metadata}: RenderedObject): string => `${kind} ${metadata.name}`;

type Use = {readonly object: string; readonly image: string};

const imageProblems = (uses: readonly Use[], registry: string): readonly Problem[] => {
	const evidence = uses
		.filter(({image}) => !image.startsWith(`${registry}/`))
		.map(({object, image}) => `${object}: ${image}`);
	return evidence.length === 0 ? [] : [chartsProblems.problem('image-from-outside', {registry}, {evidence})];
};

/** Images at the registry that the bundle does not put there: a chart's own, or under a tag that no answer decides. */
const strangeImages = (uses: readonly Use[], registry: string, carried: ReadonlySet<string> | undefined) => {
	const strange = uses.filter(({image}) => image.startsWith(`${registry}/`) && carried?.has(image) === false);
	if (strange.length === 0) return [];
	const images = [...new Set(strange.map(({image}) => image))].join(', ');
	const evidence = strange.map(({object, image}) => `${object}: ${image}`);
	return [chartsProblems.problem('image-not-carried', {images}, {evidence})];
};

const resourceProblems = (objects: readonly RenderedObject[]): readonly Problem[] => {
	const unlimited = objects.filter(
		(object) =>
			object.kind === 'Deployment' &&
			containersOf(object, 'containers').some(({resources}) => Object.keys(resources).length === 0),
	);
	if (unlimited.length === 0) return [];
	return [chartsProblems.problem('resources-missing', {objects: unlimited.map(label).join(', ')})];
};

const duplicateVariables = (object: RenderedObject): readonly string[] =>
	containersOf(object, 'containers', 'initContainers').flatMap(({name, env}) => {
		const twice = env.map((variable) => variable.name).filter((variable, index, all) => all.indexOf(variable) < index);
		return twice.length === 0
			? []
			: [
					`${label(object)}, container ${name}: set twice, the last one counts, and Kubernetes may refuse the next upgrade: ${[...new Set(twice)].join(', ')}.`,
				];
	});

/** Hosts of the vendor's public service; they are the chart's silent defaults. */
const publicHost = /^https?:\/\/([^/:]*\.)?zenml\.io([:/]|$)/iu;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu;

/** The server runs its migrations in a hook of its own; without a database it has none to migrate. */
const migrates = (objects: readonly RenderedObject[]): boolean =>
	objects.some(
		(object) => object.kind === 'Job' && hooks(object).some((hook) => hook === 'pre-install' || hook === 'pre-upgrade'),
	);

const hasSecretKey = (objects: readonly RenderedObject[], key: string): boolean =>
	objects
		.filter(({kind}) => kind === 'Secret')
		.some((secret) => at(secret, 'data', key) !== undefined || at(secret, 'stringData', key) !== undefined);

const assigned = ({name, value}: Variable): string => `${name}=${value}`;

const publicCalls = (variables: readonly Variable[]): readonly Problem[] => {
	const outside = variables.filter(({name, value}) => name.startsWith('ZENML_SERVER_PRO_') && publicHost.test(value));
	return outside.length === 0
		? []
		: [chartsProblems.problem('public-control-plane', {}, {evidence: outside.map(assigned)})];
};

const membership = (variables: readonly Variable[]): readonly Problem[] => {
	const ids = variables.filter(({name}) => /^ZENML_SERVER_PRO_(ORGANIZATION|WORKSPACE|TENANT)_ID$/u.test(name));
	const isEnrolled = ids.length >= 2 && ids.every(({value}) => uuid.test(value));
	return isEnrolled ? [] : [chartsProblems.problem('workspace-not-enrolled', {}, {evidence: ids.map(assigned)})];
};

const workspaceProblems = (objects: readonly RenderedObject[]): readonly Problem[] => {
	const variables = objects
		.filter(({kind}) => kind === 'Deployment')
		.flatMap((object) => containersOf(object, 'containers').flatMap(({env}) => env));
	return [
		...(migrates(objects) ? [] : [chartsProblems.problem('migration-missing', {})]),
		...(hasSecretKey(objects, 'ZENML_STORE_URL') ? [] : [chartsProblems.problem('database-not-set', {})]),
		...publicCalls(variables),
		...membership(variables),
	];
};

/** Without being told: the workspace server's Deployment is the one that Helm names after the chart. */
const looksLikeWorkspace = (objects: readonly RenderedObject[]): boolean =>
	objects.some(({kind, metadata}) => kind === 'Deployment' && metadata.name.endsWith('zenml'));

const nothing = (isYaml: boolean, program: string, evidence: readonly string[]): Inspection => ({
	objects: [],
	images: [],
	problems: [
		chartsProblems.problem('rendered-not-yaml', {case: isYaml ? 'no object' : 'no YAML', program}, {evidence}),
	],
	warnings: [],
});

/**
 * Checks the output of `helm template` before anything is installed. Helm accepts values that mean nothing to a chart,
 * so only the result shows whether the answers arrived.
 * @param registryHost host, and port if any, of the internal registry.
 * @param component adds the checks of a workspace server; by default guessed from the objects' names.
 */
export const inspectRendered = (
	yamlStream: string,
	{
		registryHost,
		component,
		carried,
		program = 'helm',
	}: {
		readonly registryHost: string;
		readonly component?: 'control-plane' | 'workspace' | undefined;
		/** References of the bundle's images as they will be at the registry; by default only the host is looked at. */
		readonly carried?: ReadonlySet<string> | undefined;
		/** The program that has rendered it, as the answers call it. */
		readonly program?: string | undefined;
	},
): Inspection => {
	const read = readObjects(yamlStream);
	if ('broken' in read) return nothing(read.isYaml, program, read.broken);
	const {objects} = read;
	const installed = objects.filter((object) => !isTest(object));
	const uses = installed.flatMap((object) =>
		containersOf(object, 'initContainers', 'containers').map(({image}) => ({object: label(object), image})),
	);
	const isWorkspace = component === undefined ? looksLikeWorkspace(installed) : component === 'workspace';
	return {
		objects,
		images: [...new Set(uses.map(({image}) => image))].sort(),
		problems: [
			...imageProblems(uses, registryHost),
			...strangeImages(uses, registryHost, carried),
			...resourceProblems(installed),
			...(isWorkspace ? workspaceProblems(installed) : []),
		],
		warnings: [...installed.flatMap(duplicateVariables), ...installed.flatMap(loosePods)],
	};
};
