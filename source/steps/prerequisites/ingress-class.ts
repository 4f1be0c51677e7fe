import type {KubeObject} from '../../cluster/types.ts';
import {stepProblems} from '../problems.ts';
import {type Check, listIfAllowed, type Seen} from '../shared/checks.ts';
import type {World} from '../world.ts';
import {addressAhead} from './ingress-ahead.ts';
import {ingressAnswers} from './ingress-answers.ts';

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
		const names = classes.map(({metadata}) => metadata.name);
		throw names.length === 0
			? stepProblems.error('ingress-class-missing', {case: 'no class', name})
			: stepProblems.error('ingress-class-missing', {case: 'other classes', name, others: names.join(', ')});
	},
};
