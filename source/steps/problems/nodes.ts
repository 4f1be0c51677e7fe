import type {ProblemTable} from '../../base/problem-table.ts';

/** Nodes that the pods may not go to. */
export const nodesTable = {
	'nodes-unfit': {
		area: 'prerequisites',
		who: 'cluster admin',
		message: 'No node takes the pods of the {component}.',
		nextSteps: ['kubectl get nodes --show-labels', 'kubectl describe nodes'],
		cases: {
			labels: {
				cause: 'No node has all the labels of {answer}: {labels}.',
				fix: 'Have the labels set on nodes, or correct the answer.',
			},
			taints: {
				cause: 'Each node with these labels carries a taint that the pods do not bear: {taints}.',
				fix: 'Add the taints to the tolerations of the answers, or have them taken from nodes.',
			},
			cordoned: {
				cause: 'Each node that they could go to is cordoned: {nodes}.',
				fix: 'Have nodes put back into service.',
			},
		},
	},
} as const satisfies ProblemTable;
