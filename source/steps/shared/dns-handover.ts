import type {Awaited, Handover} from '../../engine/plan.ts';
import {hostsOf} from '../handover/ca.ts';
import {dnsPackOf} from '../handover/dns.ts';
import type {World} from '../world.ts';
import {pollEveryMs} from './handover.ts';
import {leadsHere} from './leads-here.ts';
import {runPodProbe} from './pod-probe.ts';

/** How one name stands: where it leads, and whether that is here. */
const judge = async (
	world: World,
	{
		host,
		from,
		found,
		address,
	}: {
		readonly host: string;
		readonly from: string;
		readonly found: readonly string[];
		readonly address: string;
	},
): Promise<Awaited> => {
	const label = `${host} from ${from}`;
	if (found.includes(address)) return {label, ok: true, note: address};
	if (found.length === 0) return {label, ok: false, note: 'does not exist yet'};
	const there = found.join(', ');
	if (await leadsHere(world, host, found))
		return {label, ok: true, note: `${there}, where this installation answers too`};
	return {label, ok: false, note: `is ${there}, not ${address}, and this installation does not answer there`};
};

/** What pods see of the names; nothing when pod checks are off or this is a dry run. */
const fromPod = async (world: World, hosts: readonly string[], address: string): Promise<readonly Awaited[]> => {
	const seen = await runPodProbe(world, 'dns', {names: hosts});
	if (!seen) return [];
	if (typeof seen.error === 'string') return [{label: 'names from a pod', ok: false, note: seen.error}];
	return Promise.all(
		hosts.map(async (host) => {
			const found = (seen[host] ?? []) as readonly string[];
			return judge(world, {host, from: 'a pod', found, address});
		}),
	);
};

/** Where only some names are waited for here, the others are asked for now all the same: their team is called once. */
const laterNames = (world: World, hosts: readonly string[]): readonly string[] => {
	const all = [...new Set(hostsOf(world))];
	if (all.every((host) => hosts.includes(host))) return [];
	return [
		`Have all of these made now, in one go: ${all.join(', ')}. This step waits for ${hosts.join(', ')} alone; the step DNS looks for all of them.`,
	];
};

/** Asks for every name, here and from a pod, and says what is still to come; undefined when every name leads to the ingress, or to what stands in front of it. */
export const dnsHandover = async (
	world: World,
	hosts: readonly string[],
	address: string,
): Promise<Handover | undefined> => {
	const {answers, dns, signal} = world;
	const here = await Promise.all(
		hosts.map(async (host) => {
			const found = await dns.resolve(host, signal);
			return judge(world, {host, from: 'this host', found, address});
		}),
	);
	// A pod costs seconds: it is asked once this host sees all of them.
	const awaited = here.every(({ok}) => ok) ? [...here, ...(await fromPod(world, hosts, address))] : here;
	for (const {label, note} of awaited.filter(({ok, note}) => ok && note !== address))
		world.report({kind: 'line', level: 'info', text: `${label}: ${note}`});
	if (awaited.every(({ok}) => ok)) return undefined;
	const confirmable = answers.network.dnsHandover === 'confirm';
	const pack = dnsPackOf(world, address);
	return {
		...pack,
		intro: [pack.intro, ...laterNames(world, hosts)].join(' '),
		awaited,
		pollEveryMs,
		acknowledge: confirmable ? 'The records are made, or are made elsewhere; go on without seeing them.' : undefined,
	};
};
