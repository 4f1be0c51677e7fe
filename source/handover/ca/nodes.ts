import type {HandoverSection} from '../../base/handover.ts';
import {type CaCertificate, type CaGiven, caName} from './given.ts';
import {caScript, nothingToDo} from './script.ts';

/** Name of the certificate wherever it is put, so that nobody else's file is written over or taken away. */
const certificate = `${caName}.crt`;

// containerd, docs/hosts.md: a folder for each registry below config_path, read at each pull. Its hosts.toml may be the site's own.
const containerd: readonly string[] = [
	'hosts() {',
	'  printf \'server = "https://%s"\\n\\n[host."https://%s"]\\n\' \\',
	'    "$registry" "$registry"',
	'  printf \'  capabilities = ["pull", "resolve"]\\n  ca = "%s"\\n\' \\',
	`    "/etc/containerd/certs.d/$registry/${certificate}"`,
	'}',
	'containerd() {',
	'  folder=$root/etc/containerd/certs.d/$registry',
	'  list=$folder/hosts.toml',
	'  if [ "$what" = remove ]; then',
	'    if [ "$(cat "$list" 2>/dev/null)" = "$(hosts)" ]; then drop "$list"; fi',
	`    leave "$folder/${certificate}" "$list"`,
	'    # Where something else lies there, the folder stays.',
	'    rmdir "$folder" 2>/dev/null || :',
	'    return',
	'  fi',
	'  mkdir -p "$folder"',
	`  put "$folder/${certificate}"`,
	'  if [ ! -s "$list" ]; then',
	'    hosts >"$list"',
	'    changed=yes',
	`  elif ! grep -qF "${certificate}" "$list"; then`,
	'    echo "$list is there: add to its host" >&2',
	"    hosts | grep '^  ca = ' >&2",
	'    left=3',
	'    return',
	'  fi',
	'  config=$root/etc/containerd/config.toml',
	'  grep -qs \'^[^#]*config_path.*/etc/containerd/certs.d\' "$config" && return',
	'  echo "$config has no config_path with /etc/containerd/certs.d:" >&2',
	'  echo "until then the CA is not used. Set it, then restart containerd:" >&2',
	'  if grep -qs \'^version *= *3\' "$config"; then',
	// containerd, docs/cri/registry.md: the plugin has another name from 2.0 on.
	`    echo "  [plugins.'io.containerd.cri.v1.images'.registry]" >&2`,
	`  else echo '  [plugins."io.containerd.grpc.v1.cri".registry]' >&2; fi`,
	'  echo \'  config_path = "/etc/containerd/certs.d"\' >&2',
	'  left=3',
	'}',
];

// containers-certs.d(5): CRI-O and Podman read each *.crt of it at each pull.
const crio: readonly string[] = [
	'crio() {',
	'  folder=$root/etc/containers/certs.d/$registry',
	'  if [ "$what" = remove ]; then',
	`    drop "$folder/${certificate}"`,
	'    rmdir "$folder" 2>/dev/null || :',
	'    return',
	'  fi',
	'  mkdir -p "$folder"',
	`  put "$folder/${certificate}"`,
	'}',
];

/** Puts the certificate at a place, takes a file away, and notes whether that changed anything; `left` is 3 where something is left to a person. */
const steps: readonly string[] = [
	'changed=no',
	'left=0',
	'put() {',
	'  cmp -s "$file" "$1" && return',
	'  install -m 0644 "$file" "$1"',
	'  changed=yes',
	'}',
	'drop() {',
	'  [ -e "$1" ] || return 0',
	'  rm -f "$1"',
	'  changed=yes',
	'}',
];

/** Takes the certificate away unless a list of the site's own still names it: with a file missing, nothing could be pulled. */
const leave: readonly string[] = [
	'leave() {',
	`  if grep -qsF "${certificate}" "$2"; then`,
	`    echo "Take the lines with ${certificate} out of" >&2`,
	'    echo "$2, then run this again." >&2',
	'    left=3',
	'    return',
	'  fi',
	'  drop "$1"',
	'}',
];

