import {stepProblems} from '../problems.ts';
import type {Check} from '../shared/checks.ts';

/** The cluster has the ingress class of the answers. */
export const ingressClass: Check = {
	label: 'Ingress class',
	run: async ({cluster, answers, signal}) => {
		const {className: name} = answers.ingress;
		const classes = await cluster.list({apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass'}, signal);
		const names = classes.map(({metadata}) => metadata.name);
		if (names.includes(name)) return {note: name};
		throw names.length === 0
			? stepProblems.error('ingress-class-missing', {case: 'no class', name})
			: stepProblems.error('ingress-class-missing', {case: 'other classes', name, others: names.join(', ')});
	},
};
