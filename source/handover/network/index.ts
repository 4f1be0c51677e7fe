import type {Answers} from '../../answers/schema.ts';
import {coverNote} from '../cover-note.ts';
import type {Asking, Pack} from '../pack.ts';
import {networkCheck} from './check.ts';
import {
	destinationText,
	directions,
	everyNode,
	ifNoPrograms,
	jumpHost,
	type NetworkLine,
	networkLines,
	portText,
	sourceText,
	users,
} from './lines.ts';

const title = 'Connections that have to be open';
const who = 'firewall team';

const blank = '____________________';

/** Who knows the addresses of a source. */
const knownBy = (from: string): string => {
	if (from === jumpHost) return 'the operator knows them';
	if (from === users) return 'you know them, or the desktop team';
	return from === everyNode ? 'the cluster admin knows them' : 'the cluster admin: the pods, or their nodes';
};

/** Sources have addresses that no answer holds: blanks, each with whoever can fill it in. */
const sources = (lines: readonly NetworkLine[]): readonly string[] => [
	'Addresses of the sources, to be filled in (clusters often hide pods behind',
	'the addresses of their nodes; the cluster admin knows whether yours does):',
	'',
	...[...new Set(lines.flatMap(({from}) => from))].flatMap((from) => [from, `    ${blank} (${knownBy(from)})`]),
	'',
];

const rule = (line: NetworkLine, index: number): readonly string[] => [
	`${String(index + 1).padStart(2)}. ${line.what} (${directions[line.direction]})`,
	`    from  ${sourceText(line)}`,
	`    to    ${destinationText(line)}`,
	`    port  ${portText(line)}`,
];

const csvCell = (text: string): string => (/[",]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** One row for each source, host and protocol, as a rule base takes them; an address that is not known is an empty cell. */
const csvRows = ({what, from, to, at = '', port, protocols, direction}: NetworkLine, index: number) =>
	from.flatMap((source) =>
		to.flatMap((host) =>
			protocols.map((protocol) => {
				const number = typeof port === 'number' ? String(port) : '';
				return [String(index + 1), what, source, '', host, at, number, protocol, directions[direction]];
			}),
		),
	);

const csv = (lines: readonly NetworkLine[]): readonly string[] => [
	'number,traffic,source,source_address,destination,destination_address,port,protocol,direction',
	...lines.flatMap(csvRows).map((cells) => cells.map(csvCell).join(',')),
];

/** A rule that may not be needed says so to those who would rather not open it. */
const unlessPrograms = (lines: readonly NetworkLine[]): readonly string[] =>
	lines.some(({what}) => what === ifNoPrograms)
		? [
				`"${ifNoPrograms[0]?.toUpperCase()}${ifNoPrograms.slice(1)}": the operator knows whether it has pg_dump or mysqldump, as new as the servers. With backup.tools set to "host" or "cluster" in the answers these papers say which of the two it is.`,
			]
		: [];

/**
 * The papers with which the firewall team opens what has to be open between the parts of this site.
 * @param nameServers that this host is set up with; the answers go before them
 */
export const networkPack = (answers: Answers, asking: Asking, nameServers: readonly string[] = []): Pack => {
	const lines = networkLines(answers, {server: asking.cluster?.server, nameServers});
	const note = coverNote(
		{
			title,
			who,
			why: [
				'ZenML Pro runs in the cluster, its data lies on database servers beside it, and its images in the internal registry. These connections are all that it needs. Nothing of it asks for an address outside of your network.',
			],
			what: [
				`Allow the ${lines.length} connections in connections.txt; connections.csv holds the same for a rule base, one row for each source, host and protocol; a cell stays empty where no answer holds what belongs there, and connections.txt has words for it. Names that have no address yet get it from the network team (papers "dns").`,
				'Sources stand there in words. Their addresses are in no answer: connections.txt has a blank for each, with whoever knows it. "Within the cluster" is for the cluster admin, where network policies are in use.',
				'The DNS of the cluster asks on as its nodes do. Where these have other name servers than the jump host, theirs belong in the rows "names asked on"; the cluster admin knows them.',
				...unlessPrograms(lines),
				'Each is opened from left to right; answers come back on it. TLS goes through as it is: what opens it in between needs a CA that both ends trust.',
				'To the databases connections may stand still for minutes while data is copied: no idle time-out below 15 minutes there.',
			],
			check: [
				'sh network-check.sh on the jump host (it needs nc, and dig for the name server; "zenml-airgap plan" tries the same without them); the installer tries those from pods by itself.',
			],
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
			{title: 'Connections', fileName: 'connections.txt', lines: [...sources(lines), ...lines.flatMap(rule)]},
			{title: 'Connections, as a table (CSV)', fileName: 'connections.csv', lines: csv(lines)},
			networkCheck(lines, answers.registry.host.replace(/:\d+$/u, '')),
		],
	};
};
