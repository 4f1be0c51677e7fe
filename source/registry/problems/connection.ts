import type {ProblemTable} from '../../base/problem-table.ts';
import {ofPeers, pullAgain, sentOnce, unused} from './words.ts';

const closed = 'The connection broke: the registry, a proxy or the network closed it.';
const askForLogs = `${sentOnce} If it comes back, ask for the logs of the registry and of any proxy before it.`;
const silent = 'Nothing moved for {seconds} s while waiting for {awaited}.';
const slow = 'It had begun to answer, but was not done with it after {seconds} s.';

/** Why a host cannot be reached. */
const unreachable = {
	refused: {cause: 'Nothing listens on that port, or a firewall refuses it.'},
	'unknown name': {cause: 'The name is not known to the DNS servers of this host.'},
	'no name server': {cause: 'The DNS servers of this host do not answer.'},
	'no route to host': {cause: 'There is no route to that host.'},
	'no route to network': {cause: 'There is no route to that network.'},
	'no answer': {cause: 'The host did not answer in time; a firewall may drop the packets.'},
} as const;

const namesOfCertificate = 'openssl s_client -connect {address} </dev/null | openssl x509 -noout -ext subjectAltName';

const ofValidity = {
	fix: 'Compare `date -u` with the validity of the certificate; mend the clock or have the certificate renewed.',
	answers: ['registry.host'],
} as const;