// docs.k3s.io and docs.rke2.io, private registry configuration: read when the service starts.
const rancher: readonly string[] = [
	'rancher() {',
	'  list=$root/etc/rancher/$1/registries.yaml',
	`  kept=$root/etc/rancher/$1/${certificate}`,
	'  if [ "$what" = remove ]; then',
	'    if [ "$(cat "$list" 2>/dev/null)" = "$(whole "$1")" ]; then',
	'      drop "$list"',
	'      echo "Restart $1 on this node."',
	'    fi',
	'    leave "$kept" "$list"',
	'    return',
	'  fi',
	'  if ! cmp -s "$file" "$kept"; then',
	'    put "$kept"',
	'    echo "Restart $1 on this node: it reads the file when it starts."',
	'  fi',
	'  if [ ! -s "$list" ]; then',
	'    whole "$1" >"$list"',
	'    chmod 0600 "$list"',
	'    changed=yes',
	'  elif ! grep -F -A 5 "$registry" "$list" \\',
	`    | grep -qF "${certificate}"; then`,
	'    echo "$list is there: add below configs:" >&2',
	'    entry "$1" >&2',
	'    left=3',
	'  fi',
	'}',
	'whole() { echo "configs:"; entry "$1"; }',
	'entry() {',
	'  printf \'  "%s":\\n    tls:\\n      ca_file: %s\\n\' "$registry" \\',
	`    "/etc/rancher/$1/${certificate}"`,
	'}',
];

const findRuntime: readonly string[] = [
	'found=',
	`add() { found=\${found:+$found, }$1; }`,
	'for one in k3s rke2; do',
	'  if [ -d "$root/etc/rancher/$one" ]; then add "$one"; rancher "$one"; fi',
	'done',
	'if [ -d "$root/etc/crio" ]; then add CRI-O; crio; fi',
	'if [ -z "$found" ] && [ -d "$root/etc/containerd" ]; then',
	'  add containerd',
	'  containerd',
	'fi',
	'if [ -z "$found" ]; then',
	'  echo "No containerd, CRI-O, k3s or RKE2 was found here." >&2',
	'  exit 1',
	'fi',
	'case $what:$changed:$left in',
	`  install:no:0) echo "${nothingToDo.install}" ;;`,
	`  remove:no:0) echo "${nothingToDo.remove}" ;;`,
	'  install:yes:0) echo "Installed: CA for $registry, in $found" ;;',
	'  remove:yes:0) echo "Removed: CA for $registry, from $found" ;;',
	'  install:yes:3)',
	'    echo "Written: CA for $registry, in $found; what is told above is left" ;;',
	'  install:no:3) echo "It is there already; what is told above is left." ;;',
	'  remove:*) echo "Not all is removed; what is told above is left." ;;',
	'esac',
	'exit "$left"',
];

/** Which CA it is that the script brings. */
const forWhom = (registryCa: CaCertificate | undefined): readonly string[] =>
	registryCa === undefined
		? ['For the cluster admin: on each node, as root, when the same CA signed the', 'certificate of the registry.']
		: [
				'For the cluster admin: on each node, as root. It brings the CA of the',
				'registry (registry-ca.crt), which is not that of the servers.',
			];

/** A script for each node that pulls from a registry whose certificate the same CA signed. */
export const nodes = (given: CaGiven): HandoverSection =>
	caScript(
		{...given, ...given.registryCa},
		{
			title: 'Kubernetes nodes',
			fileName: 'ca-nodes.sh',
			about: [
				...forWhom(given.registryCa),
				'Finds containerd, CRI-O, k3s and RKE2. Ends with 3 where a file of yours',
				'has to be changed by hand.',
				'Another registry: REGISTRY=HOST[:PORT] sh ca-nodes.sh',
				'OpenShift: openshift-nodes.txt; its nodes are not changed by hand.',
			],
			check: [`crictl pull ${given.registry}/NAME:TAG`],
			lines: [
				`registry=\${REGISTRY:-${given.registry}}`,
				'# Of another file system, for tests and images.',
				`root=\${ROOT-}`,
				...steps,
				...leave,
				...containerd,
				...crio,
				...rancher,
				...findRuntime,
			],
		},
	);
