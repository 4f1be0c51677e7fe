import {onlyOf, plain} from './facts.ts';
import {unlessPassing} from './passing.ts';
import type {Row} from './types.ts';

const creations = ['FailedCreate', 'ReplicaFailure'];

/**
 * Pods that are not let in, and Jobs that failed. Messages of kube-apiserver, its admission plug-ins, and the Job
 * controller.
 */
export const admissionReasons: readonly Row[] = [
	{
		code: 'kubernetes-quota',
		reasons: creations,
		message: /exceeded quota: ([^,]+)|failed quota: ([^:]+)/u,
		facts: (facts, found) => ({case: 'pod', ...facts, quota: onlyOf(found)}),
		answers: ['resources'],
		stuck: true,
	},
	{
		code: 'kubernetes-pod-security',
		reasons: creations,
		message: /violates PodSecurity "([^"]+)"/u,
		facts: (facts, [level = '']) => ({case: 'level', ...facts, level}),
		answers: ['podSecurityContext'],
		stuck: true,
	},
	{
		code: 'kubernetes-pod-security',
		reasons: creations,
		message: /unable to validate against any (?:pod security policy|security context constraint)/u,
		facts: (facts) => ({case: 'constraint', ...facts}),
		answers: ['podSecurityContext'],
		stuck: true,
	},
	{
		code: 'pod-service-account-missing',
		reasons: creations,
		message: /serviceaccount "([^"]+)" not found|service account "?([^\s":]+)"? not found/u,
		facts: (facts, found) => ({...facts, account: onlyOf(found)}),
		stuck: true,
	},
	{
		code: 'kubernetes-limit-range',
		reasons: creations,
		message: /minimum \S+ usage per|maximum \S+ usage per|LimitRange/u,
		facts: plain,
		answers: ['resources'],
		stuck: true,
	},
	{
		code: 'kubernetes-admission-denied',
		reasons: creations,
		message: /admission webhook "([^"]+)" denied/u,
		facts: (facts, [webhook = '']) => ({case: 'pod', ...facts, webhook}),
		stuck: true,
	},
	{
		code: 'pod-webhook-failed',
		reasons: creations,
		message: /failed calling webhook "([^"]+)"/u,
		facts: (facts, [webhook = '']) => ({...facts, webhook}),
		stuck: unlessPassing,
	},
	{
		code: 'pod-not-created',
		reasons: creations,
		message: /because it is being terminated/u,
		facts: plain,
		stuck: true,
	},
	{
		code: 'pod-not-created',
		reasons: creations,
		facts: plain,
		stuck: unlessPassing,
	},
	{
		code: 'job-failed',
		reasons: ['BackoffLimitExceeded', 'PodFailurePolicy', 'JobFailed'],
		facts: plain,
		stuck: true,
	},
];
