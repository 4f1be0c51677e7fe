import {X509Certificate} from 'node:crypto';
import type {HandoverSection} from '../base/handover.ts';

type Given = {readonly pem: readonly string[]; readonly fingerprint: string; readonly hosts: readonly string[]};

const name = 'zenml-internal-ca';

/** `AB:CD:…` over two lines: 95 characters do not fit a terminal of 80. */
const halves = (fingerprint: string): readonly [string, string] => [fingerprint.slice(0, 48), fingerprint.slice(48)];

const shellHead = ({pem, fingerprint}: Given): readonly string[] => {
	const [one, two] = halves(fingerprint);
	return [
		'#!/bin/sh',
		'set -eu',
		'file=$(mktemp)',
		`trap 'rm -f "$file"' EXIT`,
		`cat >"$file" <<'END_OF_CA'`,
		...pem,
		'END_OF_CA',
		`want='${one}'`,
		`want="$want"'${two}'`,
		'have=$(openssl x509 -in "$file" -noout -fingerprint -sha256)',
		`if [ "\${have#*=}" != "$want" ]; then`,
		`  echo 'The fingerprint differs: do not install this certificate.' >&2`,
		'  exit 1',
		'fi',
	];
};

/** How a family of distributions takes a CA in. Debian takes files that end in .crt only. */
type Distribution = {
	readonly title: string;
	readonly fileName: string;
	readonly anchor: string;
	readonly update: string;
};

const distributions: readonly Distribution[] = [
	{
		title: 'Debian and Ubuntu',
		fileName: 'ca-debian.sh',
		anchor: `/usr/local/share/ca-certificates/${name}.crt`,
		update: 'update-ca-certificates',
	},
	{
		title: 'RHEL and Fedora',
		fileName: 'ca-rhel.sh',
		anchor: `/etc/pki/ca-trust/source/anchors/${name}.pem`,
		update: 'update-ca-trust extract',
	},
	{
		title: 'SUSE',
		fileName: 'ca-suse.sh',
		anchor: `/etc/pki/trust/anchors/${name}.pem`,
		update: 'update-ca-certificates',
	},
];

const linux = (given: Given, {title, fileName, anchor, update}: Distribution): HandoverSection => ({
	title,
	fileName,
	lines: [...shellHead(given), '# Run as root.', 'install -m 0644 "$file" \\', `  ${anchor}`, update],
});

const macOs = (given: Given): readonly string[] => [
	...shellHead(given),
	'# Run as root. For all users of this Mac.',
	'security add-trusted-cert -d -r trustRoot \\',
	'  -k /Library/Keychains/System.keychain "$file"',
];

const windows = ({pem, fingerprint}: Given): readonly string[] => {
	const [one, two] = halves(fingerprint.replaceAll(':', ''));
	return [
		'# PowerShell, as administrator. For all users of this machine.',
		"$ErrorActionPreference = 'Stop'",
		"$pem = @'",
		...pem,
		"'@",
		`$file = Join-Path $env:TEMP '${name}.crt'`,
		'Set-Content -Path $file -Value $pem -Encoding ascii',
		'$cert = New-Object `',
		'  System.Security.Cryptography.X509Certificates.X509Certificate2 $file',
		'$sha = [System.Security.Cryptography.SHA256]::Create()',
		'$hash = $sha.ComputeHash($cert.RawData)',
		"$have = [BitConverter]::ToString($hash) -replace '-', ''",
		`$want = '${one}' +`,
		`  '${two}'`,
		'if ($have -ne $want) { throw "The fingerprint differs: $have" }',
		'certutil -addstore -f Root $file',
		"if ($LASTEXITCODE -ne 0) { throw 'certutil failed' }",
		'Remove-Item $file',
	];
};

const python = (given: Given): readonly string[] => [
	...shellHead(given),
	'# Python brings its own list of CAs. This makes one file of that list and',
	'# the internal CA; REQUESTS_CA_BUNDLE is read by requests (and the ZenML',
	'# client), SSL_CERT_FILE by the ssl module and httpx.',
	`python=\${PYTHON:-python3}`,
	`bundle=\${1:-$HOME/.${name}.pem}`,
	'{ "$python" -c \'import certifi; print(open(certifi.where()).read())\' \\',
	'    2>/dev/null || true',
	'  cat "$file"; } >"$bundle"',
	'chmod 0644 "$bundle"',
	"echo 'Add these lines to the profile of each user:'",
	'echo "export REQUESTS_CA_BUNDLE=$bundle"',
	'echo "export SSL_CERT_FILE=$bundle"',
];

