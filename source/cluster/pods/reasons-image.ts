import {plain} from './facts.ts';
import type {Row} from './types.ts';

const pulls = ['ErrImagePull', 'ImagePullBackOff', 'RegistryUnavailable'];

/** Pulls that fail. Messages as containerd, CRI-O and the registry words they pass on write them. */
export const imageReasons: readonly Row[] = [
	{
		code: 'image-registry-untrusted',
		reasons: pulls,
		message:
			/x509: certificate signed by unknown authority|tls: failed to verify certificate: x509: .*unknown authority/u,
		facts: plain,
		stuck: true,
	},
	{
		code: 'image-registry-certificate',
		reasons: pulls,
		message: /x509: (certificate (has expired|is valid for|is not valid)|cannot validate certificate)/u,
		facts: plain,
		stuck: true,
	},
	{
		code: 'image-registry-plain-http',
		reasons: pulls,
		message: /server gave HTTP response to HTTPS client/u,
		facts: plain,
		stuck: true,
	},
	{
		code: 'image-wrong-platform',
		reasons: pulls,
		message: /no match for platform|does not match the specified platform/u,
		facts: (facts) => ({case: 'no variant', ...facts}),
		stuck: true,
	},
	{
		code: 'image-unauthorized',
		reasons: pulls,
		message:
			/unauthorized|authentication required|no basic auth credentials|pull access denied|requested access to the resource is denied|403 Forbidden|401 Unauthorized|insufficient_scope/iu,
		facts: plain,
		stuck: ({pulledTooSoon}) => !pulledTooSoon,
	},
	{
		code: 'image-not-found',
		reasons: pulls,
		message: /not found|manifest unknown|name unknown|repository does not exist|404/iu,
		facts: plain,
		stuck: true,
	},
	{
		code: 'image-registry-unreachable',
		reasons: pulls,
		message: /no such host|server misbehaving/u,
		facts: (facts) => ({case: 'unknown name', ...facts}),
		stuck: true,
	},
	{
		code: 'image-registry-unreachable',
		reasons: pulls,
		message:
			/i\/o timeout|connection refused|connection reset|no route to host|network is unreachable|deadline exceeded|Client\.Timeout|dial tcp/u,
		facts: (facts) => ({case: 'no way', ...facts}),
		stuck: true,
	},
	{
		code: 'node-disk-full',
		reasons: pulls,
		message: /no space left on device/u,
		facts: plain,
		stuck: true,
	},
	{
		code: 'image-pull-failed',
		reasons: pulls,
		facts: (facts) => ({case: 'pulled', ...facts}),
		stuck: true,
	},
	{
		code: 'image-pull-failed',
		reasons: ['ErrImageNeverPull'],
		facts: (facts) => ({case: 'never', ...facts}),
		stuck: true,
	},
	{
		code: 'image-name-invalid',
		reasons: ['InvalidImageName'],
		facts: plain,
		stuck: true,
	},
];
