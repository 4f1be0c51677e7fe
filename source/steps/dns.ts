import type {Awaited, Finding, Handover} from '../engine/plan.ts';
import {dnsRecords} from '../network/dns-records.ts';
import {waitFor} from './shared/handover.ts';
import {ingressAddress, withoutAddress} from './shared/ingress-address.ts';
import {componentsOf} from './shared/names.ts';
import {runPodProbe} from './shared/pod-probe.ts';
import {type Step, shortTimeouts, type World} from './world.ts';

const pollEveryMs = 3000;

const judge = (label: string, found: readonly string[], address: string): Awaited => ({
	label,
	ok: found.includes(address),
	note: found.includes(address)
		? address
		: found.length === 0
			? 'does not exist yet'
			: `is ${found.join(', ')}, not ${address}`,
});

/** Asks for every name, here and from a pod, and says what is still to come; undefined when every name leads to the ingress. */
export const dnsHandover = async (
	world: World,
	hosts: readonly string[],
	address: string,
): Promise<Handover | undefined> => {
	const {answers, dns, signal} = world;
	const here = await Promise.all(
		hosts.map(async (host) => judge(`${host} from this host`, await dns.resolve(host, signal), address)),
	);
	const asked = here.every(({ok}) => ok) ? await runPodProbe(world, 'dns', {names: hosts}) : undefined;
	const inCluster = asked
		? hosts.map((host) => judge(`${host} from a pod`, (asked[host] as readonly string[] | undefined) ?? [], address))
		: [];
	const awaited = [...here, ...inCluster];
	if (awaited.every(({ok}) => ok)) return undefined;
	return {
		id: 'dns',
		title: 'DNS records for the ingress',
		who: 'network team',
		intro: `These names must lead to the ingress controller at ${address}, for people and for pods. This host asks ${dns.server}.`,
		sections: dnsRecords({names: componentsOf(answers).map(({answers: {host}}) => host), address}),
		awaited,
		pollEveryMs,
		acknowledge:
			answers.network.dnsHandover === 'confirm'
				? 'The records are made, or are made elsewhere; go on without seeing them.'
				: undefined,
	};
};

const check = async (world: World): Promise<Finding> => {
	const {answers, acknowledged} = world;
	const address = await ingressAddress(world);
	if (address === undefined) {
		if (world.pass === 'look')
			return {
				status: 'todo',
				changes: [{action: 'wait', target: 'DNS records', detail: 'the address is known once the ingress is there'}],
			};
		return {status: 'blocked', problem: withoutAddress(world)};
	}
	const hosts = componentsOf(answers).map(({answers: {host}}) => host);
	const handover = await dnsHandover(world, hosts, address);
	if (!handover) return {status: 'ok', note: `${hosts.length} names lead to ${address}`};
	if (acknowledged && handover.acknowledge !== undefined)
		return {
			status: 'ok',
			note: 'confirmed by the operator',
			warnings: handover.awaited.filter(({ok}) => !ok).map(({label, note}) => `${label}: ${note}`),
		};
	if (world.pass === 'look')
		return {
			status: 'todo',
			changes: handover.awaited
				.filter(({ok}) => !ok)
				.map(({label, note}) => ({action: 'wait', target: label, detail: note})),
		};
	return waitFor(handover, 'handover-dns');
};

/** Guide step 10: never changed by this tool; the records are handed over, then waited for. */
export const dnsStep: Step = {
	id: 'dns',
	title: 'DNS',
	why: 'People and pods find the servers by name; only your network team can make these records.',
	area: 'people',
	inputs: (answers) => ({
		hosts: componentsOf(answers).map(({answers: {host}}) => host),
		address: answers.ingress.address,
		nameServer: answers.network.nameServer,
		handover: answers.network.dnsHandover,
		podChecks: answers.network.podChecks,
	}),
	timeouts: shortTimeouts,
	check,
};
