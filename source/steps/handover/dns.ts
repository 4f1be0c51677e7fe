import {isAbort, toProblem} from '../../base/problem.ts';
import {dnsPack} from '../../handover/dns/index.ts';
import type {Pack} from '../../handover/pack.ts';
import {ingressAddress, withoutAddress} from '../shared/ingress-address.ts';
import type {World} from '../world.ts';
import {hostsOf} from './ca.ts';
import {askingOf, type Gathered} from './gathered.ts';

/** Life of the records, seconds: short enough that a wrong one is gone the same night. */
const ttl = 300;

/** What serves the hosts, in the words of who keeps it. */
const servers = {ingress: 'the ingress controller', gateway: 'the Gateway', route: 'the router'} as const;

/** Records lead to the ingress or to what stands in front of it: who makes them must not be sent to change right ones. */
const introOf = ({answers, dns}: World, address: string | undefined): string => {
	const asked = `The jump host asks ${dns.servers.join(', ') || 'no name server'}.`;
	const server = servers[answers.ingress.kind];
	if (address === undefined)
		return `These names must lead to ${server}, for people and for pods; its address is not known yet. ${asked}`;
	if (answers.ingress.address !== undefined)
		return `These names must lead to ${address}, which the answers name as the address of the ingress (ingress.address), for people and for pods. ${asked}`;
	return `These names must lead to ${server} at ${address}, or to a load balancer in front of it (the operator then gives ingress.address), for people and for pods. ${asked}`;
};

/** The papers of the network team for the records. @param address of what serves the hosts, where it is known */
export const dnsPackOf = (world: World, address: string | undefined): Pack =>
	dnsPack(
		{
			names: hostsOf(world),
			...{address, ttl},
			server: world.answers.network.nameServer,
			servedBy: servers[world.answers.ingress.kind],
			intro: introOf(world, address),
		},
		askingOf(world),
	);

/** The same at any time; without an address where the cluster does not tell one. */
export const gatherDns = async (world: World): Promise<Gathered> => {
	const server = servers[world.answers.ingress.kind];
	const without = (reason: string): Gathered => ({
		pack: dnsPackOf(world, undefined),
		lacks: [
			`The records stand without an address: ${reason} Give it with --set ingress.address=ADDRESS, or ask again once ${server} is there.`,
		],
	});
	try {
		const address = await ingressAddress(world);
		if (address === undefined) return without(withoutAddress(world).message);
		return {pack: dnsPackOf(world, address), lacks: []};
	} catch (error) {
		if (isAbort(error)) throw error;
		const {message} = toProblem(error);
		return {...without(message), unasked: message};
	}
};
