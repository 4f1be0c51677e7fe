import type {Answers} from '../../answers/schema.ts';

/** Which cluster the answers name. */
export const clusterChoice = ({kubernetes: {kubeconfig, context}}: Answers) => ({
	...(kubeconfig !== undefined && {kubeconfig}),
	...(context !== undefined && {context}),
});
