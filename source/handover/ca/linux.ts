import type {HandoverSection} from '../../base/handover.ts';
import {type CaGiven, caName} from './given.ts';
import {caScript, nothingToDo} from './script.ts';

/** How a family of distributions takes a CA in. Debian takes files that end in .crt only. */
type Distribution = {
	readonly title: string;
	readonly fileName: string;
	/** The folder for CAs of the site. */
	readonly anchors: string;
	/** What the certificate is called there. */
	readonly file: string;
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
		anchors: '/usr/local/share/ca-certificates',
		file: `${caName}.crt`,
		update: 'update-ca-certificates',
		updateAfter: 'update-ca-certificates --fresh',
		list: '/etc/ssl/certs/ca-certificates.crt',
	},
	{
		title: 'RHEL and Fedora',
		fileName: 'ca-rhel.sh',
		anchors: '/etc/pki/ca-trust/source/anchors',
		file: `${caName}.pem`,
		update: 'update-ca-trust extract',
		updateAfter: 'update-ca-trust extract',
		list: '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
	},
	{
		title: 'SUSE',
		fileName: 'ca-suse.sh',
		anchors: '/etc/pki/trust/anchors',
		file: `${caName}.pem`,
		update: 'update-ca-certificates',
		updateAfter: 'update-ca-certificates',
		list: '/var/lib/ca-certificates/ca-bundle.pem',
	},
];

/** The tool and the folder that the distribution has for its administrators: where one is missing, its list of CAs is kept otherwise. */
const systemOf = ({title, fileName, anchors, update}: Distribution): readonly string[] => {
	const [tool] = update.split(' ');
	return [
		`anchors=${anchors}`,
		'if [ ! -d "$anchors" ] \\',
		`  || ! command -v ${tool} >/dev/null 2>&1; then`,
		`  here=$(sed -n 's/^PRETTY_NAME=//p' /etc/os-release 2>/dev/null) || here=`,
		`  echo "${fileName} is for ${title} (package ca-certificates)." >&2`,
		`  echo "This is \${here:-$(uname -s)}, and" >&2`,
		`  echo "$anchors or ${tool} is missing:" >&2`,
		'  echo "nothing was done." >&2',
		'  exit 1',
		'fi',
	];
};

// A run before may have been ended between the two: whether the list has the certificate is looked at by itself.
const linesOf = ({file, update, updateAfter, list}: Distribution): readonly string[] => [
	`anchor=$anchors/${file}`,
	`list=${list}`,
	'is_listed() {',
	'  [ -s "$list" ] || return 1',
	`  tr -d '\\r\\n' <"$list" \\`,
	`    | grep -qF "$(sed '/-----/d' "$file" | tr -d '\\r\\n')"`,
	'}',
	'if [ "$what" = install ]; then',
	'  told="Installed: $anchor"',
	'  if ! cmp -s "$file" "$anchor"; then',
	'    install -m 0644 "$file" "$anchor"',
	'  elif is_listed; then',
	`    echo "${nothingToDo.install}"`,
	'    exit 0',
	'  fi',
	`  ${update}`,
	'else',
	'  told="Removed: $anchor"',
	'  if [ -e "$anchor" ]; then',
	'    rm -f "$anchor"',
	'  elif is_listed; then',
	'    told="Removed: from $list"',
	'  else',
	`    echo "${nothingToDo.remove}"`,
	'    exit 0',
	'  fi',
	`  ${updateAfter}`,
	'  if is_listed; then',
	'    told="Still in $list: another file of this machine brings it there"',
	'  fi',
	'fi',
	'echo "$told"',
];

const linux = (given: CaGiven, distribution: Distribution): HandoverSection => {
	const {title, fileName, list} = distribution;
	return caScript(given, {
		...{title, fileName, about: ['Run as root.']},
		check: ['openssl verify -no-CApath \\', `  -CAfile ${list} ca.crt`],
		...{system: systemOf(distribution), lines: linesOf(distribution)},
	});
};

/** Scripts for the trust stores of Linux systems. */
export const linuxScripts = (given: CaGiven): readonly HandoverSection[] =>
	distributions.map((distribution) => linux(given, distribution));
