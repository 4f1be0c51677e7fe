import {type Problem, ProblemError} from '../../../base/problem.ts';
import {stepProblems} from '../../problems.ts';
import type {World} from '../../world.ts';
import type {Component} from '../names.ts';
import {
	type Condition,
	conditionOf,
	gatewayOf,
	type HttpRoute,
	httpRouteKind,
	listIfServed,
	type Route,
	routeKind,
	saidBy,
} from './kinds.ts';

/** Reasons of the condition `Accepted` (Gateway API, "API specification", RouteConditionReason) and the words for them. */
const refusals = {
	NotAllowedByListeners: 'namespace',
	NoMatchingListenerHostname: 'host',
	NoMatchingParent: 'listener',
} as const;

const caseOf = ({reason = ''}: Condition): 'namespace' | 'host' | 'listener' | 'other' =>
	Object.hasOwn(refusals, reason) ? refusals[reason as keyof typeof refusals] : 'other';

type Place = {readonly object: string; readonly gateway: string; readonly host: string; readonly namespace: string};

/** What one parent's controller says of an HTTPRoute; undefined where it serves it. */
const judge = (route: HttpRoute, conditions: readonly Condition[] | undefined, place: Place): Problem | undefined => {
	const accepted = conditionOf(conditions, 'Accepted', route);
	if (!accepted || accepted.status === 'Unknown')
		return stepProblems.problem('way-in-unseen', {case: 'gateway', ...place});
	if (accepted.status !== 'True')
		return stepProblems.problem('httproute-refused', {case: caseOf(accepted), ...place, words: saidBy(accepted)});
	const resolved = conditionOf(conditions, 'ResolvedRefs', route);
	if (resolved && resolved.status !== 'True')
		return stepProblems.problem('httproute-unresolved', {...place, words: saidBy(resolved)});
	return undefined;
};

const ofGateway = async (world: World, {answers: {host, namespace}}: Component): Promise<Problem | undefined> => {
	const gateway = gatewayOf(world.answers);
	const routes = await listIfServed<HttpRoute>(world, {...httpRouteKind, namespace});
	const place = {gateway: world.answers.ingress.gateway ?? '', host, namespace};
	if (typeof routes === 'string') return undefined;
	const isOurs = (parent: {readonly name: string; readonly namespace?: string}): boolean =>
		parent.name === gateway?.name && (parent.namespace ?? namespace) === gateway.namespace;
	const mine = routes.filter(
		({spec}) => spec?.hostnames?.includes(host) === true && spec.parentRefs?.some(isOurs) === true,
	);
	if (mine.length === 0) return stepProblems.problem('way-in-unseen', {case: 'none', ...place, object: 'HTTPRoute'});
	const problems = mine.map((route) => {
		const object = `HTTPRoute ${namespace}/${route.metadata.name}`;
		const parent = route.status?.parents?.find(({parentRef}) => isOurs(parentRef));
		return judge(route, parent?.conditions, {...place, object});
	});
	return problems.find((problem) => problem !== undefined);
};

/** What the routers say of a Route: one that takes it is enough (OpenShift API reference, RouteIngressCondition). */
const judgeRoute = (route: Route, place: Omit<Place, 'gateway'>): Problem | undefined => {
	const admitted = (route.status?.ingress ?? []).flatMap(({conditions, host}) =>
		host === place.host ? (conditions?.find(({type}) => type === 'Admitted') ?? []) : [],
	);
	const [first] = admitted;
	if (first === undefined) return stepProblems.problem('way-in-unseen', {case: 'route', ...place});
	if (admitted.some(({status}) => status === 'True')) return undefined;
	const which = first.reason === 'HostAlreadyClaimed' ? 'claimed' : 'other';
	return stepProblems.problem('route-refused', {case: which, ...place, words: saidBy(first)});
};

const ofRoutes = async (world: World, {answers: {host, namespace}}: Component): Promise<Problem | undefined> => {
	const routes = await listIfServed<Route>(world, {...routeKind, namespace});
	if (typeof routes === 'string') return undefined;
	const mine = routes.filter(({spec}) => spec?.host === host);
	const place = {host, namespace};
	if (mine.length === 0) return stepProblems.problem('way-in-unseen', {case: 'none', ...place, object: 'Route'});
	return mine
		.map((route) => judgeRoute(route, {...place, object: `Route ${namespace}/${route.metadata.name}`}))
		.find((problem) => problem !== undefined);
};

/**
 * The HTTPRoute or Routes of an installed component are taken by those who serve them. An Ingress has no such status: there, only a
 * request tells.
 * @throws ProblemError `way-in-unseen`, `httproute-refused`, `httproute-unresolved`, `route-refused`
 */
export const requireWayIn = async (world: World, component: Component): Promise<void> => {
	const {kind} = world.answers.ingress;
	if (kind === 'ingress') return;
	const problem = await (kind === 'gateway' ? ofGateway : ofRoutes)(world, component);
	if (problem) throw new ProblemError(problem);
};
