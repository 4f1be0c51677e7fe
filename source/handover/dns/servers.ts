import type {HandoverSection} from '../../base/handover.ts';
import {hostLines, type Known, split, typeOf, zonesOf} from './records.ts';

const timeSpan = (seconds: number): string =>
	[Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60]
		.map((part) => String(part).padStart(2, '0'))
		.join(':');

const bind = ({names, address, ttl}: Known): HandoverSection => ({
	title: 'BIND zone',
	fileName: 'dns-bind.zone',
	lines: [
		'; Zone file. Raise the serial of the zone, then reload it.',
		...names.map((name) => `${name}. ${ttl} IN ${typeOf(address)} ${address}`),
	],
});

// nsupdate(1): what is there is replaced; the server named is the primary of the zone, which the client finds by its SOA.
const dynamic = ({names, address, ttl}: Known): HandoverSection => ({
	title: 'Dynamic update (nsupdate)',
	fileName: 'dns-nsupdate.txt',
	lines: [
		'; nsupdate -k KEYFILE dns-nsupdate.txt',
		...zonesOf(names).flatMap((zone) => [
			`zone ${zone}`,
			...names
				.filter((name) => split(name).zone === zone)
				.flatMap((name) => [
					`update delete ${name}. ${typeOf(address)}`,
					`update add ${name}. ${ttl} ${typeOf(address)} ${address}`,
				]),
			'send',
		]),
	],
});

// Backticks continue a line in PowerShell; DnsServer module. Adding a record that is there fails: it is looked for first.
const windows = ({names, address, ttl}: Known): HandoverSection => {
	const type = typeOf(address);
	const version = type === 'A' ? 4 : 6;
	return {
		title: 'Windows DNS (PowerShell)',
		fileName: 'dns-windows.ps1',
		lines: [
			'# On the Windows DNS server. Run again it changes nothing.',
			'# If a zone has another name there, change -Zone and -Name together.',
			"$ErrorActionPreference = 'Stop'",
			'function Set-Address($Zone, $Name) {',
			`  $address = '${address}'`,
			'  $old = @(Get-DnsServerResourceRecord -ZoneName $Zone -Name $Name `',
			`    -RRType ${type} -ErrorAction SilentlyContinue)`,
			'  $same = @($old | Where-Object {',
			`    "$($_.RecordData.IPv${version}Address)" -eq $address })`,
			'  if ($old.Count -eq 1 -and $same.Count -eq 1) {',
			'    "$Name.$Zone is $address already"',
			'    return',
			'  }',
			'  $old | ForEach-Object { $_ | Remove-DnsServerResourceRecord `',
			'    -ZoneName $Zone -Force }',
			`  Add-DnsServerResourceRecord${type} -ZoneName $Zone -Name $Name \``,
			`    -IPv${version}Address $address -TimeToLive ${timeSpan(ttl)}`,
			'  "$Name.$Zone is $address now"',
			'}',
			...names.map((name) => {
				const {label, zone} = split(name);
				return `Set-Address -Zone '${zone}' -Name '${label}'`;
			}),
		],
	};
};

const dnsmasq = ({names, address, ttl}: Known): HandoverSection => ({
	title: 'dnsmasq',
	fileName: 'dns-dnsmasq.conf',
	lines: names.map((name) => `host-record=${name},${address},${ttl}`),
});

const hosts = (given: Known): HandoverSection => ({
	title: 'Hosts file, for a single machine',
	fileName: 'dns-hosts.txt',
	lines: ['# /etc/hosts, or C:\\Windows\\System32\\drivers\\etc\\hosts', ...hostLines(given)],
});

/** The records in the words of name servers. */
export const serverRecords = (given: Known): readonly HandoverSection[] => [
	bind(given),
	dynamic(given),
	windows(given),
	dnsmasq(given),
	hosts(given),
];
