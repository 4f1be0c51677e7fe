import {isIPv6} from 'node:net';
import type {HandoverSection} from '../../base/handover.ts';
import {shellWord} from '../../base/shell.ts';
import {digCommand, digServer, nameServerOf, usualPort} from '../../network/ask-name.ts';
import {coverNote, type Said} from '../cover-note.ts';
import type {Asking, Pack} from '../pack.ts';
import {clusterRecords} from './cluster.ts';
import {type DnsGiven, type Known, likelyZones, typeOf} from './records.ts';
import {serverRecords} from './servers.ts';

const title = 'DNS records for the ingress';
const who = 'network team';

const isKnown = (given: DnsGiven): given is Known => given.address !== undefined;

const recordsOf = ({names, address, ttl}: DnsGiven): Said => {
	const width = Math.max(...names.map((name) => name.length));
	const data = address === undefined ? 'A      (address not known yet)' : `${typeOf(address).padEnd(5)}${address}`;
	return {exact: names.map((name) => `${name.padEnd(width)}  ${ttl}  IN  ${data}`)};
};

/** The check in PowerShell, which asks port 53 alone: a server on another one cannot be asked by it. */
const resolveLines = (server: string | undefined, names: readonly string[]): readonly Said[] => {
	const asked = server === undefined ? undefined : nameServerOf(server);
	if (asked !== undefined && asked.port !== usualPort) return [];
	const from = asked === undefined ? '' : ` -Server ${asked.host}`;
	return ['In PowerShell:', {exact: names.map((name) => `Resolve-DnsName ${name}${from}`)}];
};

/** An address as dig writes it (RFC 5952). */
const written = (address: string): string =>
	isIPv6(address) ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;

/** Asks the name server that this site uses, name by name; ends with 1 where one is missing, or leads elsewhere, be it for some only. */
const checkScript = ({names, address, server}: Known): HandoverSection => ({
	title: 'Check',
	fileName: 'dns-check.sh',
	kind: 'script',
	lines: [
		'#!/bin/sh',
		'# Asks each name; the exit code is 1 where one does not lead there.',
		'# Another server: sh dns-check.sh @SERVER [-p PORT]. Needs dig.',
		'set -uf',
		`case "$#:\${1-}:\${2-}" in 0:*|1:@?*:|3:@?*:-p) ;; *)`,
		'  echo "usage: sh dns-check.sh [@SERVER [-p PORT]]" >&2',
		'  exit 2 ;;',
		'esac',
		'command -v dig >/dev/null 2>&1 || {',
		'  echo "dig is missing (Debian: bind9-dnsutils, RHEL: bind-utils)." >&2',
		'  exit 2',
		'}',
		`want=${shellWord(written(address))}`,
		...(server === undefined ? [] : [`[ $# -gt 0 ] || set -- ${digServer(server).map(shellWord).join(' ')}`]),
		'failed=0',
		'ask() {',
		'  name=$1',
		'  shift',
		'  if ! said=$(dig +short +time=3 +tries=2 "$@"); then',
		'    failed=1',
		'    why=$(echo "$said" | sed -n "s/^;; *//p" | head -n 1)',
		'    echo "FAILED $name: no answer from the name server: $why" >&2',
		'    return',
		'  fi',
		'  found=$(echo "$said" | grep -v "^;" | tr "\\n" " " | sed "s/^ *$//")',
		'  leads=no',
		'  others=',
		'  for one in $found; do',
		'    case $one in',
		'      "$want") leads=yes ;;',
		'      # A CNAME on the way.',
		'      *.) ;;',
		'      *) others="$others $one" ;;',
		'    esac',
		'  done',
		'  if [ "$leads:$others" = yes: ]; then',
		'    echo "ok $name: $found"',
		'    return',
		'  fi',
		'  failed=1',
		'  if [ -z "$found" ]; then',
		'    why=$(dig +noall +comments +time=3 +tries=2 "$@" \\',
		'      | sed -n "s/.*status: \\([A-Z]*\\).*/\\1/p")',
		`    echo "FAILED $name: no address (\${why:-no answer}), not $want" >&2`,
		'  elif [ "$leads" = no ]; then echo "FAILED $name: $found, not $want" >&2',
		'  else echo "FAILED $name: $want, and others that are not it:$others" >&2; fi',
		'}',
		...names.map((name) => `ask ${name} "$@" ${name} ${typeOf(address)}`),
		'exit "$failed"',
	],
});

const cover = (given: DnsGiven, asking: Asking): HandoverSection => {
	const {names, server, address} = given;
	const zones = likelyZones(names);
	return coverNote(
		{
			title,
			who,
			why: [
				'People, their programs and the pods of the cluster find the servers of ZenML Pro by these names. Until they resolve, nobody can log in and the workspaces do not find the control plane.',
				given.intro,
			],
			what: [
				`Make these records, most likely in the ${zones.length === 1 ? 'zone' : 'zones'} ${zones.join(', ')}; each in the longest zone of yours that its name ends in:`,
				recordsOf(given),
				...(address === undefined
					? [
							`The address is known once ${given.servedBy} is there; the operator sends it then, with the records as your name server takes them and a check. Zone and names can be prepared now.`,
						]
					: ['The other files hold them as your name server takes them.']),
				'A CNAME to the name of the load balancer does as well. Clients outside and pods inside must get the same answer; where your DNS has views, both views need the records.',
				'Reverse records (PTR) are not needed: nothing here asks for them. Make none for the address unless your rules ask for one; it serves other names too.',
			],
			check: [
				isKnown(given) ? 'sh dns-check.sh, or by hand:' : 'Once the records are made:',
				{exact: names.map((name) => digCommand(server, name, address === undefined ? 'A' : typeOf(address)))},
				...resolveLines(server, names),
			],
			undo: [
				`Delete the records${isKnown(given) ? ', as each file says' : ''}. Nobody finds the servers of ZenML Pro by these names then.`,
			],
		},
		asking,
	);
};

/** The papers with which the network team makes the records; without an address, those that need none. */
export const dnsPack = (asked: DnsGiven, asking: Asking): Pack => {
	const given = {...asked, names: [...new Set(asked.names)]};
	return {
		id: 'dns',
		title,
		who,
		intro: given.intro,
		sections: [
			cover(given, asking),
			...(isKnown(given) ? [...serverRecords(given), ...clusterRecords(given, asking), checkScript(given)] : []),
		],
	};
};
