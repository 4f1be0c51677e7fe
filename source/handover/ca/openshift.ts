import type {HandoverSection} from '../../base/handover.ts';
import {type Said, saidLines} from '../cover-note.ts';
import {type CaGiven, registryFile} from './given.ts';

/** ConfigMap for a cluster that has none. */
const ownMap = 'zenml-registry-ca';

/** OpenShift documentation, "Image configuration resources": a registry is a key of the ConfigMap, its port written with two dots. */
const keyOf = (registry: string): string => registry.replace(':', '..');

const whatOf = (registry: string, file: string): readonly Said[] => [
	'The nodes take the CA of the registry from the cluster, from one ConfigMap for all registries. See first whether there is one:',
	{
		exact: ['oc get image.config.openshift.io/cluster \\', "  -o jsonpath='{.spec.additionalTrustedCA.name}'; echo"],
	},
	`Where that prints a name, add this registry to that ConfigMap, unless it has the key ${keyOf(registry)} already; NAME is what was printed:`,
	{exact: ['oc set data configmap/NAME -n openshift-config \\', `  --from-file=${keyOf(registry)}=${file}`]},
	'Only where it prints nothing, make one:',
	{
		exact: [
			`oc create configmap ${ownMap} -n openshift-config \\`,
			`  --from-file=${keyOf(registry)}=${file}`,
			'oc patch image.config.openshift.io/cluster --type=merge -p \\',
			`  '{"spec":{"additionalTrustedCA":{"name":"${ownMap}"}}}'`,
		],
	},
];

const undoOf = (registry: string): readonly Said[] => [
	'Where the registry was added to a ConfigMap that was there:',
	{exact: ['oc set data configmap/NAME -n openshift-config \\', `  ${keyOf(registry)}-`]},
	`Where ${ownMap} was made, and holds nothing but this registry:`,
	{
		exact: [
			'oc patch image.config.openshift.io/cluster --type=json -p \\',
			`  '[{"op":"remove","path":"/spec/additionalTrustedCA"}]'`,
			`oc delete configmap ${ownMap} -n openshift-config`,
		],
	},
];

/**
 * How the nodes of OpenShift get the CA of the registry, and lose it again. The cluster names one ConfigMap for all registries
 * (image.config.openshift.io, `additionalTrustedCA`), so that another one in its place would take away the trust in all others.
 */
export const openShift = ({registry, registryCa}: Pick<CaGiven, 'registry' | 'registryCa'>): HandoverSection => ({
	title: 'Nodes of OpenShift',
	fileName: 'openshift-nodes.txt',
	lines: saidLines([
		registryCa === undefined
			? 'For the cluster admin, when the same CA signed the certificate of the registry; in this folder.'
			: 'For the cluster admin: the CA of the registry (registry-ca.crt), which is not that of the servers; in this folder.',
		...whatOf(registry, registryFile({registryCa})),
		'Check, on one node, with an image that is in the registry; one that asks for a login has shown its certificate, too:',
		{exact: ['oc debug node/NODE -- chroot /host \\', `  crictl pull ${registry}/NAME:TAG`]},
		'Undo:',
		...undoOf(registry),
	]),
});
