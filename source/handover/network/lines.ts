import {addressOf, databaseServerOf} from '../../answers/database-server.ts';
import type {Answers} from '../../answers/schema.ts';
import {type StoragePath, storagePlaceOf} from '../../answers/storage/place.ts';
import {nameServerOf, usualPort} from '../../network/ask-name.ts';

/** A line that has to be open: who opens a connection, to whom, at which port. */
export type NetworkLine = {
	readonly what: string;
	readonly from: readonly string[];
	/** Hosts, or one place in words where no host is known. */
	readonly to: readonly string[];
	/** The address that all these hosts have, where the answers tell it. */
	readonly at?: string | undefined;
	/** A number, or words where none is known. */
	readonly port: number | string;
	readonly protocols: readonly ('tcp' | 'udp')[];
	/** As the cluster sees it. */
	readonly direction: 'in' | 'out' | 'inside' | 'beside';
};

/** The host that this program runs on. */
export const jumpHost = 'jump host';
/** Everybody who opens the dashboard or runs pipelines. */
export const users = 'machines of users';
/** Where containers are pulled and volumes are mounted: not from pods. */
export const everyNode = 'every node';
/** What a name server is called whose address nobody knows. */
export const unknownNameServer = 'name server of the jump host';
/** Whom pods ask for names. */
const clusterDns = 'DNS of the cluster';
/** Whom that one asks what it does not know itself: by default those of its node. */
const nodeNameServer = 'name server of the nodes';

/** Dumps whose line nobody needs unless the jump host lacks programs for them. */
export const ifNoPrograms = 'dumps in the cluster if the jump host lacks programs';

/** Where connections go. */
type Place = Pick<NetworkLine, 'to' | 'port' | 'protocols'>;

const byTcp = ['tcp'] as const;

/** An IPv6 address stands in brackets only before a port. */
const bare = (host: string): string => host.replace(/^\[(.*)\]$/u, '$1');

/** `host:port`, or a host alone. */
const placeOf = (text: string, usual: number): Place => {
	const [, host = text, port = usual] = /^(.+):(\d+)$/u.exec(text) ?? [];
	return {to: [bare(host)], port: Number(port), protocols: byTcp};
};

/** Where a server of an `http` or `https` URL listens. */
const urlPlace = (url: string): Place => {
	const {hostname, port, protocol} = new URL(url);
	return {to: [bare(hostname)], port: Number(port || (protocol === 'http:' ? 80 : 443)), protocols: byTcp};
};

const registryLines = ({registry: {host, pushHost, plainHttp}}: Answers): readonly NetworkLine[] => {
	const usual = plainHttp ? 80 : 443;
	const push = placeOf(pushHost ?? host, usual);
	const pull = placeOf(host, usual);
	return [
		{what: 'push of the images', from: [jumpHost], ...push, direction: 'beside'},
		{what: 'pull of the images', from: [everyNode], ...pull, direction: 'out'},
	];
};

const podsIn = (namespaces: readonly string[]): readonly string[] => namespaces.map((name) => `pods in ${name}`);

const backupPods = ({backup, controlPlane}: Answers): readonly string[] => [
	`backup pods in ${backup.schedule.namespace ?? controlPlane.namespace}`,
];

/** What dumps come from, by hand: a pod stands in where the answers say so, or where this host has no programs that fit. */
const dumpLines = ({backup: {tools}, controlPlane: {namespace}}: Answers, to: Place): readonly NetworkLine[] => {
	if (tools === 'host') return [];
	const what = tools === 'cluster' ? 'dumps in the cluster' : ifNoPrograms;
	return [{what, from: [`dump pods in ${namespace}`], ...to, direction: 'out'}];
};

