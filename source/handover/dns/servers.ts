import type {HandoverSection} from '../../base/handover.ts';
import {hostLines, type Known, likelyZone, typeOf} from './records.ts';
import {windows} from './windows.ts';

/** How each text that holds the records ends: the check is the same wherever they are kept. */
const checkLine = 'Check: sh dns-check.sh, beside this file.';

// The records come first: the operator's page and the log show the beginning of this file.
const bind = ({names, address, ttl}: Known): HandoverSection => ({
	title: 'BIND zone',
	fileName: 'dns-bind.zone',
	lines: [
		...names.flatMap((name) => [
			`; zone, most likely: ${likelyZone(name, names)}`,
			`${name}. ${ttl} IN ${typeOf(address)} ${address}`,
		]),
		'; Lines for zone files. Each belongs to the longest zone of yours that its',
		'; name ends in; in another, BIND ignores it ("out of zone"). Which zone that',
		'; is, says the first word of:',
		...names.map((name) => `;   dig +noall +answer +authority ${name} SOA`),
		'; Then raise the serial of each zone and reload it:',
		';   named-checkzone ZONE FILE && rndc reload ZONE',
		`; ${checkLine}`,
		'; Undo: take the lines away again, raise the serial, reload.',
	],
});

// nsupdate(1): without "zone" and "server" it finds both by the SOA of the first name up to "send", so each name is sent alone. Where it finds
// none it ends, and sends nothing of what follows; awk(1) takes blocks between empty lines where RS is empty, and starts it for each. The head
// goes before each, as it may hold the line "server".
const nameByName = `awk 'NR<2{h=$0} {print h"\\n"$0|c; close(c)}' RS= c="$c" dns-nsupdate.txt`;

const dynamic = ({names, address, ttl}: Known): HandoverSection => ({
	title: 'Dynamic update (nsupdate)',
	fileName: 'dns-nsupdate.txt',
	lines: [
		'; nsupdate -k KEYFILE dns-nsupdate.txt',
		'; An address that is there under a name is replaced; an alias (CNAME) stays,',
		'; and has to be taken out first. Zone and primary are found by SOA,',
		'; name by name; where that leads elsewhere, write yours into the next line,',
		'; and take its semicolon away:',
		';server ADDRESS [PORT]',
		'; A zone that refuses is told, and the rest goes on (exit code 2). A name of',
		'; which no zone is found ends it there; this makes the others all the same:',
		";   c='nsupdate -k KEYFILE'",
		`;   ${nameByName}`,
		'; Whoever keeps the zone of a name that it could not make, makes that one;',
		'; run again, what is there already stays as it is.',
		`; ${checkLine}`,
		"; Undo: grep -v '^update add' dns-nsupdate.txt | nsupdate -k KEYFILE",
		...names.flatMap((name) => [
			'',
			`update delete ${name}. ${typeOf(address)}`,
			`update add ${name}. ${ttl} ${typeOf(address)} ${address}`,
			'send',
		]),
	],
});

const dnsmasq = ({names, address, ttl}: Known): HandoverSection => ({
	title: 'dnsmasq',
	fileName: 'dns-dnsmasq.conf',
	lines: [
		'# Copy to /etc/dnsmasq.d/zenml.conf on the name server, as root; then',
		'#   dnsmasq --test && systemctl restart dnsmasq',
		`# ${checkLine}`,
		'# Undo: delete /etc/dnsmasq.d/zenml.conf, and restart again.',
		...names.map((name) => `host-record=${name},${address},${ttl}`),
	],
});

const hosts = (given: Known): HandoverSection => ({
	title: 'Hosts file, for a single machine',
	fileName: 'dns-hosts.txt',
	lines: [
		'# Add to /etc/hosts, or C:\\Windows\\System32\\drivers\\etc\\hosts',
		`# Check there: ping ${given.names[0] ?? ''} (the address counts)`,
		'# Undo: take the lines away again.',
		...hostLines(given),
	],
});

/** The records in the words of name servers. */
export const serverRecords = (given: Known): readonly HandoverSection[] => [
	bind(given),
	dynamic(given),
	windows(given),
	dnsmasq(given),
	hosts(given),
];
