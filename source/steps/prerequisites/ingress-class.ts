import {stepProblems} from '../problems.ts';
import {type Check, listIfAllowed, type Seen} from '../shared/checks.ts';
import {ingressAnswers} from './ingress-answers.ts';

const unseen = (name: string): Seen => ({
	note: 'not checked: this login may not list ingress classes',
	warnings: [`Ingress class: this login may not list them, so whether there is one called "${name}" was not checked.`],
	bad: true,
});

/** The cluster has the ingress class of the answers, and its controller answers where the answers say. */
export const ingressClass: Check = {
	label: 'Ingress class',
	asks: 'cluster',
	run: async (world) => {
		const {className: name} = world.answers.ingress;
		const classes = await listIfAllowed(world, {apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass'});
		if (!classes) return unseen(name);
		const names = classes.map(({metadata}) => metadata.name);
		const {address} = world.answers.ingress;
		if (names.includes(name) && address === undefined) return {note: name};
		if (names.includes(name) && address !== undefined)
			return {note: `${name}, ${(await ingressAnswers(world, address)).note}`};
		throw names.length === 0
			? stepProblems.error('ingress-class-missing', {case: 'no class', name})
			: stepProblems.error('ingress-class-missing', {case: 'other classes', name, others: names.join(', ')});
	},
};
