import {isMap} from '../../base/text.ts';
import {mergeValues} from '../../charts/index.ts';
import {stepProblems} from '../problems.ts';
import {below, rootOf} from './databases.ts';
import {scratchDatabase, scratchHost} from './names.ts';
import type {Target} from './targets.ts';

type Values = Readonly<Record<string, unknown>>;

/** Variables that lead a server to what is outside of the drill: snapshots at the Kubernetes API, triggers at Redis. */
const leadsOut =
	/^ZENML_(?:SERVER_WORKLOAD_MANAGER|KUBERNETES_WORKLOAD_MANAGER|AWS_KUBERNETES_WORKLOAD_MANAGER|REDIS)/u;

const withinOnly = (environment: unknown): Values =>
	isMap(environment) ? Object.fromEntries(Object.entries(environment).filter(([name]) => !leadsOut.test(name))) : {};

/** Variables in clear and those that the chart puts into a Secret: where a broker asks for a password, its address is among the latter. */
const variablesOf = (section: unknown): Values => {
	const secret = below(section, 'secretEnvironment');
	return {
		environment: withinOnly(below(section, 'environment')),
		...(isMap(secret) && {secretEnvironment: withinOnly(secret)}),
	};
};

/** Every `name:` of a Secret of the backup becomes that of its copy: components share one namespace here. */
const renamed = (value: unknown, copies: ReadonlyMap<string, string>): unknown => {
	if (Array.isArray(value)) return value.map((one) => renamed(one, copies));
	if (!isMap(value)) return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, inner]) => [
			key,
			key === 'name' && typeof inner === 'string' ? (copies.get(inner) ?? inner) : renamed(inner, copies),
		]),
	);
};

/** `mysql://USER[:PASSWORD]@HOST:PORT/DATABASE` with other names. @throws ProblemError `drill-values-unread` */
const scratchUrl = (url: unknown, target: Target, password: string): string => {
	const found = /^(?<scheme>\w+):\/\/[^:@/]*(?<own>:[^@]*)?@(?<server>[^/@]+)\//u.exec(
		typeof url === 'string' ? url : '',
	);
	if (!found?.groups)
		throw stepProblems.error('drill-values-unread', {component: target.component.label, key: 'database.url'});
	const {scheme = '', own, server = ''} = found.groups;
	const name = scratchDatabase(target.id);
	return `${scheme}://${name}${own === undefined ? '' : `:${encodeURIComponent(password)}`}@${server}/${name}`;
};

/** No way in: neither the Ingress of the release nor a route of a Gateway may take the host of the real one. */
const closed = (section: unknown): Values => ({
	ingress: {enabled: false},
	...(isMap(below(section, 'gateway')) && {gateway: {enabled: false}}),
});

const ofControlPlane = (section: unknown, target: Target, password: string): Values => {
	const name = scratchDatabase(target.id);
	const external = below(section, 'database', 'external');
	if (!isMap(external))
		throw stepProblems.error('drill-values-unread', {component: target.component.label, key: 'database.external'});
	return {
		database: {external: {username: name, database: name, ...('password' in external && {password})}},
		...variablesOf(section),
	};
};

/** Without a control plane only the open part of a workspace server starts: no enrolment, no login there. */
const ofWorkspace = (section: unknown, target: Target, password: string): Values => ({
	pro: {enabled: false},
	database: {url: scratchUrl(below(section, 'database', 'url'), target, password), ...payloadsStay(section)},
	...variablesOf(section),
});

/**
 * Keys of the server that lead out of the drill: the control plane, variables, collectors, a broker, and a second store of secrets, which
 * is written to. Without them the chart has its own, and all of these are off there.
 */
const leadOut: ReadonlySet<string> = new Set([
	...['pro', 'environment', 'secretEnvironment', 'environmentSecretKeyRefs'],
	...['openTelemetry', 'streaming', 'backupSecretsStore'],
]);

/** Values whose keys are taken out, where merging would keep them. */
const without = ({workerDeployments: _workers, ...values}: Values, root: string): Values => {
	const section = isMap(values[root]) ? values[root] : {};
	return {...values, [root]: Object.fromEntries(Object.entries(section).filter(([key]) => !leadOut.has(key)))};
};

/**
 * Workers beside the server: schedulers and executors would run what users have planned, on its copy. The chart starts each that does not
 * say that it is off (zenml chart, templates/worker-deployments.yaml), so nothing else is left of them either.
 */
const workersOff = ({workerDeployments: workers}: Values): Values =>
	isMap(workers)
		? {workerDeployments: Object.fromEntries(Object.keys(workers).map((name) => [name, {enabled: false}]))}
		: {};

/** No Job moves what is in the copy of the database to the bucket of the real one (zenml chart, templates/server-payload-backfill-job.yaml). */
const payloadsStay = (section: unknown): Values =>
	isMap(below(section, 'database', 'payloadStorage'))
		? {payloadStorage: {offloadEnabled: false, backfill: {enabled: false}}}
		: {};

/**
 * The values of a component as the backup has them, led to its scratch: another database and account, hosts that nobody knows, no way in,
 * one server without workers, and no control plane.
 * @param copies names of its Secrets in the backup, and of their copies
 */
export const scratchValues = (
	values: Values,
	target: Target,
	{password, copies}: {readonly password: string; readonly copies: ReadonlyMap<string, string>},
): Values => {
	const root = target.name === 'controlPlane' ? 'zenml' : rootOf(values);
	const section = values[root];
	const own =
		target.name === 'controlPlane' ? ofControlPlane(section, target, password) : ofWorkspace(section, target, password);
	const over = {
		[root]: {replicaCount: 1, serverURL: `https://${scratchHost(target.id)}`, ...closed(section), ...own},
		...workersOff(values),
		...(isMap(values.autoscaling) && {autoscaling: {enabled: false}}),
		...(isMap(values.podDisruptionBudget) && {podDisruptionBudget: {enabled: false}}),
	};
	return mergeValues(renamed(without(values, root), copies) as Values, over);
};