/** Dumps by schedule are made in the cluster in any case. */
const scheduledLines = (answers: Answers, to: Place): readonly NetworkLine[] =>
	answers.backup.schedule.kind === 'none'
		? []
		: [{what: 'dumps of scheduled backups', from: backupPods(answers), ...to, direction: 'out'}];

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
	const byHand = answers.backup.tools === 'cluster' ? 'logins, grants' : 'logins, grants, dumps';
	return [...servers.values()].flatMap(({host, port, namespaces}): readonly NetworkLine[] => {
		const to: Place = {to: [bare(host)], port, protocols: byTcp};
		return [
			{what: byHand, from: [jumpHost], ...to, direction: 'beside'},
			{what: 'data of the servers', from: podsIn([...new Set(namespaces)]), ...to, direction: 'out'},
			...dumpLines(answers, to),
			...scheduledLines(answers, to),
		];
	});
};

/** What lets requests into the cluster, by the name that the answers have for it. */
const wayIn = ({kind, className, gateway}: Answers['ingress']): string => {
	if (kind === 'route') return 'router of OpenShift';
	return kind === 'gateway' ? `Gateway ${gateway ?? 'of the site'}` : `ingress controller ${className}`;
};

const wayInLines = (answers: Answers): readonly NetworkLine[] => {
	const {controlPlane, workspaces, ingress} = answers;
	const way = {at: ingress.address, port: ingress.httpsPort, protocols: byTcp};
	const to = [controlPlane.host, ...workspaces.map(({host}) => host)];
	const namespaces = [...new Set(workspaces.map(({namespace}) => namespace))];
	return [
		{what: 'dashboard, API, clients', from: [users], to, ...way, direction: 'in'},
		{what: 'checks of the install', from: [jumpHost], to, ...way, direction: 'in'},
		{
			what: 'workspaces call the control plane',
			from: podsIn(namespaces),
			to: [controlPlane.host],
			...way,
			direction: 'inside',
		},
		{
			what: 'way in to the servers',
			from: [wayIn(ingress)],
			to: [...new Set([controlPlane.namespace, ...namespaces])].map((name) => `Services in ${name}`),
			port: 'those of the Services',
			protocols: byTcp,
			direction: 'inside',
		},
	];
};

const runnerLines = ({workloadManager, controlPlane, workspaces, ingress}: Answers): readonly NetworkLine[] =>
	workloadManager.enabled
		? [
				{
					what: 'snapshot runs',
					from: podsIn([workloadManager.namespace]),
					to: [controlPlane.host, ...workspaces.map(({host}) => host)],
					...{at: ingress.address, port: ingress.httpsPort, protocols: byTcp},
					direction: 'inside',
				},
			]
		: [];

/**
 * The line to a storage; none where there is no storage, or the cluster's own StorageClass knows it. Kubernetes documentation, "Volumes",
 * nfs: the kubelet mounts the export, so that its packets come from nodes whatever addresses pods have.
 */
const storageLine = (
	answers: Answers,
	at: StoragePath,
	what: string,
	pods: readonly string[],
): readonly NetworkLine[] => {
	const place = storagePlaceOf(answers, at);
	if (place?.kind === 's3') return [{what, from: pods, ...urlPlace(place.endpoint), direction: 'out'}];
	if (place?.kind !== 'nfs') return [];
	return [{what, from: [everyNode], to: [bare(place.server)], port: 2049, protocols: byTcp, direction: 'out'}];
};

const storageLines = (answers: Answers): readonly NetworkLine[] => {
	const {workloadManager} = answers;
	const runners = workloadManager.enabled ? podsIn([workloadManager.namespace]) : [];
	return [
		...storageLine(answers, 'artifacts', 'artifacts of pipelines', ['pods of pipelines', ...runners]),
		...storageLine(answers, 'backup.schedule', 'scheduled backups', backupPods(answers)),
	];
};

/** Whom a run tells of itself by a post: each address once. */
const hookLines = ({hooks: {started, waiting, problem, finished}}: Answers): readonly NetworkLine[] => {
	const places = [started, waiting, problem, finished].flatMap(({url}) => (url === undefined ? [] : [urlPlace(url)]));
	const known = new Map(places.map((place) => [`${place.to.join()} ${place.port}`, place]));
	return [...known.values()].map((place) => ({what: 'news of runs', from: [jumpHost], ...place, direction: 'beside'}));
};

