import type {ProblemTable} from '../../base/problem-table.ts';
import {says} from './says.ts';

/** What the API server answered to this program itself, as against what it told a controller that makes pods. */
const asked = {message: 'The cluster at {server} refused to {deed} ({answer}).'} as const;

/** Pods, and objects of this program, that quotas and policies of the cluster do not let in. */
export const admissionTable = {
	'kubernetes-quota': {
		area: 'cluster',
		who: 'cluster admin',
		cases: {
			asked: {
				...asked,
				cause: 'A resource quota of the namespace is used up.',
				fix: 'Have the quota raised, or ask for less CPU and memory.',
			},
			pod: {
				...says('a quota of the namespace is used up'),
				cause: 'The resource quota "{quota}" of the namespace does not allow the pod.',
				fix: 'Have the quota raised, or request less.',
			},
		},
	},
	'kubernetes-pod-security': {
		area: 'cluster',
		who: 'cluster admin',
		cases: {
			asked: {
				...asked,
				cause: "The namespace's Pod Security level does not admit such a pod.",
				fix: 'Have the level of the namespace lowered to what its own words allow; the answers only change the user and group of the pods.',
			},
			level: {
				...says('the namespace does not admit such a pod'),
				cause: 'The Pod Security level "{level}" of the namespace forbids what the pod asks for.',
				fix: 'Have the level of the namespace lowered, or take a bundle whose chart meets it: the answers only change the user and group of the pods.',
			},
			constraint: {
				...says('the namespace does not admit such a pod'),
				cause: 'No pod security policy or security context constraint of the cluster admits what the pod asks for.',
				fix: 'Leave user and group to the cluster with null in podSecurityContext, or have a constraint that admits the pod bound to its service account.',
			},
		},
	},
	'kubernetes-admission-denied': {
		area: 'cluster',
		who: 'cluster admin',
		cases: {
			asked: {
				...asked,
				cause: 'A policy of this cluster refuses the object; its own words are below.',
				fix: 'Ask the owners of that policy for an exception, or change what it complains of.',
			},
			pod: {
				...says('a policy of the cluster refuses the pod'),
				cause: 'The policy behind the webhook "{webhook}" refuses the pod; its own words are below.',
				fix: 'Ask the owners of that policy for an exception, or change what it complains of.',
			},
		},
	},
	'pod-webhook-failed': {
		...says('a webhook of the cluster does not answer'),
		area: 'cluster',
		who: 'cluster admin',
		cause: 'The webhook "{webhook}" must agree to each new pod and does not answer as it should; its words are below.',
		fix: 'Have the service behind that webhook repaired; the cluster tries again by itself.',
	},
	'kubernetes-limit-range': {
		...says('a LimitRange of the namespace forbids it'),
		area: 'cluster',
		cause: 'The namespace limits CPU or memory of a single pod to less, or more, than this one asks for.',
		fix: 'Change requests and limits to what the message allows.',
	},
	'pod-service-account-missing': {
		...says('its service account is missing'),
		area: 'cluster',
		cause: 'The service account "{account}" does not exist in the namespace.',
		fix: 'Run the step again that installs this release.',
	},
	'pod-not-created': {
		...says('the pod cannot be created'),
		area: 'cluster',
		who: 'cluster admin',
		cause: 'The cluster does not create the pod; its own words are below.',
		fix: 'Ask the cluster admin about this message.',
	},
} as const satisfies ProblemTable;
