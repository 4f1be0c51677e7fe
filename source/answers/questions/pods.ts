import {advanced, type Question} from './types.ts';

/** The questions about the pods of one component; `at` is `controlPlane` or `workspaces.*`. */
export const podQuestions = (at: string): readonly Question[] => [
	advanced(`${at}.replicas`, 'Server pods', 'More than one keeps the server up while a node or a pod goes down.', {
		example: '2',
	}),
	advanced(
		`${at}.resources.requests.cpu`,
		'CPU request',
		'The scheduler only picks a node that has this much CPU free.',
	),
	advanced(
		`${at}.resources.requests.memory`,
		'Memory request',
		'The scheduler only picks a node that has this much memory free.',
	),
	advanced(`${at}.resources.limits.cpu`, 'CPU limit', 'The pod is slowed down when it wants more CPU than this.'),
	advanced(`${at}.resources.limits.memory`, 'Memory limit', 'The pod is ended when it takes more memory than this.'),
	advanced(
		`${at}.podSecurityContext.runAsNonRoot`,
		'Refuse to run as root',
		'Clusters with the restricted pod security standard demand it.',
	),
	advanced(
		`${at}.podSecurityContext.runAsUser`,
		'User ID',
		'The processes run as this user. Type null where the cluster hands out user IDs of its own, as OpenShift does.',
	),
	advanced(
		`${at}.podSecurityContext.fsGroup`,
		'Group ID of volumes',
		'Mounted files belong to this group. Type null where the cluster hands out groups of its own.',
	),
	advanced(
		`${at}.podDisruptionBudget.enabled`,
		'Pod disruption budget',
		'Keeps pods up while nodes are drained. It needs more than one server pod to be of use.',
	),
	advanced(
		`${at}.podDisruptionBudget.minAvailable`,
		'Pods that stay up',
		'A node drain waits rather than going below this number. Keep it below the number of server pods.',
	),
	advanced(`${at}.nodeSelector`, 'Nodes for the pods', 'The pods only run on nodes with these labels.'),
	advanced(`${at}.tolerations`, 'Taints the pods bear', 'The pods may run on nodes with these taints.'),
	advanced(
		`${at}.spread`,
		'Keep pods apart',
		'The scheduler prefers nodes, or zones, that have no server pod of this component yet.',
	),
	advanced(
		`${at}.helmValues`,
		'Further chart values',
		'A YAML file for what no answer can say. It is laid over what the answers make, and may not undo it.',
	),
];
