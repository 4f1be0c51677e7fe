import type {ProblemTable} from '../../base/problem-table.ts';

/**
 * Certificates and keys in files: what the operator mends by another file is of the area `usage`, what only a new certificate mends is not.
 * `what` is what a file should hold, and `answer` the answer that names it. */
export const certificateTable = {
	'tls-ca-is-no-ca': {
		area: 'usage',
		message: 'The CA file {file} holds a certificate that is not of a CA.',
		cause: '"{subjects}" may not sign certificates (basic constraints).',
		fix: 'Name the certificate of the CA itself, not that of a server.',
		answers: ['tls.ca'],
	},
	'tls-certificate-of-openssl': {
		area: 'usage',
		message: 'The {what} file {file} holds a certificate in a form of OpenSSL alone.',
		cause: 'It is labelled TRUSTED CERTIFICATE; Python, Go and browsers pass over it.',
		fix: 'Convert it: openssl x509 -in {$file} -out {$file}.pem',
	},
	'tls-chain-not-to-ca': {
		area: 'usage',
		message: 'The certificate {file} does not lead to the CA {ca}.',
		fix: 'Append the missing intermediate certificates to {file}, or name the CA that signed it.',
		answers: ['tls.certificate', 'tls.ca'],
		cases: {
			'other name': {cause: 'It leads to the issuer "{issuer}"; the CA file holds "{subjects}".'},
			'same name': {
				cause: 'It leads to the issuer "{issuer}"; the CA file holds "{subjects}", of that name but with another key.',
			},
			'may not sign': {
				cause:
					'It is signed by "{issuer}" in the CA file, whose key usage does not let it sign, or which has another key identifier.',
				fix: 'Name a certificate of that CA that may sign certificates (keyCertSign).',
			},
		},
	},
	'tls-chain-order': {
		area: 'usage',
		message: 'The certificates in {file} are in the wrong order.',
		cause: 'Each must be followed by its issuer. Right: {path}.',
		fix: 'Put the server certificate first, then its issuer, and so on; leave unrelated certificates out.',
		answers: ['tls.certificate'],
	},
	'tls-clients-refuse': {
		area: 'prerequisites',
		who: 'PKI team',
		message: 'Clients refuse the certificate {file}.',
		answers: ['tls.certificate', 'tls.ca'],
		cases: {
			'kind of key': {
				cause: 'The key of "{subject}" is of the kind {kind}, which clients do not take.',
				fix: 'Have it issued for a new key: RSA 2048 or longer, or EC P-256.',
			},
			'short key of the CA': {
				cause: 'The key of the CA "{subject}" above it is RSA with {bits} bits; clients refuse fewer than {least}.',
				fix: 'Have it issued by a CA with a longer key.',
			},
			'old signature': {
				cause: '"{subject}" is signed with {algorithm}, which can be forged.',
				fix: 'Have it issued anew, signed with SHA-256.',
			},
			'name constraints': {
				cause: 'A CA above it may not issue for all of its names: {words}.',
				fix: 'Have it issued by a CA whose name constraints let it, and for no further names.',
			},
			'path length': {
				cause: 'A CA above it allows fewer intermediate CAs than stand between them: {words}.',
				fix: 'Have it issued by a CA that is allowed to issue, or have that limit changed.',
			},
			purpose: {
				cause: 'It, or a CA above it, is not for TLS servers by its key usages: {words}.',
				fix: 'Have it issued with the profile for web servers, by a CA that is not limited to other uses.',
			},
			weak: {
				cause: 'A key or signature is weaker than clients allow: {words}.',
				fix: 'Have it issued anew, for a key of RSA 2048 or EC P-256 and signed with SHA-256.',
			},
			other: {
				cause: 'A server with this certificate was tried on this host, and its client said: {words}',
				fix: 'Have those who issued the certificate look at these words.',
			},
		},
	},
	'tls-expired': {
		area: 'prerequisites',
		who: 'PKI team',
		message: 'The certificate "{subject}" in {file} has expired.',
		cause: 'It was valid until {until}.',
		fix: 'Have it renewed.',
	},
	'tls-file-damaged': {
		area: 'usage',
		fix: 'Copy the file again; lines may be missing or changed.',
		cases: {
			certificate: {
				message: 'The {what} file {file} is damaged.',
				cause: 'A certificate in it cannot be decoded: {words}',
			},
			key: {message: 'The private key {file} is damaged.', cause: 'It cannot be decoded.'},
		},
	},
	'tls-file-not-pem': {
		area: 'usage',
		message: 'The {what} file {file} is not in PEM form.',
		cases: {
			'cut off': {
				cause: 'It begins a PEM block that does not end; the file may be cut off.',
				fix: 'Copy the file again.',
			},
			glued: {
				cause: 'In line {line} one block ends and the next begins; strict readers find neither.',
				fix: 'Put a line break between -----END ...----- and -----BEGIN ...----- in line {line}.',
			},
			boundary: {
				cause: 'In line {line} a BEGIN or END mark is damaged, or not alone on its line.',
				fix: 'Put -----BEGIN ...----- and -----END ...----- on lines of their own, with five dashes on either side.',
			},
			'no beginning': {
				cause: 'In line {line} a block ends that never began; the beginning may be missing.',
				fix: 'Copy the file again.',
			},
			'other end': {
				cause: 'In line {line} a block ends under another name than it began with.',
				fix: 'Copy the file again.',
			},
			'UTF-16': {
				cause: 'Its text is in UTF-16, as some Windows programs write it.',
				fix: 'Convert it: iconv -f UTF-16 -t ASCII {$file} > {$file}.pem',
			},
			HTML: {
				cause: 'It is a web page; a login page may have been saved in the place of the file.',
				fix: 'Fetch the file again, and look into it.',
			},
			'base64 alone': {
				cause: 'It holds base64 without the lines around it.',
				fix: 'Decode it, then convert it: base64 -d {$file} | openssl x509 -inform DER -out {$file}.pem',
			},
			'PKCS#7': {
				cause: 'It is PKCS#7 (.p7b, .p7c) in DER, not PEM.',
				fix: 'Convert it: openssl pkcs7 -inform DER -print_certs -in {$file} -out {$file}.pem',
			},
			'PKCS#12': {
				cause: 'It is a PKCS#12 file (.p12, .pfx), not PEM.',
				fix: 'Convert it: openssl pkcs12 -in {$file} -out {$file}.pem -nodes, then split certificate and key.',
			},
			empty: {cause: 'It is empty.', fix: 'Ask those who issued it for the PEM form.'},
			text: {
				cause: 'It holds no line of the form -----BEGIN ...-----.',
				fix: 'Ask those who issued it for the PEM form.',
			},
			'DER certificate': {
				cause: 'It holds a certificate in DER, not PEM.',
				fix: 'Convert it: openssl x509 -inform DER -in {$file} -out {$file}.pem',
			},
			'DER key': {
				cause: 'It holds a private key in DER, not PEM.',
				fix: 'Convert it: openssl pkey -inform DER -in {$file} -out {$file}.pem',
			},
			binary: {
				cause: 'It is binary, not PEM; it may be a PKCS#12 file (.p12, .pfx).',
				fix: 'Convert it: openssl pkcs12 -in {$file} -out {$file}.pem -nodes, then split certificate and key.',
			},
		},
	},
	'tls-file-strange-block': {
		area: 'usage',
		message: 'The {what} file {file} holds more than certificates.',
		cause: 'The block that begins in line {line} is labelled {label}, which no reader of certificates knows.',
		fix: 'Take that block out, or correct its label.',
	},
	'tls-file-unreadable': {
		area: 'usage',
		cases: {
			absent: {
				message: 'There is no {what} file at {file}.',
				cause: 'No file has that name.',
				fix: 'Correct {answer}, or put the file there.',
			},
			refused: {
				message: 'The {what} file {file} cannot be read.',
				cause: 'Reading it failed. {why}',
				fix: 'Correct {answer}, or give this user the right to read the file.',
			},
		},
	},
	'tls-file-wrong-content': {
		area: 'usage',
		message: 'The file {file} holds no {what}.',
		fix: 'Check that {neighbours} are not mixed up.',
		cases: {
			key: {cause: 'It holds a key, not a certificate.'},
			certificate: {cause: 'It holds a certificate, not a key.'},
			request: {cause: 'It holds a certificate request that the CA has yet to sign.'},
			'PKCS#7': {cause: 'It is PKCS#7; convert: openssl pkcs7 -print_certs -in {file}'},
			other: {cause: 'It holds {labels}.'},
		},
	},
	'tls-host-not-covered': {
		area: 'prerequisites',
		who: 'PKI team',
		message: 'The certificate {file} is not for {missing}.',
		fix: 'Have a certificate issued with these subject alternative names: {hosts}',
		answers: ['tls.certificate'],
		cases: {
			'only in subject': {
				cause: 'The name is only in the subject (CN); clients look at the subject alternative names, and it has none.',
			},
			'no names': {cause: 'It has no subject alternative names.'},
			'other names': {cause: 'It is for {names}.'},
			'one label': {cause: 'It is for {names}. "{wildcard}" covers one further label only.'},
		},
	},
	'tls-intermediate-missing': {
		area: 'usage',
		message: 'The certificate file {file} lacks an intermediate certificate.',
		cause: '"{subjects}" is in the CA file only; clients know the root alone and get the rest from the server.',
		fix: 'Append it to {file}.',
		answers: ['tls.certificate'],
	},
	'tls-key-among-certificates': {
		area: 'usage',
		message: 'The {what} file {file} also holds a private key.',
		cause: 'Certificates are handed on to servers and people; the key must not go with them.',
		cases: {
			servers: {fix: 'Move the key into a file of its own and name that in tls.key.'},
			others: {fix: 'Take the key out of that file.'},
		},
	},
	'tls-key-encrypted': {
		area: 'usage',
		message: 'The private key {file} is encrypted.',
		fix: 'Make an unencrypted copy: openssl pkey -in {$file} -out {$file}.plain',
		cases: {
			server: {cause: 'An ingress controller cannot ask for its passphrase.'},
			client: {cause: 'There is no answer for its passphrase.'},
		},
	},
	'tls-key-mismatch': {
		area: 'usage',
		message: 'The key {file} does not belong to the certificate {certificate}.',
		cases: {
			'one further down': {
				cause: 'It belongs to "{subject}", which is not the first certificate of the file.',
				fix: 'Put that certificate first in the file.',
			},
			'other key': {
				cause: 'Their public keys differ.',
				fix: 'Name the key that the certificate was requested with.',
			},
			'key of a client': {
				cause: 'Their public keys differ.',
				fix: 'Name the key that the certificate was requested with in {keyAnswer}, or the certificate of that key in {certificateAnswer}.',
			},
		},
	},
	'tls-key-too-short': {
		area: 'prerequisites',
		who: 'PKI team',
		message: 'The key of the certificate {file} is too short.',
		cause: 'It is RSA with {bits} bits; clients refuse fewer than {least}.',
		fix: 'Have a certificate issued for a new key: RSA 2048 or longer, or EC P-256.',
		answers: ['tls.certificate'],
	},
	'tls-not-for-servers': {
		area: 'prerequisites',
		who: 'PKI team',
		message: 'The certificate {file} is not for servers.',
		cause: 'Its extended key usage lacks server authentication (serverAuth).',
		fix: 'Have one issued with the profile for web servers.',
		answers: ['tls.certificate'],
	},
	'tls-not-yet-valid': {
		area: 'prerequisites',
		who: 'PKI team',
		message: 'The certificate "{subject}" in {file} is not valid yet.',
		cause: "It is valid from {from}; this host's clock says {now}.",
		fix: "Check this host's clock, or wait until then.",
	},
	'tls-root-missing': {
		area: 'usage',
		message: 'The CA file {ca} does not hold the root certificate.',
		cause: 'It holds "{subjects}", issued by "{issuer}"; most clients trust roots only.',
		fix: 'Append the certificate of "{issuer}" to {ca}.',
		answers: ['tls.ca'],
	},
	'trust-store-unreadable': {
		area: 'usage',
		message: 'The trust store {file} cannot be read.',
		cause: 'Reading it failed. {why}',
		fix: 'Name the file with the CA certificates that this host trusts in network.trustStore.',
		answers: ['network.trustStore'],
	},
} as const satisfies ProblemTable;