/** Problems of the connection: what answers there, or does not. */
export const connectionTable = {
	'registry-unreachable': {
		area: 'registry',
		message: '{subject} cannot be reached (to {what}).',
		fix: 'Check the name and port of the registry, and that this host may connect to it.',
		answers: ['registry.host'],
		cases: {
			...unreachable,
			...ofPeers(unreachable, {fix: 'Check that this host may connect to {address}, and that the address is right.'}),
		},
	},
	'registry-untrusted': {
		area: 'registry',
		message: unused,
		cause: 'Its certificate is signed by an authority that this host does not trust.',
		nextSteps: ['openssl s_client -connect {address} -showcerts </dev/null'],
		answers: ['registry.ca'],
		cases: {
			push: {fix: 'Give the CA certificate (PEM) that signed the certificate of the registry.'},
			pull: {
				fix: 'Give the CA certificate (PEM) that signed it; where a company proxy opens TLS, that is the CA of the proxy.',
			},
			elsewhere: {
				fix: 'Give the CA certificate (PEM) that signed the certificate of {address} as well: one file may hold several.',
			},
		},
	},
	'registry-certificate': {
		area: 'registry',
		message: unused,
		cases: {
			expired: {...ofValidity, cause: 'Its certificate has expired, or the clock of this host is wrong.'},
			'not yet valid': {
				...ofValidity,
				cause: 'Its certificate is not valid yet: the clock of this host is likely behind.',
			},
			'other name': {
				cause: 'Its certificate is made out to another name than the one given here.',
				fix: 'Give the registry by a name that its certificate holds.',
				nextSteps: [namesOfCertificate],
				answers: ['registry.host'],
			},
			'elsewhere: other name': {
				cause: 'Its certificate is made out to another name than the one by which the registry names it.',
				fix: 'Have the registry name it by a name that its certificate holds.',
				nextSteps: [namesOfCertificate],
			},
		},
	},
	'registry-not-tls': {
		area: 'registry',
		message: unused,
		cause: 'It does not speak TLS on that port.',
		fix: 'Give the TLS port of the registry; only a registry on this host may be used over plain HTTP.',
		answers: ['registry.host', 'registry.plainHttp'],
	},
	'registry-wants-tls': {
		area: 'registry',
		message: unused,
		cause: 'It speaks TLS on that port, but plain HTTP was asked for.',
		fix: 'Leave plain HTTP off.',
		answers: ['registry.plainHttp'],
	},
	'registry-client-certificate': {
		area: 'registry',
		message: unused,
		fix: 'Give a client certificate and its key (PEM) that the registry takes; ask its administrator for one.',
		answers: ['registry.clientCertificate', 'registry.clientKey'],
		cases: {
			refused: {
				cause:
					'It, or a proxy before it, asks for a client certificate, and does not take the one given, or none was given.',
			},
			unusable: {
				message: 'The client certificate for the registry {registry} cannot be used.',
				cause: 'Certificate and key do not belong together, the key has a passphrase, or they are not PEM.',
			},
		},
	},
	'registry-line-dropped': {
		area: 'registry',
		who: 'network team',
		message: unused,
		answers: ['registry.host'],
		cases: {
			push: {cause: closed, fix: askForLogs},
			'push in a body': {
				cause: 'The connection broke after {bytes} bytes: the registry, a proxy or the network closed it.',
				fix: askForLogs,
			},
			pull: {cause: closed, fix: pullAgain},
		},
	},
	'registry-stalled': {
		area: 'registry',
		message: unused,
		answers: ['registry.host'],
		cases: {
			'no answer': {
				message: '{subject} does not answer (asked to {what}).',
				cause: 'It takes connections at {address}, but for {seconds} s it did not give {awaited}.',
				fix: 'Have it looked at: whether it works, its load and its storage, and a proxy or load balancer before it.',
				nextSteps: ['curl -i --max-time 30 {root}/v2/'],
			},
			'silent push': {
				cause: silent,
				fix: `${sentOnce} If it comes back, look at the load and the free disk of the registry.`,
			},
			'silent pull': {cause: silent, fix: pullAgain},
			'slow push': {
				cause: slow,
				fix: `${sentOnce} If it comes back, look at the line, and at the load of the registry.`,
			},
			'slow pull': {cause: slow, fix: pullAgain},
		},
	},
	'registry-not-a-registry': {
		area: 'registry',
		message: unused,
		fix: 'Give host and port of the registry itself, without https:// and without a path.',
		nextSteps: ['curl -i {root}/v2/'],
		answers: ['registry.host'],
		cases: {
			'no address': {
				message: '{registry} is not the address of a registry.',
				cause: 'It is not host or host:port.',
				nextSteps: [],
			},
			'no HTTP': {cause: 'What answers there does not speak HTTP.'},
			'no API': {cause: 'There is no /v2/ on it.'},
			page: {cause: 'It answers with a web page.'},
			'odd status': {cause: 'It answers {status} where a registry would not.'},
			'long answer': {cause: 'Its answer is longer than any answer of a registry.'},
			'upload nowhere': {cause: 'It opened an upload but does not say where.'},
			'login nowhere': {cause: 'It names a token server that is no URL.'},
			'no token': {cause: 'The token server {server} answers without a token.'},
			'manifest no JSON': {
				cause: 'Where a manifest was asked for, it answers with something that is no JSON.',
			},
			'manifest no object': {cause: 'Its manifest is no JSON object.'},
			'no tags': {cause: 'It answers without a list of tags.'},
			'too many tags': {cause: 'It lists more tags than any repository has.'},
			'too many attached': {cause: 'It lists more than is ever attached to an image.'},
		},
	},
	'registry-redirects': {
		area: 'registry',
		message: unused,
		fix: 'Give the registry by the name under which it is meant to be used, or have its external URL corrected.',
		answers: ['registry.host'],
		cases: {
			request: {cause: 'It sends {method} requests on to {place} (status {status}).'},
			'request in circles': {cause: 'It sends a request on more than {count} times.'},
			'login in clear': {cause: 'It sends logins to {place}, which is not protected by TLS.'},
			'upload in clear': {cause: 'It sends uploads to {place}, which is not protected by TLS.'},
			'download in clear': {cause: 'It sends the download on to {place}, which is not protected by TLS.'},
			'download nowhere': {cause: 'It sends the download on, but does not say where.'},
			'download in circles': {cause: 'It sends the download on more than {count} times.'},
		},
	},
} as const satisfies ProblemTable;
