import type {ProblemTable} from '../../base/problem-table.ts';

/** Releases and servers of the product that do not become what they should be. */
export const serversTable = {
	'ingress-without-address': {
		area: 'cluster',
		who: 'cluster admin',
		message: 'The ingress has no address yet.',
		fix: 'Try again in a minute. If it stays so, give the address yourself.',
		answers: ['ingress.address'],
		cases: {
			ingress: {
				cause: 'The ingress controller for class {className} wrote none into the status of the Ingress.',
				nextSteps: ['kubectl -n {namespace} get ingress'],
			},
			gateway: {
				message: 'The Gateway {namespace}/{name} has no address yet.',
				cause: 'Its controller wrote none into its status, or a name that the name server does not know.',
				nextSteps: ['kubectl -n {namespace} get gateway {name} -o yaml'],
			},
			route: {
				message: 'The router has no address yet.',
				cause: 'No Route tells the name of a router that took it, or the name server does not know that name.',
				nextSteps: ['kubectl -n {namespace} get route -o yaml'],
			},
		},
	},
	'control-plane-not-installed': {
		area: 'cluster',
		message: 'The control plane is not installed.',
		fix: 'Run the install: what is done already is only looked at.',
		cases: {
			absent: {
				cause: 'Helm knows no release {release} in the namespace {namespace}.',
				nextSteps: ['helm -n {namespace} list --all'],
			},
			begun: {
				message: 'The control plane was not brought to its end.',
				cause:
					'Its release {release} in the namespace {namespace} was begun, or failed, and nothing serves its name: what stands on it cannot be looked at.',
				fix: 'Run the install again: it goes on there.',
				nextSteps: ['helm -n {namespace} status {release}', 'kubectl -n {namespace} get pods'],
			},
		},
	},
	'zenml-role-missing': {
		area: 'verification',
		message: 'The control plane has no role "{role}".',
		cause: 'It has: {roles}.',
		fix: 'Name one of these in organization.users.',
		answers: ['organization.users'],
	},
	'zenml-organization-missing': {
		area: 'verification',
		message: 'The control plane has no organization "{organization}".',
		cause: 'The step "onboarding" has not run, or the organization was deleted since.',
		fix: 'Run the install from the step "onboarding".',
		answers: ['organization.name'],
	},
	'zenml-enrollment-unknown': {
		area: 'verification',
		message: 'The control plane does not know the workspace "{workspace}" that was enrolled before.',
		cause:
			"Its id {id} is stored in the cluster, but the control plane's database has no such workspace: it was deleted there, or the database was replaced.",
		fix: "Restore the control plane's database, or remove the stored enrollment to enroll the workspace anew.",
	},
	'zenml-workspace-exists': {
		area: 'verification',
		message: 'The control plane has a workspace "{workspace}" that this tool did not enroll.',
		cause: 'It is available, so a server answers for it; its enrollment key cannot be asked for again.',
		fix: 'Give this workspace another name, or go on with what this tool kept of it.',
		answers: ['workspaces'],
		nextSteps: [
			'where it is yours and the Secret of generated values was lost: restore that Secret from your backup, it holds the key',
			'where there is no backup: delete the workspace at the control plane, then run again; its database stays, its server gets a new id and key',
		],
	},
	'verification-failed': {
		area: 'verification',
		cases: {
			several: {
				message: '{count} of {checks} checks failed: {shares}.',
				cause: 'They are: {list}',
				fix: 'Mend each of them, or have it mended, then try again.',
			},
			'other workspace': {
				message: 'Workspace {workspace} answers, but is not what was asked for.',
				cause: 'What it says of itself: {wrong}.',
				fix: 'Run the install again: it writes the right values. If it stays, the chart ignores them.',
			},
			'images from outside': {
				message: 'Pods of the {component} use images from outside.',
				cause: 'They run: {images}',
				fix: 'Have the chart or the bundle mended: these images cannot be pulled once they leave the nodes.',
			},
			'other images': {
				message: 'Pods of the {component} run other images than those of the bundle.',
				cause:
					'What the nodes have under these names has another digest: {images}. A tag was moved at the registry, or a node kept an older image.',
				fix: 'Find out who pushed to these tags, run the install again from the step "images", remove the images from the nodes, and delete the pods.',
			},
		},
	},
} as const satisfies ProblemTable;
