import type {Answers} from '../../answers/schema.ts';
import {shellWord} from '../../base/shell.ts';
import type {Said} from '../../handover/cover-note.ts';
import {componentsOf} from '../shared/names.ts';
import {gatewayOf} from '../shared/way-in/kinds.ts';

/** The Secret that the listener shows, in the namespace of the Gateway. */
const secretName = 'zenml-tls';

const hostsAndNamespaces = (answers: Answers): readonly string[] =>
	componentsOf(answers).map(({answers: {host, namespace}}) => `${host}  (routes from the namespace ${namespace})`);

const namespacesOfHosts = (answers: Answers): readonly string[] => [
	...new Set(componentsOf(answers).map(({answers: {namespace}}) => namespace)),
];

/** A listener that fits, as it stands below `spec.listeners` (Gateway API, "API specification", Listener). */
const listenerLines = (answers: Answers): readonly string[] => [
	`- name: ${answers.ingress.listener ?? 'zenml'}`,
	'  protocol: HTTPS',
	`  port: ${answers.ingress.httpsPort}`,
	'  tls:',
	'    mode: Terminate',
	'    certificateRefs:',
	`    - name: ${secretName}`,
	'  allowedRoutes:',
	'    kinds:',
	'    - kind: HTTPRoute',
	'    namespaces:',
	'      from: Selector',
	'      selector:',
	'        matchExpressions:',
	'        - key: kubernetes.io/metadata.name',
	'          operator: In',
	'          values:',
	...namespacesOfHosts(answers).map((name) => `          - ${name}`),
];

const gatewayNeeds = (
	answers: Answers,
	{namespace, name}: NonNullable<ReturnType<typeof gatewayOf>>,
): readonly Said[] => {
	const {listener} = answers.ingress;
	const by = listener === undefined ? 'an HTTPS listener' : `its listener ${listener}`;
	return [
		`3. The Gateway ${name} in the namespace ${namespace} (gateway.networking.k8s.io/v1) must be Accepted and Programmed, and take these hosts by ${by}:`,
		{exact: hostsAndNamespaces(answers)},
		'   By default a listener takes routes from the namespace of its Gateway alone. One that fits, below spec.listeners; without a hostname it takes every host, with one ("hostname: HOST") you need one for each:',
		{exact: listenerLines(answers)},
		`   The Gateway shows a certificate of its own. It must hold all these hosts and be signed by the internal CA; the PKI team or the operator gives you tls.crt and tls.key of the papers "certificate", the key on a way that keeps it secret:`,
		{exact: [`kubectl -n ${namespace} create secret tls ${secretName} --cert tls.crt --key tls.key`]},
		...(listener === undefined
			? [
					'   Where another listener would take these hosts in clear text (HTTP), tell the operator the name of the HTTPS one (ingress.listener).',
				]
			: []),
	];
};

/** What has to be there so that requests reach the servers, as the one who keeps the cluster reads it; the third thing to do. */
export const wayInNeeds = (answers: Answers): readonly Said[] => {
	const gateway = gatewayOf(answers);
	if (gateway) return gatewayNeeds(answers, gateway);
	if (answers.ingress.kind === 'route')
		return [
			'3. A router (IngressController of OpenShift) must admit Routes for these hosts:',
			{exact: hostsAndNamespaces(answers)},
			'   The Routes bring a certificate of their own, for which rights.yaml has routes/custom-host.',
		];
	return [`3. The cluster must have an ingress controller with the class ${answers.ingress.className}.`];
};

/** How the way in is looked at; nothing where the installer's own look is all. */
export const wayInCheck = (answers: Answers): readonly Said[] => {
	const gateway = gatewayOf(answers);
	if (!gateway) return [];
	const {namespace, name} = gateway;
	return [
		'The Gateway: PROGRAMMED is True, and each listener says Accepted, Programmed and ResolvedRefs:',
		{
			exact: [
				`kubectl -n ${shellWord(namespace)} get gateways.gateway.networking.k8s.io ${shellWord(name)}`,
				`kubectl -n ${shellWord(namespace)} describe gateways.gateway.networking.k8s.io ${shellWord(name)}`,
			],
		},
	];
};

/** What was made for the way in, and is taken away again. */
export const wayInUndo = (answers: Answers): readonly Said[] => {
	const gateway = gatewayOf(answers);
	if (!gateway) return [];
	return [
		'Of the Gateway: take the listener out again, then',
		{exact: [`kubectl -n ${gateway.namespace} delete secret ${secretName}`]},
	];
};
