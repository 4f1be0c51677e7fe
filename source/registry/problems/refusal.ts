import type {ProblemTable} from '../../base/problem-table.ts';
import {unused} from './words.ts';

const busy = 'It takes no more requests for now.';
const inTrouble = 'It answers {status}: it, its storage or a proxy before it is in trouble.';

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
		fix: 'Push under another prefix; or have the rule lifted for this repository, where nothing uses the image that is there.',
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
		answers: ['registry.host'],
		cases: {
			OCI: {
				cause:
					'It does not take a manifest of the type {type}: it is too old for OCI images, multi-platform images or this compression of layers.',
				fix: 'Use a registry that speaks the OCI distribution specification 1.0 or newer, or have this one upgraded.',
			},
			Docker: {
				cause: 'It does not take a manifest of the type {type}, which is one of Docker: it takes those of OCI alone.',
				fix: 'Have the types of Docker allowed there: in zot, "http": {"compat": ["docker2s2"]}. This program does not convert images.',
				nextSteps: [
					'Or push a copy with types of OCI, whose digest is another: skopeo copy --format oci docker-archive:FILE docker://{registry}/{repository}:TAG',
				],
			},
		},
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
		fix: 'Have the quota or the disk made larger, then try again: what is already there is not sent twice.',
		answers: ['registry.prefix'],
	},
	'registry-read-only': {
		area: 'registry',
		message: unused,
		cause: 'It is in read-only mode, as during its garbage collection or maintenance.',
		fix: 'Wait until the registry takes uploads again, then try again.',
	},
	'registry-rate-limited': {
		area: 'registry',
		message: unused,
		answers: ['registry.username'],
		cases: {
			push: {
				cause: busy,
				fix: 'Wait some minutes and try again, or have the rate limit for this user raised.',
			},
			pull: {cause: busy, fix: 'Wait some minutes and try again.'},
			'long wait': {
				cause: 'It takes no more requests for now, and asks to wait {seconds} s. So long is not waited here.',
				fix: 'Try again after that time, or have the rate limit for this user raised.',
			},
		},
	},
	'registry-unavailable': {
		area: 'registry',
		message: unused,
		answers: ['registry.host'],
		cases: {
			'long wait': {
				cause: 'It answers {status}, and asks to wait {seconds} s. So long is not waited here.',
				fix: 'Try again after that time; or ask who runs it, or a proxy before it, what it waits for.',
			},
			push: {
				cause: inTrouble,
				fix: 'Look at the logs of the registry, then try again: what is already there is not sent twice.',
			},
			pull: {
				cause: inTrouble,
				fix: 'Wait some minutes and try again; the registry, or a proxy before it, is in trouble.',
			},
		},
	},
	'registry-refused': {
		area: 'registry',
		message: unused,
		answers: ['registry.host'],
		cases: {
			'in words': {
				cause: 'It refuses with status {status}: {words}',
				fix: 'Ask who runs the registry what these words mean there; its logs have more.',
			},
			page: {
				who: 'network team',
				cause: 'It answers {status} with a web page: {words}',
				fix: 'Find out who says so: a proxy or firewall on the way, one before the registry, or another server under that name.',
				nextSteps: ['curl -i {root}/v2/'],
			},
			'proxy login': {
				who: 'network team',
				cause: 'A proxy on the way asks for a login of its own (status 407).',
				fix: 'Put user and password of the proxy into HTTPS_PROXY, or leave the registry out of it with NO_PROXY.',
			},
			'no length': {
				who: 'network team',
				cause:
					'It wants to be told the length of what it is sent (status 411). It was told: a proxy on the way takes that away.',
				fix: 'Have the proxy before the registry pass on the header Content-Length.',
			},
			'not said': {
				cause: 'It answers {status} where a registry says 201 or 202, so it is not known whether it took that.',
				fix: 'Find out what answers there: a proxy before the registry, or another server under that name.',
				nextSteps: ['curl -i {root}/v2/'],
			},
		},
	},
} as const satisfies ProblemTable;
