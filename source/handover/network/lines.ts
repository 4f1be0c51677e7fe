import {addressOf, databaseServerOf} from '../../answers/database-server.ts';
import type {Answers} from '../../answers/schema.ts';
import {type StoragePath, storagePlaceOf} from '../../answers/storage/place.ts';

/** A line that has to be open: who opens a connection, to whom, at which port. */
export type NetworkLine = {
	readonly what: string;
	readonly from: string;
	readonly to: string;
	/** Port and protocol: `443/tcp`. */
	readonly port: string;
	/** As the cluster sees it. */
	readonly direction: 'in' | 'out' | 'inside' | 'beside';
};

/** The host that this program runs on. */
export const jumpHost = 'jump host';

type Place = {readonly host: string; readonly port: string};

/** `host:port`, or a host alone. */
const placeOf = (text: string, usual: number): Place => {
	const [, host = text, port = String(usual)] = /^(.+):(\d+)$/u.exec(text) ?? [];
	return {host, port: `${port}/tcp`};
};

const urlPlace = (url: string): Place => {
	const {hostname, port, protocol} = new URL(url);
	return {host: hostname, port: `${port || (protocol === 'http:' ? 80 : 443)}/tcp`};
};

const registryLines = ({registry: {host, pushHost, plainHttp}}: Answers): readonly NetworkLine[] => {
	const usual = plainHttp ? 80 : 443;
	const push = placeOf(pushHost ?? host, usual);
	const pull = placeOf(host, usual);
	return [
		{what: 'push of the images', from: jumpHost, to: push.host, port: push.port, direction: 'beside'},
		{what: 'pull of the images', from: 'every node', to: pull.host, port: pull.port, direction: 'out'},
	];
};

const backupPods = ({backup, controlPlane}: Answers): string =>
	`backup pods in ${backup.schedule.namespace ?? controlPlane.namespace}`;

/** Each server once, with the components that keep their data there. */
const databaseLines = (answers: Answers): readonly NetworkLine[] => {
	const components = [
		{path: 'controlPlane', namespace: answers.controlPlane.namespace} as const,
		...answers.workspaces.map(({namespace}, index) => ({path: `workspaces.${index}`, namespace}) as const),
	];
	const servers = new Map<string, {readonly host: string; readonly port: number; readonly namespaces: string[]}>();
	for (const {path, namespace} of components) {
		const server = databaseServerOf(answers, path);
		const known = servers.get(addressOf(server)) ?? {host: server.host, port: server.port, namespaces: []};
		servers.set(addressOf(server), {...known, namespaces: [...known.namespaces, namespace]});
	}
	return [...servers.values()].flatMap(({host, port, namespaces}): readonly NetworkLine[] => {
		const to = {to: host, port: `${port}/tcp`};
		return [
			{what: 'logins, grants, dumps', from: jumpHost, ...to, direction: 'beside'},
			{what: 'data of the servers', from: `pods in ${namespaces.join(', ')}`, ...to, direction: 'out'},
			...(answers.backup.schedule.kind === 'none'
				? []
				: [{what: 'dumps of scheduled backups', from: backupPods(answers), ...to, direction: 'out' as const}]),
		];
	});
};

const wayInLines = (answers: Answers): readonly NetworkLine[] => {
	const {controlPlane, workspaces, ingress} = answers;
	const hosts = [controlPlane.host, ...workspaces.map(({host}) => host)].join(', ');
	const at = ingress.address === undefined ? '' : ` (at ${ingress.address})`;
	const port = `${ingress.httpsPort}/tcp`;
	const namespaces = workspaces.map(({namespace}) => namespace).join(', ');
	return [
		{what: 'dashboard, API, clients', from: 'machines of users', to: `${hosts}${at}`, port, direction: 'in'},
		{what: 'checks of the install', from: jumpHost, to: `${hosts}${at}`, port, direction: 'in'},
		{
			what: 'workspaces call the control plane',
			from: `pods in ${namespaces}`,
			to: `${controlPlane.host}${at}`,
			port,
			direction: 'inside',
		},
		{
			what: 'way in to the servers',
			from: `ingress controller, Gateway or router`,
			to: `Services in ${controlPlane.namespace}, ${namespaces}`,
			port: 'those of the Services',
			direction: 'inside',
		},
	];
};

const runnerLines = ({workloadManager, controlPlane, workspaces, ingress}: Answers): readonly NetworkLine[] =>
	workloadManager.enabled
		? [
				{
					what: 'snapshot runs',
					from: `pods in ${workloadManager.namespace}`,
					to: [controlPlane.host, ...workspaces.map(({host}) => host)].join(', '),
					port: `${ingress.httpsPort}/tcp`,
					direction: 'inside',
				},
			]
		: [];

/** Where a storage is on the network; undefined where there is none, or the cluster's own StorageClass knows it. */
const storageAt = (answers: Answers, from: StoragePath): Place | undefined => {
	const place = storagePlaceOf(answers, from);
	if (place?.kind === 's3') return urlPlace(place.endpoint);
	return place?.kind === 'nfs' ? {host: place.server, port: '2049/tcp'} : undefined;
};

const storageLines = (answers: Answers): readonly NetworkLine[] => {
	const {workloadManager} = answers;
	const store = storageAt(answers, 'artifacts');
	const kept = storageAt(answers, 'backup.schedule');
	const runners = workloadManager.enabled ? `, pods in ${workloadManager.namespace}` : '';
	const from = backupPods(answers);
	return [
		...(store
			? [
					{
						what: 'artifacts of pipelines',
						from: `pods of pipelines${runners}`,
						to: store.host,
						port: store.port,
						direction: 'out' as const,
					},
				]
			: []),
		...(kept ? [{what: 'scheduled backups', from, to: kept.host, port: kept.port, direction: 'out' as const}] : []),
	];
};

const nameLines = ({network: {nameServer}}: Answers): readonly NetworkLine[] => {
	const server = placeOf(nameServer ?? 'name server of this host', 53);
	const port = server.port.replace('/tcp', '/udp and tcp');
	return [
		{what: 'names', from: jumpHost, to: server.host, port, direction: 'beside'},
		{what: 'names', from: 'pods', to: 'DNS of the cluster, which asks yours', port: '53/udp and tcp', direction: 'out'},
	];
};

const apiLine = ({kubernetes: {context}}: Answers): NetworkLine => ({
	what: 'Kubernetes API',
	from: jumpHost,
	to: `server of ${context === undefined ? 'the current context' : `context ${context}`} in the kubeconfig`,
	port: 'that of the server, often 6443/tcp',
	direction: 'in',
});

/** Every line that an install by these answers needs, and no other. */
export const networkLines = (answers: Answers): readonly NetworkLine[] => [
	apiLine(answers),
	...registryLines(answers),
	...databaseLines(answers),
	...wayInLines(answers),
	...runnerLines(answers),
	...storageLines(answers),
	...nameLines(answers),
];

/** How the cluster sees a line, in words. */
export const directions: Readonly<Record<NetworkLine['direction'], string>> = {
	in: 'into the cluster',
	out: 'out of the cluster',
	inside: 'within the cluster',
	beside: 'past the cluster',
};
