import type {HandoverSection} from '../../base/handover.ts';
import {nameServerOf, shownServer} from '../../network/ask-name.ts';
import type {Asking} from '../pack.ts';
import {hostLines, type Known} from './records.ts';

const indented = (lines: readonly string[], by: number): readonly string[] =>
	lines.map((line) => `${' '.repeat(by)}${line}`);

// CoreDNS, plugin hosts: answers these names and passes on everything else.
const hostsBlock = (given: Known): readonly string[] => [
	'hosts {',
	...indented(hostLines(given), 4),
	'    fallthrough',
	'}',
];

/** On a node, where addresses of Services can be reached; the script asks the server that it is told. */
const checkAt = (service: string, namespace: string): readonly string[] => [
	'# Check, on a node: sh dns-check.sh @ADDRESS with the CLUSTER-IP of',
	`#   kubectl -n ${namespace} get service ${service}`,
];

const plain = (given: Known): readonly string[] => [
	'# Only needed when pods do not ask the internal DNS. CoreDNS takes one',
	'# "hosts" block in a server block and refuses a second one ("this plugin',
	'# can only be used once per Server Block"; it then keeps the old Corefile,',
	'# or does not start). So look first:',
	'#   kubectl -n kube-system get configmap coredns -o yaml | grep -n hosts',
	'#   kubectl -n kube-system edit configmap coredns',
	'# No "hosts" yet: inside the block ".:53 {", before "forward":',
	...hostsBlock(given),
	'# There is one: add these lines to it, above its "fallthrough". If it has no',
	'# "fallthrough", add that too, or all other names are answered NXDOMAIN:',
	...indented(hostLines(given), 4),
	'# It is read again within a minute or two; errors:',
	'#   kubectl -n kube-system logs -l k8s-app=kube-dns --tail=20',
	...checkAt('kube-dns', 'kube-system'),
	'# Undo: take the lines away again.',
];

/**
 * A server block of its own per name never meets another `hosts` block, and stands in a file of its own. CoreDNS asks the block with the
 * longest zone that a name ends in, so a block for a zone would miss the host that is called like the zone.
 */
const ownBlocks = (given: Known, port: number): readonly string[] =>
	given.names.flatMap((name) => [
		`${name}:${port} {`,
		...indented(hostsBlock({...given, names: [name]}), 4),
		'    forward . /etc/resolv.conf',
		'}',
	]);

const restart = 'kubectl -n kube-system rollout restart deployment coredns';

const customMap = (given: Known): readonly string[] => [
	'# k3s and AKS read the ConfigMap coredns-custom: keys that end in .server',
	'# are server blocks of their own, which meet no "hosts" of others.',
	'# The ConfigMap may be there (AKS always has it): this adds one key to it, and',
	'# leaves those of others alone.',
	'#   kubectl apply --server-side --field-manager=zenml -f coredns-custom.yaml',
	`#   ${restart}`,
	...checkAt('kube-dns', 'kube-system'),
	'# Undo: take that key out again.',
	'#   kubectl -n kube-system patch configmap coredns-custom --type=json \\',
	`#     -p '[{"op":"remove","path":"/data/zenml.server"}]'`,
	`#   ${restart}`,
	'apiVersion: v1',
	'kind: ConfigMap',
	'metadata:',
	'  name: coredns-custom',
	'  namespace: kube-system',
	'data:',
	'  zenml.server: |',
	...indented(ownBlocks(given, 53), 4),
];

// docs.rke2.io, networking services: values of the chart rke2-coredns; a list of servers replaces the list of the chart.
const rke2: readonly string[] = [
	'# RKE2 writes its Corefile from the chart rke2-coredns and puts edits back.',
	'# What it takes is a HelmChartConfig, whose list "servers" replaces that of',
	'# the chart. Begin with the values that are in use, then add a plugin',
	'# "hosts" before "forward" in the server ".":',
	'#   kubectl -n kube-system get configmap rke2-coredns-rke2-coredns -o yaml',
	'# The plugin in that list:',
];

const rke2Plugin = (given: Known): readonly string[] => [
	...rke2,
	'      - name: hosts',
	'        configBlock: |-',
	...indented([...hostLines(given), 'fallthrough'], 10),
	...checkAt('rke2-coredns-rke2-coredns', 'kube-system'),
	'# Undo: take the plugin out of the list again, and apply that.',
];

/** `IP`, or `IP:port` where it is not 53 (OpenShift API, DNS operator, forwardPlugin.upstreams). */
const upstreamOf = (server: string): string => {
	const {host, port} = nameServerOf(server);
	return port === 53 ? host : shownServer(server);
};

// Forwarded are the host names alone: what else is in their zones is answered as before.
const openShift = ({names, server}: Known): readonly string[] => [
	'# OpenShift takes no hosts: its DNS operator forwards names to a server that',
	'# has the records.',
	...(server === undefined ? ['# Write the address of your internal DNS in the place of NAME-SERVER.'] : []),
	"#   oc edit dns.operator/default, below 'spec':",
	'servers:',
	'  - name: zenml',
	'    zones:',
	...names.map((name) => `      - ${name}`),
	'    forwardPlugin:',
	'      upstreams:',
	`        - ${server === undefined ? 'NAME-SERVER' : JSON.stringify(upstreamOf(server))}`,
	...checkAt('dns-default', 'openshift-dns').map((line) => line.replace('kubectl', 'oc')),
	'# Undo: take the entry away again.',
];

/** Commands in these files are for whoever runs the cluster, with a kubeconfig of theirs. */
const headOf = ({cluster}: Asking): readonly string[] => (cluster ? [`# Cluster: ${cluster.name}`] : []);

/** What pods need where they do not ask the internal DNS, by kind of cluster. */
export const clusterRecords = (given: Known, asking: Asking): readonly HandoverSection[] =>
	byKind(given).map((section) => ({...section, lines: [...headOf(asking), ...section.lines]}));

const byKind = (given: Known): readonly HandoverSection[] => [
	{title: 'CoreDNS, for names inside the cluster', fileName: 'dns-coredns.txt', lines: plain(given)},
	{title: 'CoreDNS of k3s and AKS', fileName: 'coredns-custom.yaml', lines: customMap(given)},
	{title: 'CoreDNS of RKE2', fileName: 'dns-rke2.txt', lines: rke2Plugin(given)},
	{title: 'OpenShift', fileName: 'dns-openshift.txt', lines: openShift(given)},
];