/** A resolver on the host itself passes questions on: where to, it does not tell. */
const isOwn = (server: string): boolean => /^(?:127\.|::1$|0\.0\.0\.0$)/u.test(server);

/** Where the jump host asks for names: by the answers, or as it is set up. */
const nameServersOf = ({network: {nameServer}}: Answers, {nameServers = []}: NetworkFacts): readonly string[] =>
	nameServer === undefined ? nameServers.filter((server) => !isOwn(nameServerOf(server).host)) : [nameServer];

/**
 * Pods ask the DNS of the cluster, and it asks a name server of the site on (Kubernetes documentation, "Customizing DNS Service": the
 * `forward` of CoreDNS). That is taken to be the one of the jump host: the records of this site have to be there for both.
 */
const nameLines = (answers: Answers, facts: NetworkFacts): readonly NetworkLine[] => {
	const protocols = ['udp', 'tcp'] as const;
	const known = nameServersOf(answers, facts).map((server) => nameServerOf(server));
	const asked = (unknown: string): readonly Place[] =>
		(known.length === 0 ? [{host: unknown, port: usualPort}] : known).map(({host, port}) => ({
			to: [bare(host)],
			...{port, protocols},
		}));
	return [
		...asked(unknownNameServer).map(
			(place): NetworkLine => ({what: 'names', from: [jumpHost], ...place, direction: 'beside'}),
		),
		{what: 'names', from: ['pods'], to: [clusterDns], port: usualPort, protocols, direction: 'inside'},
		...asked(nodeNameServer).map(
			(place): NetworkLine => ({what: 'names asked on', from: [clusterDns], ...place, direction: 'out'}),
		),
	];
};

const apiPlace = ({kubernetes: {context}}: Answers, server: string | undefined): Place =>
	server === undefined
		? {
				to: [`server of ${context === undefined ? 'the current context' : `context ${context}`} in the kubeconfig`],
				port: 'that of the server, often 6443',
				protocols: byTcp,
			}
		: urlPlace(server);

/** What this host knows beside the answers. */
export type NetworkFacts = {
	/** URL of the API server, where a kubeconfig tells it. */
	readonly server?: string | undefined;
	/** Name servers that this host is set up with, `ip` or `ip:port`; the answers go before them. */
	readonly nameServers?: readonly string[] | undefined;
};

/** Every line that an install by these answers needs, and no other. */
export const networkLines = (answers: Answers, facts: NetworkFacts = {}): readonly NetworkLine[] => [
	{what: 'Kubernetes API', from: [jumpHost], ...apiPlace(answers, facts.server), direction: 'in'},
	...registryLines(answers),
	...databaseLines(answers),
	...wayInLines(answers),
	...runnerLines(answers),
	...storageLines(answers),
	...hookLines(answers),
	...nameLines(answers, facts),
];

/** How the cluster sees a line, in words. */
export const directions: Readonly<Record<NetworkLine['direction'], string>> = {
	in: 'into the cluster',
	out: 'out of the cluster',
	inside: 'within the cluster',
	beside: 'past the cluster',
};

/** Who opens a line, for people: `pods in zenml-pro, pods in zenml-workspace`. */
export const sourceText = ({from}: NetworkLine): string => from.join(', ');

/** Who a line goes to, for people: `a.corp, b.corp (at 10.1.2.3)`. */
export const destinationText = ({to, at}: NetworkLine): string =>
	`${to.join(', ')}${at === undefined ? '' : ` (at ${at})`}`;

/** Port and protocols, for people: `53/udp and tcp`. */
export const portText = ({port, protocols}: NetworkLine): string =>
	typeof port === 'number' ? `${port}/${protocols.join(' and ')}` : `${port} (${protocols.join(' and ')})`;
