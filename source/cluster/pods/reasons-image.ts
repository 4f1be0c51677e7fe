import {plain} from './facts.ts';
import {afterPulls, unlessPassing} from './passing.ts';
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
		code: 'image-registry-busy',
		reasons: pulls,
		message: /toomanyrequests|429 Too Many Requests|HTTP status: 429|status(?: code)?:? 429|pull QPS exceeded/iu,
		facts: (facts) => ({case: 'too many requests', ...facts}),
		stuck: afterPulls(5),
	},
	{
		code: 'image-registry-busy',
		reasons: pulls,
		message:
			/\b50[0234] (?:Internal Server Error|Bad Gateway|Service \S*\s?Unavailable|Gateway Time-?out)|HTTP status:? 5\d\d|status(?: code)?:? 5\d\d|received unexpected HTTP status: 5/iu,
		facts: (facts) => ({case: 'error', ...facts}),
		stuck: afterPulls(5),
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
		message: /not found|manifest unknown|name unknown|repository does not exist|\bstatus(?: code)?:? 404\b/iu,
		facts: plain,
		stuck: true,
	},
	{
		code: 'image-registry-unreachable',
		reasons: pulls,
		message: /no such host/u,
		facts: (facts) => ({case: 'unknown name', ...facts}),
		stuck: true,
	},
	{
		code: 'image-registry-unreachable',
		reasons: pulls,
		message:
			/server misbehaving|[Tt]emporary failure in name resolution|lookup \S+(?: on \S+)?: .*(?:timeout|refused)/u,
		facts: (facts) => ({case: 'no name server', ...facts}),
		stuck: afterPulls(3),
	},
	{
		code: 'image-registry-unreachable',
		reasons: pulls,
		message:
			/i\/o timeout|connection refused|connection reset|no route to host|network is unreachable|deadline exceeded|Client\.Timeout|handshake timeout|dial tcp|EOF|GOAWAY|broken pipe|context canceled/u,
		facts: (facts) => ({case: 'no way', ...facts}),
		stuck: afterPulls(3),
	},
	{
		code: 'node-disk-full',
		reasons: pulls,
		message: /no space left on device|disk quota exceeded/u,
		facts: plain,
		// The node removes images that nobody uses.
		stuck: afterPulls(3),
	},
	{
		code: 'image-signature-refused',
		reasons: [...pulls, 'SignatureValidationFailed'],
		message: /[Ss]ource image rejected|signature (?:was|is) required|SignatureValidationFailed|rejected by policy/u,
		facts: plain,
		stuck: true,
	},
	{
		code: 'image-damaged',
		reasons: pulls,
		message: /unexpected commit digest|wrong diff id|failed to (?:extract layer|register layer)|invalid checksum/u,
		facts: plain,
		stuck: true,
	},
	{
		code: 'image-pull-failed',
		reasons: pulls,
		facts: (facts) => ({case: 'pulled', ...facts}),
		stuck: (symptom) => unlessPassing(symptom) || afterPulls(5)(symptom),
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
