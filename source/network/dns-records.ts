import {isIPv6} from 'node:net';
import type {HandoverSection} from '../base/handover.ts';

/** The DNS record type of an address (RFC 1035, RFC 3596). */
const typeOf = (address: string): 'A' | 'AAAA' => (isIPv6(address) ? 'AAAA' : 'A');

const split = (name: string): {readonly label: string; readonly zone: string} => {
	const dot = name.indexOf('.');
	return {label: name.slice(0, dot), zone: name.slice(dot + 1)};
};

const timeSpan = (seconds: number): string =>
	[Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60]
		.map((part) => String(part).padStart(2, '0'))
		.join(':');

const bind = (names: readonly string[], address: string, ttl: number): readonly string[] => [
	'; Zone file. Raise the serial of the zone, then reload it.',
	...names.map((name) => `${name}. ${ttl} IN ${typeOf(address)} ${address}`),
];

// Backticks continue a line in PowerShell; DnsServer module, Add-DnsServerResourceRecordA and ...AAAA.
const windows = (names: readonly string[], address: string, ttl: number): readonly string[] => [
	'# On the Windows DNS server. If a zone has another name there, change',
	'# -ZoneName and -Name together.',
	...names.flatMap((name) => {
		const {label, zone} = split(name);
		const type = typeOf(address);
		return [
			`Add-DnsServerResourceRecord${type} -ZoneName '${zone}' \``,
			`  -Name '${label}' -IPv${type === 'A' ? 4 : 6}Address '${address}' -TimeToLive ${timeSpan(ttl)}`,
		];
	}),
];

// CoreDNS, plugin hosts: answers these names and passes on everything else.
const coreDns = (names: readonly string[], address: string): readonly string[] => [
	'# In the Corefile of the cluster, inside the block ".:53 {", before',
	'# "forward". Only needed when pods do not ask the internal DNS:',
	'#   kubectl -n kube-system edit configmap coredns',
	'hosts {',
	...names.map((name) => `    ${address} ${name}`),
	'    fallthrough',
	'}',
];

/**
 * The same records in the words of five kinds of name server, as exact text. @param names fully qualified, without final dot;
 * @param address of the ingress, IPv4 or IPv6; @param ttl in seconds, 300 unless told.
 */
export const dnsRecords = ({
	names,
	address,
	ttl = 300,
}: {
	readonly names: readonly string[];
	readonly address: string;
	readonly ttl?: number;
}): readonly HandoverSection[] => {
	const unique = [...new Set(names)];
	return [
		{title: 'BIND zone', fileName: 'dns-bind.zone', lines: bind(unique, address, ttl)},
		{title: 'Windows DNS (PowerShell)', fileName: 'dns-windows.ps1', lines: windows(unique, address, ttl)},
		{
			title: 'dnsmasq',
			fileName: 'dns-dnsmasq.conf',
			lines: unique.map((name) => `host-record=${name},${address},${ttl}`),
		},
		{title: 'CoreDNS, for names inside the cluster', fileName: 'dns-coredns.txt', lines: coreDns(unique, address)},
		{
			title: 'Hosts file, for a single machine',
			fileName: 'dns-hosts.txt',
			lines: [
				'# /etc/hosts, or C:\\Windows\\System32\\drivers\\etc\\hosts',
				...unique.map((name) => `${address} ${name}`),
			],
		},
	];
};
