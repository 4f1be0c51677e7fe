import type {HandoverSection} from '../../base/handover.ts';
import {shellWord} from '../../base/shell.ts';
import {jumpHost, type NetworkLine} from './lines.ts';

/** What the script does not try, since no host or no port of it is known. */
const isKnown = ({to, port}: NetworkLine): boolean =>
	typeof port === 'number' && to.every((host) => !host.includes(' '));

/** By the address where the answers tell it: a firewall is opened before the names are made. */
const tcpProbe = ({to, at, port}: NetworkLine): readonly string[] =>
	(at === undefined ? to : [at]).map((host) => `ask ${shellWord(host)} ${port}`);

/** A question about a name of this site; the answer that there is no such name is an answer. */
const nameProbe = (line: NetworkLine, name: string): string =>
	isKnown(line)
		? `ask_names ${shellWord(`${line.to[0]}, port ${line.port}/udp`)} ${shellWord(name)} ${shellWord(`@${line.to[0]}`)} -p ${line.port}`
		: `ask_names ${shellWord('name server of this host')} ${shellWord(name)}`;

const probesOf = (lines: readonly NetworkLine[], name: string): readonly string[] =>
	lines
		.filter(({from}) => from.includes(jumpHost))
		.flatMap((line) => [
			...(isKnown(line) ? tcpProbe(line) : []),
			...(line.protocols.includes('udp') ? [nameProbe(line, name)] : []),
			...(isKnown(line) || line.protocols.includes('udp')
				? []
				: [`untried ${shellWord(`${line.what}: ${line.to[0]}`)}`]),
		]);

/**
 * Opens each connection of the jump host; it ends with 1 where one cannot be opened.
 * @param name a name that a name server is asked for
 */
export const networkCheck = (lines: readonly NetworkLine[], name: string): HandoverSection => ({
	title: 'Check, on the jump host',
	fileName: 'network-check.sh',
	kind: 'script',
	lines: [
		'#!/bin/sh',
		'# On the jump host. The exit code is 1 where a connection cannot be opened.',
		'# Nothing is sent over them but a question to the name server. Needs nc, and',
		'# dig for that question; or "zenml-airgap plan", which tries them as they will',
		...(lines.some(({at}) => at !== undefined)
			? ['# be used.']
			: ['# be used. Host names of the servers exist once DNS is done.']),
		'set -u',
		'[ $# -eq 0 ] || { echo "usage: sh network-check.sh" >&2; exit 2; }',
		'command -v nc >/dev/null 2>&1 || {',
		'  echo "nc is missing (Debian: netcat-openbsd, RHEL: nmap-ncat). Without" >&2',
		'  echo "it zenml-airgap plan tries the connections as they will be used." >&2',
		'  exit 2',
		'}',
		'failed=0',
		'ask() {',
		'  if why=$(nc -z -w 5 "$1" "$2" 2>&1 >/dev/null); then echo "ok $1 $2"',
		'  else',
		'    # It says by itself that a name has no address, and nothing of others.',
		`    echo "FAILED $1 $2: \${why:-refused, or no answer within 5 s}" >&2`,
		'    failed=1',
		'  fi',
		'}',
		'untried() { echo "NOT TRIED $1" >&2; }',
		'# dig ends well with every answer, also that there is no such name.',
		'ask_names() {',
		'  server=$1',
		'  name=$2',
		'  shift 2',
		'  if ! command -v dig >/dev/null 2>&1; then untried "$server: dig is missing"',
		'  elif dig +time=5 +tries=1 "$@" "$name" >/dev/null 2>&1; then',
		'    echo "ok $server"',
		'  else',
		'    echo "FAILED $server" >&2',
		'    failed=1',
		'  fi',
		'}',
		...new Set(probesOf(lines, name)),
		'exit "$failed"',
	],
});
