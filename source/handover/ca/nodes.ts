import type {HandoverSection} from '../../base/handover.ts';
import type {CaGiven} from './given.ts';
import {shellHead} from './linux.ts';

// containerd, docs/hosts.md: a folder for each registry below config_path, read at each pull.
const containerd: readonly string[] = [
	'containerd() {',
	'  # config_path in /etc/containerd/config.toml must name this folder.',
	'  folder=$root/etc/containerd/certs.d/$registry',
	'  if [ "$what" = remove ]; then rm -rf "$folder"; return; fi',
	'  mkdir -p "$folder"',
	'  install -m 0644 "$file" "$folder/ca.crt"',
	'  cat >"$folder/hosts.toml" <<END_OF_HOSTS',
	'server = "https://$registry"',
	'',
	'[host."https://$registry"]',
	'  capabilities = ["pull", "resolve"]',
	'  ca = "/etc/containerd/certs.d/$registry/ca.crt"',
	'END_OF_HOSTS',
	'  grep -qs "config_path.*/etc/containerd/certs.d" \\',
	'    "$root/etc/containerd/config.toml" || echo \\',
	'    "Set config_path = \\"/etc/containerd/certs.d\\" in config.toml." >&2',
	'}',
];

// containers-certs.d(5): CRI-O and Podman read it at each pull.
const crio: readonly string[] = [
	'crio() {',
	'  folder=$root/etc/containers/certs.d/$registry',
	'  if [ "$what" = remove ]; then rm -rf "$folder"; return; fi',
	'  mkdir -p "$folder"',
	'  install -m 0644 "$file" "$folder/ca.crt"',
	'}',
];

// docs.k3s.io and docs.rke2.io, private registry configuration: read when the service starts.
const rancher: readonly string[] = [
	'rancher() {',
	'  list=$root/etc/rancher/$1/registries.yaml',
	'  if [ "$what" = remove ]; then',
	'    rm -f "$root/etc/rancher/$1/zenml-internal-ca.crt"',
	'    echo "Take the entry of $registry out of $list; restart $1." >&2',
	'    return',
	'  fi',
	'  install -m 0644 "$file" "$root/etc/rancher/$1/zenml-internal-ca.crt"',
	'  if [ -s "$list" ]; then',
	'    echo "$list is there: add below configs:" >&2',
	'    entry "$1" >&2',
	'    return 3',
	'  fi',
	'  { echo "configs:"; entry "$1"; } >"$list"',
	'  chmod 0600 "$list"',
	'  echo "Restart $1 on this node: it reads the file when it starts."',
	'}',
	'entry() {',
	'  printf \'  "%s":\\n    tls:\\n      ca_file: %s\\n\' "$registry" \\',
	'    "/etc/rancher/$1/zenml-internal-ca.crt"',
	'}',
];

/** A script for each node that pulls from a registry whose certificate the same CA signed. */
export const nodes = (given: CaGiven): HandoverSection => ({
	title: 'Kubernetes nodes',
	fileName: 'ca-nodes.sh',
	kind: 'script',
	lines: [
		...shellHead(given),
		'# For the cluster admin: on each node, as root, when the same CA signed the',
		'# certificate of the registry. Finds containerd, CRI-O, k3s and RKE2.',
		'# Another registry: sh ca-nodes.sh REGISTRY-HOST[:PORT]',
		'# To undo: WHAT=remove sh ca-nodes.sh',
		'# OpenShift: see cover note; its nodes are not changed by hand.',
		`registry=\${1:-${given.registry}}`,
		`what=\${WHAT:-add}`,
		'# Of another file system, for tests and images.',
		`root=\${ROOT-}`,
		...containerd,
		...crio,
		...rancher,
		'found=',
		'for one in k3s rke2; do',
		'  if [ -d "$root/etc/rancher/$one" ]; then found=$one; rancher "$one"; fi',
		'done',
		'if [ -d "$root/etc/crio" ]; then found=crio; crio; fi',
		'if [ -z "$found" ] && [ -d "$root/etc/containerd" ]; then',
		'  found=containerd',
		'  containerd',
		'fi',
		'if [ -z "$found" ]; then',
		'  echo "No containerd, CRI-O, k3s or RKE2 was found here." >&2',
		'  exit 1',
		'fi',
		'echo "$found: $what CA for $registry"',
	],
});
