import {stepProblems} from '../problems.ts';
import {type Check, listIfAllowed, type Seen} from '../shared/checks.ts';

const unseen = (name: string): Seen => ({
	note: 'not checked: this login may not list ingress classes',
	warnings: [`Ingress class: this login may not list them, so whether there is one called "${name}" was not checked.`],
	bad: true,
});

/** The cluster has the ingress class of the answers. */
export const ingressClass: Check = {
	label: 'Ingress class',
	asks: 'cluster',
	run: async (world) => {
		const {className: name} = world.answers.ingress;
		const classes = await listIfAllowed(world, {apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass'});
		if (!classes) return unseen(name);
		const names = classes.map(({metadata}) => metadata.name);
		if (names.includes(name)) return {note: name};
		throw names.length === 0
			? stepProblems.error('ingress-class-missing', {case: 'no class', name})
			: stepProblems.error('ingress-class-missing', {case: 'other classes', name, others: names.join(', ')});
	},
};
