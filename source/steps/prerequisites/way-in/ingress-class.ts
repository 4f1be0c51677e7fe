import type {KubeObject} from '../../../cluster/types.ts';
import {stepProblems} from '../../problems.ts';
import {type Check, listIfAllowed, type Seen} from '../../shared/checks.ts';
import {listIfServed, routeKind} from '../../shared/way-in/kinds.ts';
import type {World} from '../../world.ts';
import {ingressAnswers} from './answers.ts';
import {addressAhead} from './ingress-ahead.ts';

const unseen = (name: string): Seen => ({
	note: 'not checked: this login may not list ingress classes',
	warnings: [`Ingress class: this login may not list them, so whether there is one called "${name}" was not checked.`],
	bad: true,
});

/** The controller is tried where the answers say, else where the cluster says; where nobody says, after the install. */
const reachable = async (world: World, ingressClass: KubeObject): Promise<Seen> => {
	const {address: given} = world.answers.ingress;
	const place = given === undefined ? await addressAhead(world, ingressClass) : {address: given};
	const {name} = ingressClass.metadata;
	return {note: place === undefined ? name : `${name}, ${(await ingressAnswers(world, place)).note}`};
};

/** OpenShift: it has Routes, whether this login may see them or not. */
const servesRoutes = async (world: World): Promise<boolean> =>
	(await listIfServed(world, {...routeKind, namespace: world.answers.controlPlane.namespace})) !== 'no such kind';

/** The cluster has the ingress class of the answers, and its controller answers where it is said to. */
export const ingressClass: Check = {
	label: 'Ingress class',
	asks: 'cluster',
	run: async (world) => {
		const {className: name} = world.answers.ingress;
		const classes = await listIfAllowed(world, {apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass'});
		if (!classes) return unseen(name);
		const found = classes.find(({metadata}) => metadata.name === name);
		if (found) return reachable(world, found);
		const others = classes.map(({metadata}) => metadata.name).join(', ');
		const hasRoutes = await servesRoutes(world);
		throw others === ''
			? stepProblems.error('ingress-class-missing', {case: hasRoutes ? 'no class, routes' : 'no class', name})
			: stepProblems.error('ingress-class-missing', {
					case: hasRoutes ? 'other classes, routes' : 'other classes',
					name,
					others,
				});
	},
};
