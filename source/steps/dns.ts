import {counted} from '../base/text.ts';
import type {Finding} from '../engine/plan.ts';
import {dnsHandover} from './shared/dns-handover.ts';
import {handOver} from './shared/handover.ts';
import {ingressAddress, withoutAddress} from './shared/ingress-address.ts';
import {componentsOf} from './shared/names.ts';
import {type Step, shortTimeouts, type World} from './world.ts';

/** Without an address nobody can be asked for records; before the install there is none. */
const noAddress = (world: World): Finding => {
	if (world.pass !== 'look') return {status: 'blocked', problem: withoutAddress(world)};
	const detail = 'the address is known once the ingress is there';
	return {status: 'todo', changes: [{action: 'wait', target: 'DNS records', detail, who: 'network team'}]};
};

const check = async (world: World): Promise<Finding> => {
	const address = await ingressAddress(world);
	if (address === undefined) return noAddress(world);
	const hosts = componentsOf(world.answers).map(({answers: {host}}) => host);
	const handover = await dnsHandover(world, hosts, address);
	if (!handover) return {status: 'ok', note: `${counted(hosts.length, 'name leads', 'names lead')} to ${address}`};
	return handOver(world, handover, 'handover-dns');
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
		kind: answers.ingress.kind,
		gateway: answers.ingress.gateway,
		nameServer: answers.network.nameServer,
		handover: answers.network.dnsHandover,
		podChecks: answers.network.podChecks,
	}),
	timeouts: shortTimeouts,
	check,
};
