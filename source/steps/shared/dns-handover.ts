import type {Awaited, Handover} from '../../engine/plan.ts';
import {dnsRecords} from '../../network/dns-records.ts';
import type {World} from '../world.ts';
import {pollEveryMs} from './handover.ts';
import {componentsOf} from './names.ts';
import {runPodProbe} from './pod-probe.ts';

const judge = (label: string, found: readonly string[], address: string): Awaited => {
	if (found.includes(address)) return {label, ok: true, note: address};
	return {label, ok: false, note: found.length === 0 ? 'does not exist yet' : `is ${found.join(', ')}, not ${address}`};
};

/** What pods see of the names; nothing when pod checks are off or this is a dry run. */
const fromPod = async (world: World, hosts: readonly string[], address: string): Promise<readonly Awaited[]> => {
	const found = await runPodProbe(world, 'dns', {names: hosts});
	if (!found) return [];
	if (typeof found.error === 'string') return [{label: 'names from a pod', ok: false, note: found.error}];
	return hosts.map((host) => judge(`${host} from a pod`, (found[host] ?? []) as readonly string[], address));
};

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
	// A pod costs seconds: it is asked once this host sees all of them.
	const awaited = here.every(({ok}) => ok) ? [...here, ...(await fromPod(world, hosts, address))] : here;
	if (awaited.every(({ok}) => ok)) return undefined;
	const confirmable = answers.network.dnsHandover === 'confirm';
	return {
		id: 'dns',
		title: 'DNS records for the ingress',
		who: 'network team',
		intro: `These names must lead to the ingress controller at ${address}, for people and for pods. This host asks ${dns.server}.`,
		sections: dnsRecords({names: componentsOf(answers).map(({answers: {host}}) => host), address}),
		awaited,
		pollEveryMs,
		acknowledge: confirmable ? 'The records are made, or are made elsewhere; go on without seeing them.' : undefined,
	};
};
