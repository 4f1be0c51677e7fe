import type {Answers, ComponentAnswers} from '../../../answers/schema.ts';
import {makesHttpRoute, withIngress} from '../../../charts/index.ts';
import type {KubeObject} from '../../../cluster/types.ts';
import {stepProblems} from '../../problems.ts';
import type {World} from '../../world.ts';
import {componentsOf, managedBy} from '../names.ts';
import {renderRelease} from '../release/audit.ts';
import {rootOf} from '../release/operator-values.ts';
import type {WantedRelease} from '../release/wanted.ts';
import {gatewayOf, httpRouteKind, routeKind} from './kinds.ts';
import {type ServedPath, servedPaths} from './paths.ts';

/** Name of the object, or of the first of several, that this tool keeps beside a release. */
export const wayInName = (release: string, index: number): string =>
	index === 0 ? `${release}-airgap` : `${release}-airgap-${index}`;

/** One HTTPRoute with a rule for each path (Gateway API, "API specification", HTTPRoute). */
const httpRouteFor = (
	{name, namespace}: WantedRelease,
	{host, paths, answers}: {readonly host: string; readonly paths: readonly ServedPath[]; readonly answers: Answers},
): KubeObject => ({
	...httpRouteKind,
	metadata: {name: wayInName(name, 0), namespace, labels: managedBy},
	spec: {
		parentRefs: [
			{
				...gatewayOf(answers),
				...(answers.ingress.listener === undefined ? {} : {sectionName: answers.ingress.listener}),
			},
		],
		hostnames: [host],
		rules: paths.map(({path, exact, service, port}) => ({
			matches: [{path: {type: exact ? 'Exact' : 'PathPrefix', value: path}}],
			backendRefs: [{name: service, port}],
		})),
	},
});

type Pair = {readonly certificate: string; readonly key: string};

/** Certificate and key of the answers, the key known to the redactor. */
const pairOf = async ({answers, host, registerSecret}: World): Promise<Pair> => {
	const key = await host.readFile(answers.tls.key, 'tls.key');
	registerSecret(key);
	return {certificate: await host.readFile(answers.tls.certificate, 'tls.certificate'), key};
};

/** What other controllers are told is not for the router. */
const annotationsIn = ({ingress}: Answers): Readonly<Record<string, string>> =>
	Object.fromEntries(Object.entries(ingress.annotations).filter(([key]) => !key.startsWith('nginx.ingress.')));

/**
 * A Route has one path and one Service, so each path gets its own. TLS ends at the router (`edge`): the product's pods speak none, so
 * there is nothing to encrypt anew (OpenShift documentation, "Secured routes").
 */
const routesFor = (
	{name, namespace}: WantedRelease,
	{
		host,
		paths,
		answers,
		pair,
	}: {
		readonly host: string;
		readonly paths: readonly ServedPath[];
		readonly answers: Answers;
		readonly pair: Pair;
	},
): readonly KubeObject[] => {
	const annotations = annotationsIn(answers);
	return paths.map(({path, service, targetPort}, index) => ({
		...routeKind,
		metadata: {
			name: wayInName(name, index),
			namespace,
			labels: managedBy,
			...(Object.keys(annotations).length === 0 ? {} : {annotations}),
		},
		spec: {
			host,
			...(path === '/' ? {} : {path}),
			to: {kind: 'Service', name: service, weight: 100},
			port: {targetPort},
			tls: {termination: 'edge', insecureEdgeTerminationPolicy: 'Redirect', ...pair},
		},
	}));
};

/** Is there something to make beside the release, as its chart makes only an Ingress? */
const isMadeHere = ({ingress}: Answers, wanted: WantedRelease): boolean =>
	ingress.kind === 'route' || (ingress.kind === 'gateway' && !makesHttpRoute(wanted.contents, rootOf(wanted)));

/** What the chart's own Ingress would serve. @throws ProblemError `chart-without-ingress` */
const pathsOf = async (world: World, wanted: WantedRelease, host: string): Promise<readonly ServedPath[]> => {
	const values = withIngress(wanted.values, {root: rootOf(wanted), host}, world.answers);
	const paths = servedPaths((await renderRelease(world, {...wanted, values})).objects);
	if (paths.length > 0) return paths;
	const {name, version} = wanted.contents.metadata;
	throw stepProblems.error('chart-without-ingress', {chart: name, version, kind: world.answers.ingress.kind});
};

const componentIn = ({answers}: World, {component}: WantedRelease): ComponentAnswers | undefined =>
	componentsOf(answers).find(({path}) => path === component)?.answers;

/**
 * The HTTPRoute or Routes of a release whose chart makes none of the kind that the answers ask for; none where it does. Paths and Services
 * are those of the chart's Ingress, rendered for that alone.
 * @throws ProblemError `chart-without-ingress`, what helm refuses, a file of the answers that cannot be read
 */
export const wayInObjects = async (world: World, wanted: WantedRelease): Promise<readonly KubeObject[]> => {
	const {answers} = world;
	const host = componentIn(world, wanted)?.host;
	if (host === undefined || !isMadeHere(answers, wanted)) return [];
	const paths = await pathsOf(world, wanted, host);
	if (answers.ingress.kind === 'gateway') return [httpRouteFor(wanted, {host, paths, answers})];
	return routesFor(wanted, {host, paths, answers, pair: await pairOf(world)});
};
