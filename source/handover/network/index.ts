import type {Answers} from '../../answers/schema.ts';
import type {HandoverSection} from '../../base/handover.ts';
import {shellWord} from '../../base/shell.ts';
import {coverNote} from '../cover-note.ts';
import type {Asking, Pack} from '../pack.ts';
import {directions, jumpHost, type NetworkLine, networkLines} from './lines.ts';

const title = 'Connections that have to be open';
const who = 'firewall team';

const rule = ({what, from, to, port, direction}: NetworkLine, index: number): readonly string[] => [
	`${String(index + 1).padStart(2)}. ${what} (${directions[direction]})`,
	`    from  ${from}`,
	`    to    ${to}`,
	`    port  ${port}`,
];

const csvCell = (text: string): string => (/[",]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

const csv = (lines: readonly NetworkLine[]): readonly string[] => [
	'number,traffic,source,destination,port,direction',
	...lines.map(({what, from, to, port, direction}, index) =>
		[String(index + 1), what, from, to, port, directions[direction]].map(csvCell).join(','),
	),
];

/** A line of the jump host to names and a port that are known. */
const probesOf = (lines: readonly NetworkLine[]): readonly string[] =>
	lines.flatMap(({from, to, port}) => {
		const number = /^(\d+)\/tcp$/u.exec(port)?.[1];
		if (from !== jumpHost || number === undefined) return [];
		const hosts = to.replace(/ \(at .*\)$/u, '').split(', ');
		return hosts.map((host) => `ask ${shellWord(host)} ${number}`);
	});

/** Opens each connection of the jump host; it ends with 1 where one cannot be opened. */
const check = (lines: readonly NetworkLine[]): HandoverSection => ({
	title: 'Check, on the jump host',
	fileName: 'network-check.sh',
	kind: 'script',
	lines: [
		'#!/bin/sh',
		'# On the jump host. The exit code is 1 where a connection cannot be opened.',
		'# Nothing is sent over them. Needs nc; or "zenml-airgap plan", which tries',
		'# them as they will be used. Host names of the servers exist once DNS is done.',
		'set -u',
		'command -v nc >/dev/null 2>&1 || { echo "nc is missing." >&2; exit 2; }',
		'failed=0',
		'ask() {',
		'  if nc -z -w 5 "$1" "$2" >/dev/null 2>&1; then echo "ok $1 $2"',
		'  else',
		'    echo "FAILED $1 $2" >&2',
		'    failed=1',
		'  fi',
		'}',
		...new Set(probesOf(lines)),
		'exit "$failed"',
	],
});

/** The papers with which the network team opens what has to be open between the parts of this site. */
export const networkPack = (answers: Answers, asking: Asking): Pack => {
	const lines = networkLines(answers);
	const note = coverNote(
		{
			title,
			who,
			why: [
				'ZenML Pro runs in the cluster, its data lies on database servers beside it, and its images in the internal registry. These connections are all that it needs. Nothing of it asks for an address outside of your network.',
			],
			what: [
				`Allow the ${lines.length} connections in connections.txt; connections.csv holds the same for a rule base.`,
				'Each is opened from left to right; answers come back on it. TLS goes through as it is: what opens it in between needs a CA that both ends trust.',
				'Between jump host and databases connections may stand still for minutes while data is copied: no idle time-out below 15 minutes there.',
			],
			check: ['sh network-check.sh on the jump host; the installer tries those from pods by itself.'],
			undo: ['Delete the rules. Those of the jump host are needed only while somebody works there.'],
		},
		asking,
	);
	return {
		id: 'network',
		title,
		who,
		intro: 'Firewalls and network policies between the parts of this site have to let these connections through.',
		sections: [
			note,
			{title: 'Connections', fileName: 'connections.txt', lines: lines.flatMap(rule)},
			{title: 'Connections, as a table (CSV)', fileName: 'connections.csv', lines: csv(lines)},
			check(lines),
		],
	};
};
