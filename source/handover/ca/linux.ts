import type {HandoverSection} from '../../base/handover.ts';
import {type CaGiven, caName} from './given.ts';
import {caScript} from './script.ts';

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

const linux = (given: CaGiven, {title, fileName, anchor, update, updateAfter}: Distribution): HandoverSection =>
	caScript(given, {
		title,
		fileName,
		about: ['Run as root.'],
		lines: [
			`anchor=${anchor}`,
			'if [ "$what" = remove ]; then',
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
