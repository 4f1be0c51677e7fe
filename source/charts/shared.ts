import {urlOf} from '../answers/addresses.ts';
import type {Answers, ComponentAnswers} from '../answers/schema.ts';
import type {ChartContents} from './contents.ts';
import {clientFor} from './image-versions.ts';
import {knows} from './keys.ts';
import {chartsProblems} from './problems.ts';
import {affinityOf} from './spread.ts';
import {tolerationsOf} from './tolerations.ts';

/** A key of a Kubernetes Secret in the namespace of the release. */
export type SecretKey = {readonly name: string; readonly key: string};

/** Where the images are: `prefix` is host, port and path of the internal registry; `tags` by last path component. */
export type ImagePlaces = {readonly prefix: string; readonly tags: Readonly<Record<string, string>>};

/** What Helm is given, and what the operator should know about it. */
export type ChartValues = {
	readonly values: Readonly<Record<string, unknown>>;
	readonly warnings: readonly string[];
};

/** The images of a bundle as they lie in the internal registry; of several client images the one that fits the server. */
export const imagePlaces = (
	{registry}: Pick<Answers, 'registry'>,
	images: readonly {readonly name: string; readonly tag: string}[],
): ImagePlaces => ({
	prefix: registry.prefix === '' ? registry.host : `${registry.host}/${registry.prefix}`,
	tags: Object.fromEntries(images.map(({name, tag}) => [name, name === 'zenml' ? (clientFor(images) ?? tag) : tag])),
});

/** @throws ProblemError `image-not-in-bundle`, area `bundle`. */
export const imageOf = (
	{prefix, tags}: ImagePlaces,
	name: string,
): {readonly repository: string; readonly tag: string} => {
	const tag = tags[name];
	if (tag === undefined) {
		const images = Object.keys(tags).join(', ') || 'no images';
		throw chartsProblems.error('image-not-in-bundle', {image: name, images});
	}
	return {repository: `${prefix}/${name}`, tag};
};

/** Root of the control plane's API: `https://HOST[:PORT]/api/v1`. */
export const apiUrl = (answers: Pick<Answers, 'ingress' | 'controlPlane'>): string =>
	`${urlOf(answers, answers.controlPlane.host)}/api/v1`;

/** An optional section: `{[key]: value}` when the chart knows the path, nothing otherwise. */
export const ifKnown = (contents: ChartContents, path: string, value: unknown): Readonly<Record<string, unknown>> =>
	knows(contents.known, path) ? {[path.slice(path.lastIndexOf('.') + 1)]: value} : {};

/** What a container of the level "restricted" says (Kubernetes documentation, "Pod Security Standards"); the servers need no more. */
const restricted = {allowPrivilegeEscalation: false, capabilities: {drop: ['ALL']}} as const;

/**
 * User and group of the pods, what a strict namespace demands of them, and what the cluster decides: a chart's own default is taken away
 * with `null`, as Helm does with a key of the values.
 */
const securityValues = (
	contents: ChartContents,
	{podSecurityContext}: ComponentAnswers,
): Readonly<Record<string, unknown>> => {
	const byCluster = Object.entries(podSecurityContext).flatMap(([key, value]) => (value === null ? [key] : []));
	const removed = (section: string): Readonly<Record<string, null>> =>
		Object.fromEntries(byCluster.filter((key) => knows(contents.known, `${section}.${key}`)).map((key) => [key, null]));
	const own = Object.fromEntries(Object.entries(podSecurityContext).filter(([, value]) => value !== null));
	const {runAsNonRoot} = podSecurityContext;
	return {
		...ifKnown(contents, 'podSecurityContext', {
			...own,
			seccompProfile: {type: 'RuntimeDefault'},
			...removed('podSecurityContext'),
		}),
		...ifKnown(contents, 'securityContext', {...restricted, runAsNonRoot, ...removed('securityContext')}),
	};
};

/** Where pods may run. Written where asked, known to the chart or not: a chart that cannot do it is refused by the audit of its keys. */
const schedulingValues = (component: ComponentAnswers): Readonly<Record<string, unknown>> => {
	const {nodeSelector, tolerations, spread} = component;
	return {
		...(Object.keys(nodeSelector).length === 0 ? {} : {nodeSelector}),
		...(Object.keys(tolerations).length === 0 ? {} : {tolerations: tolerationsOf(tolerations)}),
		...(spread === 'none' ? {} : {affinity: affinityOf(component)}),
	};
};

/** Sections at the top level of both charts, outside their main section. */
export const podValues = (contents: ChartContents, component: ComponentAnswers, {registry}: Answers): ChartValues => {
	const {name, version} = contents.metadata;
	const {podDisruptionBudget: budget} = component;
	const missing = (what: string, path: string): readonly string[] =>
		knows(contents.known, path) ? [] : [`The chart ${name} ${version} has no ${path}: ${what}.`];
	return {
		values: {
			...(registry.username === undefined ? {} : {imagePullSecrets: [{name: registry.pullSecretName}]}),
			resources: component.resources,
			...ifKnown(contents, 'resourcesMigrationPod', component.resources),
			...securityValues(contents, component),
			...schedulingValues(component),
			...(budget.enabled
				? ifKnown(contents, 'podDisruptionBudget', {enabled: true, minAvailable: budget.minAvailable})
				: {}),
		},
		warnings: [...missing('the pods run as the user of their image', 'podSecurityContext')],
	};
};

/** The private CA for the pods' own outgoing connections. */
export const certificateValues = (
	contents: ChartContents,
	root: string,
	ca: SecretKey | undefined,
): {readonly values: Readonly<Record<string, unknown>>; readonly warnings: readonly string[]} => {
	if (ca === undefined) return {values: {}, warnings: []};
	const {name, version} = contents.metadata;
	return knows(contents.known, `${root}.certificates.secretRefs`)
		? {values: {certificates: {secretRefs: [{name: ca.name, key: ca.key}]}}, warnings: []}
		: {
				values: {},
				warnings: [
					`The chart ${name} ${version} cannot give a private CA to its pods (${root}.certificates): unless their image trusts it already, they cannot connect to other servers over TLS.`,
				],
			};
};
