import type {ProblemTable} from '../../base/problem-table.ts';
import {unused} from './words.ts';

/** What a registry does not do, though it could. */
export const refusalTable = {
	'registry-path-refused': {
		area: 'registry',
		message: unused,
		cause:
			'It does not take {repository} as a repository: it wants a project in front, or allows fewer parts than that.',
		fix: 'Give a prefix that fits: PROJECT for Harbor, an organization for Quay, the key of a Docker repository for Artifactory.',
		answers: ['registry.prefix'],
	},
	'registry-takes-no-push': {
		area: 'registry',
		message: unused,
		cause:
			'It takes no push to {repository}: it is likely a cache or a group of other registries, or a proxy lets reading through only.',
		fix: 'Push to the registry (or hosted repository) behind it; where that has a name of its own, give it as the push host.',
		answers: ['registry.pushHost', 'registry.host', 'registry.prefix'],
	},
	'registry-tag-immutable': {
		area: 'registry',
		message: unused,
		cause: 'Tags in {repository} cannot be moved, and this tag stands for another image there.',
		fix: 'If the image there is the wrong one, have that tag deleted or the rule lifted for this repository; or push under another prefix.',
		nextSteps: [
			'Harbor: project, Policy, Tag Immutability. Nexus: deployment policy of the repository. ECR: tag mutability.',
		],
		answers: ['registry.prefix'],
	},
	'registry-policy': {
		area: 'registry',
		message: unused,
		cause:
			'A policy of the project of {repository} keeps the image from being pulled, after a scan or for want of a signature.',
		fix: 'Have the image allowed in the project, or the policy lifted: nodes would be refused in the same way.',
		nextSteps: [
			'Harbor: project, Configuration, "Prevent vulnerable images from running" and "Cosign"; an allowlist is beside them.',
		],
		answers: ['registry.prefix'],
	},
	'registry-manifest-refused': {
		area: 'registry',
		message: unused,
		cause:
			'It does not take a manifest of this kind: it is too old for OCI images, multi-platform images or this compression of layers.',
		fix: 'Use a registry that speaks the OCI distribution specification 1.0 or newer, or have this one upgraded.',
		answers: ['registry.host'],
	},
	'registry-too-large': {
		area: 'registry',
		who: 'network team',
		message: unused,
		cause: 'A layer is larger than a proxy before the registry, or the registry itself, lets through.',
		fix: 'Have the limit lifted: in nginx `client_max_body_size 0`, in an ingress the annotation `nginx.ingress.kubernetes.io/proxy-body-size: "0"`.',
		answers: ['registry.host'],
	},
	'registry-quota': {
		area: 'registry',
		message: unused,
		cause: 'Its storage, or the quota of the project, is used up.',
		fix: 'Have the quota raised or old images removed, then start again: what is already there is not sent twice.',
		answers: ['registry.prefix'],
	},
	'registry-read-only': {
		area: 'registry',
		message: unused,
		cause: 'It is in read-only mode, as during its garbage collection or maintenance.',
		fix: 'Wait until the registry takes uploads again, then start again.',
	},
	'registry-rate-limited': {
		area: 'registry',
		message: unused,
		cause: 'It takes no more requests for now.',
		answers: ['registry.username'],
		cases: {
			push: {fix: 'Wait some minutes and start again, or have the rate limit for this user raised.'},
			pull: {fix: 'Wait some minutes and start again.'},
		},
	},
	'registry-unavailable': {
		area: 'registry',
		message: unused,
		cause: 'It answers {status}: it, its storage or a proxy before it is in trouble.',
		answers: ['registry.host'],
		cases: {
			push: {
				fix: 'Look at the logs of the registry, then start again: what is already there is not sent twice.',
			},
			pull: {fix: 'Wait some minutes and start again; the registry, or a proxy before it, is in trouble.'},
		},
	},
} as const satisfies ProblemTable;
