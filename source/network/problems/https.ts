import type {ProblemTable} from '../../base/problem-table.ts';

const openPort = 'Check that the ingress controller listens on port {port} there and that no firewall is in between.';
const lookAtPods = 'Look at the pods behind it and their logs.';
const showCertificates = ['openssl s_client -connect {at} -servername {host} -showcerts </dev/null'] as const;

/** Servers that are asked over HTTPS. `place` is the URL of one, and `at` the address that was asked. */
export const httpsTable = {
	'https-body-too-large': {
		area: 'verification',
		message: '{place} answered with more than 1 MiB.',
		cause: 'That is not the answer this tool asked for; something else may listen there.',
		fix: 'Open the address in a browser and see what answers.',
	},
	'https-certificate-expired': {
		area: 'verification',
		message: 'The certificate that {place} shows has expired.',
		fix: 'Have it renewed, and update the TLS secret.',
		nextSteps: showCertificates,
		answers: ['tls.certificate'],
		cases: {
			itself: {cause: 'It was valid until {until}.'},
			'one above it': {cause: 'It is a certificate above it in the chain that has expired.'},
			unseen: {cause: 'The check of its dates says: {words}'},
		},
	},
	'https-certificate-not-yet-valid': {
		area: 'verification',
		message: 'The certificate that {place} shows is not valid yet.',
		fix: 'Check the clock of this host.',
		answers: ['tls.certificate'],
		cases: {
			itself: {cause: 'It is valid from {from}.'},
			unseen: {cause: 'The check of its dates says: {words}'},
		},
	},
	'https-certificate-other-host': {
		area: 'verification',
		message: 'The certificate that {place} shows is not for {host}.',
		fix: 'Serve a certificate with the name {host}, or check that the name leads to the right address.',
		nextSteps: showCertificates,
		answers: ['tls.certificate', 'ingress.address'],
		cases: {
			'other names': {cause: 'It is for {names}.'},
			'no names': {cause: 'It names no host at all; its subject is "{subject}".'},
			unseen: {cause: 'The check of its names says: {words}'},
		},
	},
	'https-certificate-untrusted': {
		area: 'verification',
		message: 'The certificate that {place} shows is not from the given CA.',
		fix: 'Name the CA that signed it in tls.ca, and serve the certificate with its intermediates.',
		nextSteps: showCertificates,
		answers: ['tls.ca', 'tls.certificate'],
		cases: {
			'self-signed': {cause: 'It is self-signed. Its issuer: {issuer}.'},
			'other root': {cause: 'Its chain ends in a root that is not the given CA. Its issuer: {issuer}.'},
			'other CA': {cause: 'Another CA signed it, or an intermediate is missing. Its issuer: {issuer}.'},
			'no root': {cause: 'The given CA file lacks the root of the chain. Its issuer: {issuer}.'},
			'other key': {cause: 'A CA of the same name but with another key signed it. Its issuer: {issuer}.'},
			'not for servers': {
				cause: 'It is not for servers: its key usage does not allow that. Its issuer: {issuer}.',
			},
			'not by a CA': {cause: 'What signed it may not sign certificates. Its issuer: {issuer}.'},
		},
	},
	'https-failed': {
		area: 'verification',
		message: 'The request to {place} failed.',
		cause: 'The error was: {words}',
		fix: 'Try again; if it comes back, look at the ingress controller.',
	},
	'https-host-unknown': {
		area: 'verification',
		who: 'network team',
		message: '{place} cannot be reached.',
		answers: ['ingress.address', 'ingress.httpsPort'],
		cases: {
			'no such name': {
				cause: 'The name {host} does not exist.',
				fix: 'Have the name added to the internal DNS.',
			},
			'no name server': {
				cause: 'No name server answered for {host}.',
				fix: 'Check the name servers of this host.',
			},
		},
	},
	'https-ingress-default-certificate': {
		area: 'verification',
		who: 'cluster admin',
		message: '{place} answers with the built-in certificate of the ingress controller.',
		cause: 'The controller knows no Ingress for {host}, or cannot read the TLS secret it names ("{subject}").',
		fix: 'Check the Ingress, its class and that the TLS secret is in the same namespace.',
		nextSteps: ['kubectl get ingress --all-namespaces', ...showCertificates],
		answers: ['ingress.className', 'tls.secretName'],
	},
	'https-no-tls': {
		area: 'verification',
		message: '{place} does not speak TLS as it should.',
		fix: 'Check ingress.httpsPort, and that the ingress controller ends TLS there.',
		answers: ['ingress.httpsPort', 'ingress.address'],
		cases: {
			'plain text': {cause: 'Something answers in plain text; it may be an HTTP port.'},
			'no handshake': {cause: 'The TLS handshake failed.'},
		},
	},
	'https-reset': {
		area: 'verification',
		who: 'network team',
		message: '{place} cannot be reached.',
		fix: openPort,
		answers: ['ingress.address', 'ingress.httpsPort'],
		cases: {
			handshake: {
				cause: 'It cut the connection during the TLS handshake; a firewall or proxy may inspect TLS.',
			},
			'no answer': {cause: 'It cut the connection before it had answered.'},
		},
	},
	'https-time-out': {
		area: 'verification',
		answers: ['ingress.address', 'ingress.httpsPort'],
		cases: {
			'no packets': {
				who: 'network team',
				message: '{place} cannot be reached.',
				cause: 'It did not answer; a firewall may drop the packets.',
				fix: openPort,
			},
			connection: {
				who: 'network team',
				message: '{place} cannot be reached.',
				cause: 'It did not take the connection; a firewall may drop the packets. Waited {seconds} s.',
				fix: openPort,
			},
			handshake: {
				who: 'network team',
				message: '{place} cannot be reached.',
				cause: 'It took the connection but did not finish the TLS handshake. Waited {seconds} s.',
				fix: openPort,
			},
			answer: {
				message: '{place} does not answer.',
				cause: 'It took the request but did not answer. Waited {seconds} s.',
				fix: lookAtPods,
			},
			body: {
				message: '{place} does not answer.',
				cause: 'It began to answer but did not finish. Waited {seconds} s.',
				fix: lookAtPods,
			},
		},
	},
	'https-unreachable': {
		area: 'verification',
		who: 'network team',
		message: '{place} cannot be reached.',
		fix: openPort,
		answers: ['ingress.address', 'ingress.httpsPort'],
		cases: {
			refused: {cause: 'The host answers, but nothing listens on that port.'},
			'no route to host': {cause: 'There is no route to that host.'},
			'no route to network': {cause: 'There is no route to that network.'},
		},
	},
	'https-url-invalid': {
		area: 'verification',
		who: 'bug',
		message: '{url} cannot be asked over HTTPS.',
		fix: 'Report this to the authors with the saved report.',
		cases: {
			'not https': {cause: 'It is not a URL that starts with https://.'},
			'no CA': {cause: 'No CA certificate was given to check the server with.'},
		},
	},
} as const satisfies ProblemTable;