const dockerfile = ({pem, fingerprint}: Given): readonly string[] => {
	const [one, two] = halves(fingerprint);
	return [
		'# syntax=docker/dockerfile:1',
		'# Lines for images that talk to the servers, e.g. pipeline images; for',
		'# Debian and Ubuntu bases. Heredocs need BuildKit.',
		`COPY <<'END_OF_CA' /usr/local/share/ca-certificates/${name}.crt`,
		...pem,
		'END_OF_CA',
		`RUN want='${one}' \\`,
		`  && want="$want"'${two}' \\`,
		'  && openssl x509 -noout -fingerprint -sha256 \\',
		`    -in /usr/local/share/ca-certificates/${name}.crt \\`,
		'    | grep -qF "$want" \\',
		'  && update-ca-certificates',
		'ENV REQUESTS_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt',
		'ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt',
	];
};

// containerd documentation, docs/hosts.md: one folder for each registry below config_path.
const nodes = (given: Given): readonly string[] => [
	...shellHead(given),
	'# On each Kubernetes node, as root, when the same CA signed the',
	'# registry. Usage: sh ca-nodes.sh REGISTRY-HOST[:PORT]',
	"# containerd must have config_path = '/etc/containerd/certs.d'; it reads",
	'# these files at each pull and needs no restart.',
	'registry=$1',
	'folder=/etc/containerd/certs.d/$registry',
	'mkdir -p "$folder"',
	'install -m 0644 "$file" "$folder/ca.crt"',
	'cat >"$folder/hosts.toml" <<END_OF_HOSTS',
	'server = "https://$registry"',
	'',
	'[host."https://$registry"]',
	'  capabilities = ["pull", "resolve"]',
	'  ca = "$folder/ca.crt"',
	'END_OF_HOSTS',
];

const check = ({hosts}: Given): readonly string[] => [
	'#!/bin/sh',
	'# After the installation: each line should end in an HTTP status.',
	...hosts.map((host) => `curl -sS -o /dev/null -w '${host} %{http_code}\\n' https://${host}/`),
];

const parts = (pem: string): readonly string[] =>
	pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/gu) ?? [];

/**
 * Scripts that put the CA into the trust stores of people and machines. Each holds the certificate and refuses to install it when its
 * fingerprint differs. @param options.caPem one certificate or a bundle; the one with the fingerprint is handed out (the root), or the first.
 * @param options.caFingerprint SHA-256 as `AB:CD:…`. @throws Error from node:crypto when caPem holds no certificate.
 */
export const caScripts = ({
	caPem,
	caFingerprint,
	hosts,
}: {
	readonly caPem: string;
	readonly caFingerprint: string;
	readonly hosts: readonly string[];
}): readonly HandoverSection[] => {
	const certificates = parts(caPem).map((text) => new X509Certificate(text));
	const chosen =
		certificates.find(({fingerprint256}) => fingerprint256 === caFingerprint) ??
		certificates[0] ??
		new X509Certificate(caPem);
	const given: Given = {
		pem: chosen.toString().trimEnd().split('\n'),
		fingerprint: caFingerprint || chosen.fingerprint256,
		hosts,
	};
	return [
		...distributions.map((distribution) => linux(given, distribution)),
		{title: 'macOS', fileName: 'ca-macos.sh', lines: macOs(given)},
		{title: 'Windows', fileName: 'ca-windows.ps1', lines: windows(given)},
		{title: 'Python clients', fileName: 'ca-python.sh', lines: python(given)},
		{title: 'Container images', fileName: 'ca-image.Dockerfile', lines: dockerfile(given)},
		{title: 'Kubernetes nodes (containerd)', fileName: 'ca-nodes.sh', lines: nodes(given)},
		{title: 'Check', fileName: 'ca-check.sh', lines: check(given)},
	];
};
