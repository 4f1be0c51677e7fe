import type {HandoverSection} from '../../base/handover.ts';
import {type Known, typeOf} from './records.ts';

/** `01:00:00`, a TimeSpan of .NET. */
const timeSpan = (seconds: number): string =>
	[Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60]
		.map((part) => String(part).padStart(2, '0'))
		.join(':');

// A zone of any kind that is longer holds the name, also where this server only knows whom to ask.
const find: readonly string[] = [
	'$zones = @(Get-DnsServerZone | Where-Object { -not $_.IsReverseLookupZone })',
	'function Find-Zone($Name) {',
	'  $zone = $zones | Where-Object {',
	'    $Name -eq $_.ZoneName -or $Name -like "*.$($_.ZoneName)" } |',
	'    Sort-Object { $_.ZoneName.Length } | Select-Object -Last 1',
	'  if ($null -eq $zone) { throw "no zone of this server holds it" }',
	"  if ($zone.ZoneType -ne 'Primary') {",
	'    throw "its zone $($zone.ZoneName) is $($zone.ZoneType) here" }',
	'  $zone.ZoneName',
	'}',
];

// Backticks continue a line in PowerShell; DnsServer module. Adding a record that is there fails: it is looked for first.
const setAddress = ({address, ttl}: Known): readonly string[] => {
	const type = typeOf(address);
	const version = type === 'A' ? 4 : 6;
	return [
		'function Set-Address($Name) {',
		'  $zone = Find-Zone $Name',
		"  $label = if ($Name -eq $zone) { '@' } else {",
		'    $Name.Substring(0, $Name.Length - $zone.Length - 1) }',
		'  $old = @(Get-DnsServerResourceRecord -ZoneName $zone -Name $label `',
		`    -RRType ${type} -ErrorAction SilentlyContinue)`,
		'  $same = @($old | Where-Object {',
		`    "$($_.RecordData.IPv${version}Address)" -eq $address })`,
		"  if ($What -eq 'remove') {",
		'    $same | ForEach-Object { $_ | Remove-DnsServerResourceRecord `',
		'      -ZoneName $zone -Force }',
		'    "$Name is not $address, in zone $zone"',
		'    return',
		'  }',
		'  if ($old.Count -eq 1 -and $same.Count -eq 1) {',
		'    "$Name is $address already, in zone $zone"',
		'    return',
		'  }',
		'  $old | ForEach-Object { $_ | Remove-DnsServerResourceRecord `',
		'    -ZoneName $zone -Force }',
		`  Add-DnsServerResourceRecord${type} -ZoneName $zone -Name $label \``,
		`    -IPv${version}Address $address -TimeToLive ${timeSpan(ttl)}`,
		'  "$Name is $address now, in zone $zone"',
		'}',
	];
};

/** Records for the DNS server of Windows, each in the longest zone of that server that its name ends in. */
export const windows = (given: Known): HandoverSection => ({
	title: 'Windows DNS (PowerShell)',
	fileName: 'dns-windows.ps1',
	lines: [
		'# On the Windows DNS server. Run again it changes nothing. What fails of one',
		'# name leaves the others alone, and is told at the end.',
		`# Check: Resolve-DnsName ${given.names[0] ?? ''} -Server localhost`,
		'# To undo: .\\dns-windows.ps1 remove',
		'[CmdletBinding()]',
		"param([ValidateSet('remove')][string]$What)",
		"$ErrorActionPreference = 'Stop'",
		`$address = '${given.address}'`,
		...find,
		...setAddress(given),
		'$failed = @()',
		'foreach ($name in @(',
		...given.names.map((name, index) => `  '${name}'${index === given.names.length - 1 ? '' : ','}`),
		')) {',
		'  try { Set-Address $name }',
		// A name followed by a colon would be a scope.
		'  catch { $failed += "$($name): $($_.Exception.Message)" }',
		'}',
		'if ($failed.Count -gt 0) { throw "Not done: $($failed -join \'; \')" }',
	],
});
