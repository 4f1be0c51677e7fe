import type {HandoverSection} from '../../base/handover.ts';
import {type CaGiven, caName} from './given.ts';
import {caScript, nothingToDo} from './script.ts';

/** How a family of distributions takes a CA in. Debian takes files that end in .crt only. */
type Distribution = {
	readonly title: string;
	readonly fileName: string;
	readonly anchor: string;
	readonly update: string;
	/** The same, after a certificate was taken away. */
	readonly updateAfter: string;
	/** The list that programs read, which `update` makes. */
	readonly list: string;
};

const distributions: readonly Distribution[] = [
	{
		title: 'Debian and Ubuntu',
		fileName: 'ca-debian.sh',
		anchor: `/usr/local/share/ca-certificates/${caName}.crt`,
		update: 'update-ca-certificates',
		updateAfter: 'update-ca-certificates --fresh',
		list: '/etc/ssl/certs/ca-certificates.crt',
	},
	{
		title: 'RHEL and Fedora',
		fileName: 'ca-rhel.sh',
		anchor: `/etc/pki/ca-trust/source/anchors/${caName}.pem`,
		update: 'update-ca-trust extract',
		updateAfter: 'update-ca-trust extract',
		list: '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
	},
	{
		title: 'SUSE',
		fileName: 'ca-suse.sh',
		anchor: `/etc/pki/trust/anchors/${caName}.pem`,
		update: 'update-ca-certificates',
		updateAfter: 'update-ca-certificates',
		list: '/var/lib/ca-certificates/ca-bundle.pem',
	},
];

// The list is made anew also where nothing else is to be done: a run before may have been ended before that.
const linux = (given: CaGiven, distribution: Distribution): HandoverSection => {
	const {title, fileName, anchor, update, updateAfter, list} = distribution;
	return caScript(given, {
		title,
		fileName,
		about: ['Run as root.'],
		check: ['openssl verify -no-CApath \\', `  -CAfile ${list} ca.crt`],
		lines: [
			`anchor=${anchor}`,
			'if [ "$what" = remove ]; then',
			`  told="${nothingToDo.remove}"`,
			'  if [ -e "$anchor" ]; then',
			'    rm -f "$anchor"',
			'    told="Removed: $anchor"',
			'  fi',
			`  ${updateAfter}`,
			'else',
			`  told="${nothingToDo.install}"`,
			'  if ! cmp -s "$file" "$anchor"; then',
			'    install -m 0644 "$file" "$anchor"',
			'    told="Installed: $anchor"',
			'  fi',
			`  ${update}`,
			'fi',
			'echo "$told"',
		],
	});
};

/** Scripts for the trust stores of Linux systems. */
export const linuxScripts = (given: CaGiven): readonly HandoverSection[] =>
	distributions.map((distribution) => linux(given, distribution));
