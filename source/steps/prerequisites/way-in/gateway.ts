import type {Problem} from '../../../base/problem.ts';
import {isMap} from '../../../base/text.ts';
import {stepProblems} from '../../problems.ts';
import {type Check, refuse, type Seen} from '../../shared/checks.ts';
import {firstAddress, pointsOf} from '../../shared/ingress-address.ts';
import {componentsOf} from '../../shared/names.ts';
import {conditionOf, type Gateway, gatewayKind, gatewayOf, listIfServed, saidBy} from '../../shared/way-in/kinds.ts';
import type {World} from '../../world.ts';
import {tryHost} from './answers.ts';
import {clearTextListeners, listenerProblem, type Served} from './listeners.ts';

type Facts = {readonly gateway: string; readonly gatewayNamespace: string; readonly name: string};

const unseen = (gateway: string): Seen => ({
	note: 'not checked: this login may not list Gateways',
	warnings: [
		`Gateway: this login may not list those of its namespace, so whether ${gateway} is there and takes the hosts was not checked.`,
	],
	bad: true,
});

/** The Gateway among those of its namespace. @throws ProblemError `gateway-api-missing`, `gateway-missing` */
const findGateway = async (world: World, {gateway, gatewayNamespace, name}: Facts): Promise<Gateway | undefined> => {
	const all = await listIfServed<Gateway>(world, {...gatewayKind, namespace: gatewayNamespace});
	if (all === 'forbidden') return undefined;
	if (all === 'no such kind') throw stepProblems.error('gateway-api-missing', {});
	const found = all.find(({metadata}) => metadata.name === name);
	if (found) return found;
	const others = all.map(({metadata}) => metadata.name).join(', ');
	throw others === ''
		? stepProblems.error('gateway-missing', {case: 'no gateway', gateway})
		: stepProblems.error('gateway-missing', {case: 'other gateways', gateway, others});
};

/** Its controller has taken it and set it up (Gateway API, "API specification", GatewayConditionType). */
const readyProblem = (gateway: Gateway, facts: Facts): Problem | undefined => {
	for (const condition of ['Accepted', 'Programmed']) {
		const seen = conditionOf(gateway.status?.conditions, condition, gateway);
		// Kubernetes itself fills in Unknown with this reason: nobody has looked yet (Gateway API, defaults of Gateway.status).
		if (!seen || (seen.status === 'Unknown' && seen.reason === 'Pending'))
			return stepProblems.problem('gateway-not-ready', {case: 'unseen', ...facts, condition});
		if (seen.status !== 'True')
			return stepProblems.problem('gateway-not-ready', {
				case: 'refused',
				...facts,
				condition,
				status: seen.status,
				words: saidBy(seen),
			});
	}
	return undefined;
};

/** Labels that the namespace of a component has, or will have when it is made. */
const labelsOf = async ({cluster, signal}: World, name: string): Promise<Readonly<Record<string, string>>> => {
	const live = await cluster.get({apiVersion: 'v1', kind: 'Namespace', name}, signal);
	const labels: unknown = live?.metadata.labels;
	return {...(isMap(labels) ? (labels as Record<string, string>) : {}), 'kubernetes.io/metadata.name': name};
};

const servedBy = async (world: World): Promise<readonly Served[]> =>
	Promise.all(
		componentsOf(world.answers).map(async ({answers: {host, namespace}}) => ({
			host,
			namespace,
			labels: await labelsOf(world, namespace),
		})),
	);

const tooOpen = (clear: readonly string[], gateway: string): readonly string[] => {
	const names = [...new Set(clear)].join(', ');
	return names === ''
		? []
		: [
				`Gateway ${gateway}: its listener ${names} would serve the hosts in clear text too; name the HTTPS listener in ingress.listener.`,
			];
};

/**
 * A Gateway shows a certificate before anything is behind it: one that clients will refuse is told now. Some open their port only for the
 * first route, so silence is told and not refused.
 */
const reachable = async (world: World, gateway: Gateway, facts: Facts): Promise<Seen> => {
	const {httpsPort: port, address: given} = world.answers.ingress;
	const address = given ?? (await firstAddress(world, pointsOf(gateway)));
	if (address === undefined)
		return {
			note: `${facts.gateway}, without an address`,
			warnings: [`Gateway ${facts.gateway}: it has no address yet; give ingress.address if it stays so.`],
			bad: true,
		};
	const hosts = componentsOf(world.answers).map(({answers: {host}}) => host);
	const tried = await Promise.all(hosts.map(async (host) => ({host, ...(await tryHost(world, {host, address}))})));
	refuse(
		tried.flatMap(({host, ...one}) =>
			one.result === 'certificate'
				? [stepProblems.problem('gateway-certificate', {...facts, host, address, port, words: one.words})]
				: [],
		),
	);
	const silent = tried.find(({result}) => result === 'silent');
	if (silent?.result !== 'silent') return {note: `${facts.gateway}, answers at ${address}:${port}`};
	return {
		note: `${facts.gateway}, does not answer at ${address}:${port}`,
		warnings: [
			`Gateway ${facts.gateway}: it does not answer at ${address}:${port}, which some do only with their first route: ${silent.words}`,
		],
		bad: true,
	};
};

/** The Gateway of the answers is there, set up, and serves every host over HTTPS from its namespace. */
export const gatewayCheck: Check = {
	label: 'Gateway',
	asks: 'cluster',
	run: async (world) => {
		const {ingress} = world.answers;
		const {namespace: gatewayNamespace = '', name = ''} = gatewayOf(world.answers) ?? {};
		const facts = {gateway: ingress.gateway ?? '', gatewayNamespace, name};
		const gateway = await findGateway(world, facts);
		if (!gateway) return unseen(facts.gateway);
		const served = await servedBy(world);
		const notReady = readyProblem(gateway, facts);
		const unfit = served.flatMap((one) => listenerProblem(gateway, ingress.listener, one) ?? []);
		refuse([...unfit, ...(notReady && unfit.length === 0 ? [notReady] : [])]);
		const clear = served.flatMap((one) => clearTextListeners(gateway, ingress.listener, one));
		const seen = await reachable(world, gateway, facts);
		const warnings = [...tooOpen(clear, facts.gateway), ...(seen.warnings ?? [])];
		return {...seen, warnings, bad: seen.bad === true || clear.length > 0};
	},
};
