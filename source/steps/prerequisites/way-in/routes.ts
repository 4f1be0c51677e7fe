import {stepProblems} from '../../problems.ts';
import {type Check, refuse} from '../../shared/checks.ts';
import {componentsOf} from '../../shared/names.ts';
import {listIfServed, type Route, routeKind} from '../../shared/way-in/kinds.ts';
import type {World} from '../../world.ts';
import {ingressAnswers} from './answers.ts';

/** Routes of other namespaces that have one of the hosts: a router gives a host to the namespace that had it first. */
const claimed = async (world: World) => {
	const all = await listIfServed<Route>(world, routeKind);
	if (typeof all === 'string') return [];
	return componentsOf(world.answers).flatMap(({answers: {host, namespace}}) => {
		const other = all.find(({spec, metadata}) => spec?.host === host && metadata.namespace !== namespace);
		if (!other) return [];
		const object = `a Route of namespace ${namespace}`;
		const words = `Route ${other.metadata.namespace}/${other.metadata.name} has it.`;
		return [stepProblems.problem('route-refused', {case: 'claimed', host, object, words}, {area: 'prerequisites'})];
	});
};

/** The cluster has Routes, nobody else has the hosts, and the router answers where the answers say. */
export const routesCheck: Check = {
	label: 'Routes',
	asks: 'cluster',
	run: async (world) => {
		const {controlPlane, ingress} = world.answers;
		const own = await listIfServed<Route>(world, {...routeKind, namespace: controlPlane.namespace});
		if (own === 'no such kind') throw stepProblems.error('route-api-missing', {});
		refuse(await claimed(world));
		if (ingress.address === undefined) return {note: 'OpenShift; the router tells its address with the first Route'};
		return {note: `OpenShift, ${(await ingressAnswers(world, {address: ingress.address})).note}`};
	},
};
