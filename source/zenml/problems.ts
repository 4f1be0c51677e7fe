import {declareProblems} from '../base/problem-table.ts';

/** Problems of the product's API, as its servers answer it. */
export const zenmlProblems = declareProblems({
	'zenml-api-error': {
		area: 'verification',
		message: 'The ZenML API refused {method} {url} with status {status}.',
		fix: 'Mend what the server names; its own log (the pods of the release) has more.',
		cases: {
			told: {cause: 'The server said: {words}'},
			untold: {cause: 'The server gave no reason.'},
			'unknown form': {
				who: 'vendor',
				message: 'The answer to {method} {url} has a form that this tool does not know.',
				cause: 'Status {status}; {issues}.',
				fix: 'Check that the product version is one this tool supports; if it is, send this to the authors of the tool.',
			},
		},
	},
	'zenml-api-not-itself': {
		area: 'verification',
		who: 'cluster admin',
		message: '{url} answered with a web page, not with the ZenML API.',
		fix: 'Look at the Ingress of the release: its host must be this host and its path /api must lead to the API service.',
		cases: {
			'no rule': {cause: 'The ingress controller has no rule for this host and path.'},
			'other server': {cause: 'The dashboard or another web server answers under this path.'},
		},
	},
	'zenml-login-refused': {
		area: 'verification',
		message: 'The control plane refused the login of "{username}".',
		answers: ['controlPlane.admin.password'],
		cases: {
			'password to be changed': {
				cause: 'The account must change its password first.',
				fix: 'Log in at the dashboard once, set a new password, and give that one to this tool.',
			},
			'wrong login': {
				cause: 'User name or password is not the one this control plane was installed with.',
				fix: 'Give the password that the control plane has; it is in its release Secret under ZENML_CLOUD_ADMIN_PASSWORD.',
			},
		},
	},
	'zenml-not-ready': {
		area: 'verification',
		who: 'cluster admin',
		message: '{url} is not ready: status {status}.',
		cause: 'The ingress controller knows the host, but no pod behind it is ready.',
		fix: 'Wait for the rollout to finish; look at the pods of the release and their logs.',
	},
	'zenml-dashboard-broken': {
		area: 'verification',
		who: 'cluster admin',
		message: 'The dashboard at {url} does not work in a browser.',
		cases: {
			'other page': {
				cause: 'What answers there is not the dashboard of ZenML.',
				fix: 'Look at the Ingress of the control plane: its host must be this host and its path / must lead to the dashboard service.',
			},
			'no part': {
				cause:
					'Its page is there, but the script that it loads, {part}, is not (status {status}): users see an empty page.',
				fix: 'Look at the paths of the Ingress and at what stands before it: everything but /api must lead to the dashboard service.',
			},
			'from outside': {
				who: 'vendor',
				cause: 'Its page loads its script from {part}, which browsers behind an air gap do not reach.',
				fix: 'Get a bundle whose dashboard brings its scripts along.',
			},
		},
	},
	'zenml-organization-limit': {
		area: 'verification',
		who: 'vendor',
		message: 'The control plane refuses another organization.',
		cause: 'The licence of this installation allows no more organizations than it has.',
		fix: 'Use the name of an organization that exists, or ask the vendor for a licence with more.',
		answers: ['organization.name'],
	},
});

declare module '../base/problem.ts' {
	interface ProblemTables {
		readonly zenml: typeof zenmlProblems.table;
	}
}
