import type {Answers} from '../answers/schema.ts';
import {isMap} from '../base/text.ts';
import type {ChartContents} from './contents.ts';
import {has, workspaceFeatures} from './features.ts';

/** The chart's own HTTPRoute, where it can make one. */
const gatewayValues = (host: string, {ingress}: Answers): Readonly<Record<string, unknown>> => {
	const [namespace, name] = (ingress.gateway ?? '').split('/');
	return {
		enabled: true,
		gatewayRef: {name, namespace},
		...(ingress.listener === undefined ? {} : {sectionName: ingress.listener}),
		host,
	};
};

/** Does this chart make the HTTPRoute that the answers ask for? Where it does not, one is made beside its release. */
export const makesHttpRoute = (chart: ChartContents, root: string): boolean =>
	has(chart, workspaceFeatures.gateway, root);

/**
 * How requests for a host come to the pods: the chart's Ingress, or that switched off and, at a Gateway, its HTTPRoute where it knows one.
 * @param root main section of the chart
 */
export const wayInValues = (
	chart: ChartContents,
	{root, host}: {readonly root: string; readonly host: string},
	answers: Answers,
): Readonly<Record<string, unknown>> => {
	const {kind} = answers.ingress;
	if (kind === 'ingress') return {ingress: ingressValues(host, answers)};
	const own = kind === 'gateway' && makesHttpRoute(chart, root);
	return {ingress: {enabled: false}, ...(own ? {gateway: gatewayValues(host, answers)} : {})};
};

/**
 * The ingress section. `annotations` is never null: the chart `zenml` adds to that map when it renders, and fails
 * on its own default (server-ingress.yaml, 0.73.0 to 0.95).
 */
const ingressValues = (host: string, {ingress, tls}: Answers): Readonly<Record<string, unknown>> => ({
	enabled: true,
	className: ingress.className,
	annotations: {...ingress.annotations},
	host,
	tls: {enabled: true, secretName: tls.secretName},
});

/**
 * The same values with the chart's Ingress on, whatever the answers ask for: never installed, only rendered, as its paths and Services
 * are those that an HTTPRoute or Route made beside the release needs.
 * @param root main section of the chart
 */
export const withIngress = (
	values: Readonly<Record<string, unknown>>,
	{root, host}: {readonly root: string; readonly host: string},
	answers: Answers,
): Readonly<Record<string, unknown>> => {
	const section = isMap(values[root]) ? values[root] : {};
	const given = isMap(section.ingress) ? section.ingress : {};
	const {gateway: _off, ...others} = section;
	return {...values, [root]: {...others, ingress: {...given, ...ingressValues(host, answers)}}};
};
