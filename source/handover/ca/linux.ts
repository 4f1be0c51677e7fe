import type {HandoverSection} from '../../base/handover.ts';
import {type CaGiven, caName} from './given.ts';

/**
 * The head of a script in POSIX sh: `$file` holds the certificate, and nothing goes on when it is not the one with the fingerprint.
 * The SHA-256 of a certificate's DER is its fingerprint, so no openssl is needed.
 */
export const shellHead = ({pem, sha256}: CaGiven, digest = 'base64 -d | sha256sum'): readonly string[] => [
	'#!/bin/sh',
	'set -eu',
	'file=$(mktemp)',
	`trap 'rm -f "$file"' EXIT`,
	`cat >"$file" <<'END_OF_CA'`,
	...pem,
	'END_OF_CA',
	`want=${sha256}`,
	`have=$(sed '/-----/d' "$file" | ${digest} | cut -c 1-64)`,
	'if [ "$have" != "$want" ]; then',
	`  echo "The fingerprint differs: do not install this certificate." >&2`,
	'  exit 1',
	'fi',
];

/** How a family of distributions takes a CA in. Debian takes files that end in .crt only. */
type Distribution = {
	readonly title: string;
	readonly fileName: string;
	readonly anchor: string;
	readonly update: string;
	/** The same, after a certificate was taken away. */
	readonly updateAfter: string;
};

const distributions: readonly Distribution[] = [
	{
		title: 'Debian and Ubuntu',
		fileName: 'ca-debian.sh',
		anchor: `/usr/local/share/ca-certificates/${caName}.crt`,
		update: 'update-ca-certificates',
		updateAfter: 'update-ca-certificates --fresh',
	},
	{
		title: 'RHEL and Fedora',
		fileName: 'ca-rhel.sh',
		anchor: `/etc/pki/ca-trust/source/anchors/${caName}.pem`,
		update: 'update-ca-trust extract',
		updateAfter: 'update-ca-trust extract',
	},
	{
		title: 'SUSE',
		fileName: 'ca-suse.sh',
		anchor: `/etc/pki/trust/anchors/${caName}.pem`,
		update: 'update-ca-certificates',
		updateAfter: 'update-ca-certificates',
	},
];

const linux = (given: CaGiven, {title, fileName, anchor, update, updateAfter}: Distribution): HandoverSection => ({
	title,
	fileName,
	kind: 'script',
	lines: [
		...shellHead(given),
		`# Run as root. To undo: sh ${fileName} remove`,
		`anchor=${anchor}`,
		`if [ "\${1-}" = remove ]; then`,
		'  rm -f "$anchor"',
		`  ${updateAfter}`,
		'else',
		'  install -m 0644 "$file" "$anchor"',
		`  ${update}`,
		'fi',
	],
});

/** Scripts for the trust stores of Linux systems. */
export const linuxScripts = (given: CaGiven): readonly HandoverSection[] =>
	distributions.map((distribution) => linux(given, distribution));
