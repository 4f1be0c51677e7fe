import type {Problem} from '../../../base/problem.ts';
import type {KubeObject} from '../../../cluster/types.ts';
import {stepProblems} from '../../problems.ts';
import {conditionOf, type Gateway, type LabelSelector, type Listener, saidBy} from '../../shared/way-in/kinds.ts';

type Labels = Readonly<Record<string, string>>;

/** A host that is to be served, from where. */
export type Served = {
	readonly host: string;
	readonly namespace: string;
	/** Labels of that namespace; those that Kubernetes gives to every new one where it is not there yet. */
	readonly labels: Labels;
};

const listenersOf = ({spec}: Gateway): readonly Listener[] => spec?.listeners ?? [];

/** A listener's own name, or a wildcard for one or more labels before it (Gateway API, "Hostname" of a Listener). */
const takesHost = ({hostname}: Listener, host: string): boolean => {
	if (hostname === undefined || hostname === '') return true;
	const wanted = hostname.toLowerCase();
	return wanted.startsWith('*.') ? host.endsWith(wanted.slice(1)) && host.length > wanted.length - 1 : wanted === host;
};

type Expression = NonNullable<LabelSelector['matchExpressions']>[number];

const expressionHolds = ({key, operator, values = []}: Expression, labels: Labels): boolean => {
	const value = labels[key];
	if (operator === 'Exists') return value !== undefined;
	if (operator === 'DoesNotExist') return value === undefined;
	const isIn = value !== undefined && values.includes(value);
	return operator === 'In' ? isIn : !isIn;
};

/** Does a selector fit these labels? One that says nothing fits all (meta/v1 LabelSelector). */
const selects = ({matchLabels = {}, matchExpressions = []}: LabelSelector, labels: Labels): boolean =>
	Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
	matchExpressions.every((expression) => expressionHolds(expression, labels));

/** May routes of this namespace attach? By default those of the Gateway's own (Gateway API, RouteNamespaces). */
const takesNamespace = (listener: Listener, gateway: Gateway, {namespace, labels}: Served): boolean => {
	const {from = 'Same', selector} = listener.allowedRoutes?.namespaces ?? {};
	if (from === 'All') return true;
	if (from === 'Selector') return selector !== undefined && selects(selector, labels);
	return from === 'Same' && gateway.metadata.namespace === namespace;
};

/** Kinds that a listener takes; HTTPS takes HTTPRoutes by default. */
const takesKind = ({allowedRoutes}: Listener): boolean => {
	const kinds = allowedRoutes?.kinds ?? [];
	return kinds.length === 0 || kinds.some(({kind}) => kind === 'HTTPRoute');
};

/** An HTTPRoute is served over TLS only where the Gateway ends it itself. */
const endsTls = ({protocol, tls}: Listener): boolean =>
	protocol === 'HTTPS' && (tls?.mode ?? 'Terminate') === 'Terminate';

const named = ({name, hostname}: Listener): string => (hostname === undefined ? name : `${name} (${hostname})`);
const withProtocol = ({name, protocol}: Listener): string => `${name} (${protocol})`;

/** What the controller says against a listener; undefined where it serves it, or says nothing of it by itself. */
const refusedListener = (
	gateway: Gateway,
	listener: Listener,
): {case: 'certificate' | 'listener refused'; words: string} | undefined => {
	const conditions = gateway.status?.listeners?.find(({name}) => name === listener.name)?.conditions;
	const references = conditionOf(conditions, 'ResolvedRefs', gateway as KubeObject);
	if (references && references.status === 'False') return {case: 'certificate', words: saidBy(references)};
	const bad = ['Accepted', 'Programmed']
		.map((type) => conditionOf(conditions, type, gateway as KubeObject))
		.find((condition) => condition?.status === 'False');
	return bad && {case: 'listener refused', words: saidBy(bad)};
};

type Facts = {
	readonly gateway: string;
	readonly gatewayNamespace: string;
	readonly name: string;
	readonly host: string;
};

/** Why one listener that takes the host does not serve it; undefined where it does. */
const obstacleAt = (gateway: Gateway, listener: Listener, served: Served, facts: Facts): Problem | undefined => {
	const at = {...facts, listener: listener.name};
	if (!takesNamespace(listener, gateway, served)) {
		const {from = 'Same'} = listener.allowedRoutes?.namespaces ?? {};
		return stepProblems.problem('gateway-unfit', {case: 'namespaces', ...at, namespace: served.namespace, from});
	}
	if (!takesKind(listener)) {
		const kinds = (listener.allowedRoutes?.kinds ?? []).map(({kind}) => kind).join(', ');
		return stepProblems.problem('gateway-unfit', {case: 'kinds', ...at, kinds});
	}
	const refused = refusedListener(gateway, listener);
	return refused && stepProblems.problem('gateway-unfit', {...at, ...refused});
};

/**
 * Why a Gateway would not serve a host over HTTPS; undefined where one of its listeners does.
 * @param wanted name of the listener that the answers ask for
 */
export const listenerProblem = (gateway: Gateway, wanted: string | undefined, served: Served): Problem | undefined => {
	const {namespace: gatewayNamespace = '', name} = gateway.metadata;
	const {host} = served;
	const facts = {gateway: `${gatewayNamespace}/${name}`, gatewayNamespace, name, host};
	const all = listenersOf(gateway);
	const asked = all.filter((listener) => wanted === undefined || listener.name === wanted);
	if (asked.length === 0 && wanted !== undefined) {
		const listeners = all.map((listener) => listener.name).join(', ') || 'none';
		return stepProblems.problem('gateway-unfit', {case: 'no such listener', ...facts, listener: wanted, listeners});
	}
	const secure = asked.filter(endsTls);
	if (secure.length === 0) {
		const listeners = asked.map(withProtocol).join(', ') || 'none';
		return stepProblems.problem('gateway-unfit', {case: 'no HTTPS', ...facts, listeners});
	}
	const taking = secure.filter((listener) => takesHost(listener, host));
	if (taking.length === 0)
		return stepProblems.problem('gateway-unfit', {case: 'host', ...facts, listeners: secure.map(named).join(', ')});
	const obstacles = taking.map((listener) => obstacleAt(gateway, listener, served, facts));
	return obstacles.includes(undefined) ? undefined : obstacles[0];
};

/** Listeners that would serve the host in clear text too, as no listener is named. */
export const clearTextListeners = (gateway: Gateway, wanted: string | undefined, served: Served): readonly string[] =>
	listenersOf(gateway)
		.filter(
			(listener) =>
				(wanted === undefined || listener.name === wanted) &&
				listener.protocol === 'HTTP' &&
				takesHost(listener, served.host) &&
				takesKind(listener) &&
				takesNamespace(listener, gateway, served),
		)
		.map(({name}) => name);
