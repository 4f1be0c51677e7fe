import type {Answers} from '../answers/schema.ts';
import {coverNote, type Said} from './cover-note.ts';
import type {Asking, Pack} from './pack.ts';

const title = 'TLS certificate for the host names';
const who = 'PKI team';

/** Characters of a common name at most (RFC 5280, ub-common-name). */
const longestName = 64;

/**
 * A common name is one of the names whole, as some look for it among them. Where none is short enough, the subject names the
 * product instead: it must not be empty to `openssl req`.
 */
const subject = (hosts: readonly string[]): readonly string[] => {
	const name = hosts.find((host) => host.length <= longestName);
	return [name === undefined ? 'O = ZenML Pro' : `CN = ${name}`];
};

/** Certificate requests by OpenSSL (openssl-req(1)): names stand in the SAN, which is all that clients look at (RFC 9525). */
const config = (hosts: readonly string[]): readonly string[] => [
	'[req]',
	'prompt = no',
	'distinguished_name = subject',
	'req_extensions = extensions',
	'[subject]',
	...subject(hosts),
	'[extensions]',
	'basicConstraints = CA:FALSE',
	'keyUsage = critical, digitalSignature',
	'extendedKeyUsage = serverAuth',
	'subjectAltName = @names',
	'[names]',
	...hosts.map((host, index) => `DNS.${index + 1} = ${host}`),
];

const request: readonly string[] = [
	'#!/bin/sh',
	'# Run by the operator, where the key is to stay: makes a key and a request.',
	'set -eu',
	'[ $# -eq 0 ] || { echo "usage: sh request.sh" >&2; exit 2; }',
	'umask 077',
	'if [ -e tls.key ]; then',
	'  echo "tls.key is there already: nothing was done. For a new key, and" >&2',
	'  echo "for a renewal, run this in a new, empty folder by the path that" >&2',
	'  echo "it has here." >&2',
	'  exit 1',
	'fi',
	'here=$(dirname "$0")',
	'[ -f "$here/request.cnf" ] || {',
	'  echo "request.cnf is missing: it has the names of the servers, and" >&2',
	'  echo "belongs in the folder of request.sh. Nothing was done." >&2',
	'  exit 1',
	'}',
	'command -v openssl >/dev/null 2>&1 || {',
	'  echo "openssl is missing: run this where it is installed, and take" >&2',
	'  echo "tls.key to where it is to stay. Nothing was done." >&2',
	'  exit 1',
	'}',
	'# A key without its request would be in the way of the next run.',
	`trap 'rm -f tls.key.new tls.csr.new' EXIT`,
	'openssl ecparam -name prime256v1 -genkey -noout -out tls.key.new',
	'openssl req -new -sha256 -key tls.key.new -config "$here/request.cnf" \\',
	'  -out tls.csr.new',
	'mv tls.csr.new tls.csr',
	'mv tls.key.new tls.key',
	'echo "Send tls.csr to the PKI team; tls.key stays here."',
];

/** Where the answers look for certificate, key and CA, as paths of the operator's host. */
export type CertificateFiles = Pick<Answers['tls'], 'certificate' | 'key' | 'ca'>;

/** Where the operator puts what comes back, so that the install finds it. */
const placed = ({certificate, key, ca}: CertificateFiles): readonly string[] => [
	`tls.crt  ${certificate}  (tls.certificate)`,
	`tls.key  ${key}  (tls.key)`,
	`ca.crt   ${ca}  (tls.ca)`,
];

/** What the papers are about. */
export type CertificateGiven = {
	/** Of all servers, that of the dashboard first. */
	readonly hosts: readonly string[];
	/** Where the answers look for what comes back. */
	readonly files: CertificateFiles;
	/** The Gateway that shows the certificate, `namespace/name`; undefined where the install brings it to what shows it. */
	readonly gateway?: string | undefined;
};

/** Who needs the pair too: nobody but the install, unless a Gateway shows a certificate of its own. */
const alsoTo = (gateway: string | undefined): readonly Said[] =>
	gateway === undefined
		? []
		: [
				`6. The Gateway ${gateway} shows this certificate, and the install does not bring it there: the cluster admin needs tls.crt and tls.key too (papers "cluster", step 3). The operator hands them over, the key on a way that keeps it secret.`,
			];

/** The papers with which the PKI team signs the certificate of the servers. */
export const certificatePack = ({hosts, files, gateway}: CertificateGiven, asking: Asking): Pack => ({
	id: 'certificate',
	title,
	who,
	intro: 'One certificate for all host names, signed by the internal CA, and the certificate of that CA.',
	sections: [
		coverNote(
			{
				title,
				who,
				why: [
					'The servers of ZenML Pro are reached by HTTPS. Their certificate comes from your CA, and every client must know that CA.',
				],
				what: [
					'1. The operator makes key and request with request.sh and sends tls.csr; or you make both.',
					'2. Sign it with these names in the subjectAltName (one certificate for all; a wildcard covers one label only):',
					{exact: hosts},
					'   Key: EC P-256 or RSA of 2048 bits or more. Signature: SHA-256 or better. Extended key usage: serverAuth. A year or less is usual; the installer warns before it ends.',
					'3. Send back, all in PEM:',
					{
						exact: [
							'tls.crt  the certificate, then its intermediates, in this order',
							'ca.crt   the certificate of the root',
						],
					},
					'4. Tell the operator the SHA-256 fingerprint of ca.crt on another way than the file:',
					{exact: ['openssl x509 -in ca.crt -noout -fingerprint -sha256']},
					'5. The operator puts each file where the answers look for it, on the jump host:',
					{exact: placed(files)},
					...alsoTo(gateway),
					`For its renewal the same papers serve. The operator runs request.sh in a new, empty folder, by the path that it has here: a new key is made there, and the old one serves on. Once the new files are in their places, "zenml-airgap install" brings them to the servers${gateway === undefined ? '' : ', and the cluster admin those of the Gateway'}.`,
				],
				check: [
					'By ca.crt alone, whatever else this host trusts (OpenSSL 1.1 knows no -no-CAstore, and needs none):',
					{
						exact: [
							'openssl verify -no-CApath -no-CAstore -purpose sslserver \\',
							'  -CAfile ca.crt -untrusted tls.crt tls.crt',
							'openssl x509 -in tls.crt -noout -ext subjectAltName',
						],
					},
					'The operator runs "zenml-airgap plan --until prerequisites": it names what does not fit.',
				],
				undo: ['Revoke the certificate. The servers cannot be reached without another one.'],
			},
			asking,
		),
		{title: 'Request, for openssl', fileName: 'request.cnf', lines: config(hosts)},
		{title: 'Key and request', fileName: 'request.sh', lines: request, kind: 'script'},
	],
});
