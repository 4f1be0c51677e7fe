import semver from 'semver';
import {type Problem, problem} from '../../base/problem.ts';
import {quantityOf} from '../../base/quantity.ts';
import {kubeVersionFits, supportedDatabases} from '../../charts/index.ts';
import {wantedControlPlane} from '../control-plane.ts';
import {adminLogin, databaseServer} from '../databases.ts';
import {accessesNeeded} from '../shared/accesses.ts';
import {componentsOf, repositoryOf} from '../shared/names.ts';
import {auditRelease} from '../shared/release.ts';
import {wantedWorkspace} from '../workspaces.ts';
import type {World} from '../world.ts';

type Result = {readonly note: string; readonly warnings?: readonly string[]; readonly problems?: readonly Problem[]};
export type Check = {readonly label: string; readonly run: (world: World) => Promise<Result>};

/** Oldest Kubernetes the product's documents name. */
const oldestKubernetes = '1.24.0';
/** Skew at which token lifetimes and certificates start to fail, ms. */
const tolerableSkewMs = 60_000;
/** State, journal and logs of one run stay far below this. */
const neededBytes = 50 * 1024 * 1024;

const kubernetes: Check['run'] = async ({cluster, bundle, signal}) => {
	const version = await cluster.version(signal);
	const {controlPlaneChart, workspaceChart} = await bundle.open(signal);
	const tooOld = semver.lt(semver.coerce(version)?.version ?? '0.0.0', oldestKubernetes)
		? [
				problem({
					code: 'kubernetes-too-old',
					area: 'prerequisites',
					who: 'cluster admin',
					message: `The cluster runs Kubernetes ${version}.`,
					cause: `ZenML Pro needs ${oldestKubernetes} or newer.`,
					fix: 'Upgrade the cluster, or name another one.',
					answers: ['kubernetes.context'],
				}),
			]
		: [];
	const problems = [
		...tooOld,
		...[controlPlaneChart, workspaceChart].flatMap((chart) => kubeVersionFits(chart, version) ?? []),
	];
	return {note: `${version} at ${cluster.server}`, problems};
};

const permissions: Check['run'] = async ({cluster, answers, signal}) => {
	const accesses = accessesNeeded(answers);
	const denied = await cluster.denied(accesses, signal);
	if (denied.length === 0) return {note: `${accesses.length} verbs allowed`};
	const lines = denied.map(
		({verb, group, resource, namespace, reason}) =>
			`${verb} ${resource}${group ? `.${group}` : ''}${namespace ? ` in ${namespace}` : ''}${reason ? `: ${reason}` : ''}`,
	);
	return {
		note: '',
		problems: [
			problem({
				code: 'kubernetes-permissions',
				area: 'prerequisites',
				who: 'cluster admin',
				message: `This login lacks ${denied.length} of ${accesses.length} permissions that the install needs.`,
				cause: `The cluster denies: ${lines.slice(0, 3).join('; ')}${lines.length > 3 ? '; …' : ''}.`,
				fix: 'Have the cluster admin grant them, or use a kubeconfig or context that has them.',
				answers: ['kubernetes.kubeconfig', 'kubernetes.context'],
				evidence: lines,
			}),
		],
	};
};

const helm: Check['run'] = async (world) => ({note: `helm ${await world.helm.version(world.signal)}`});

const ingressClass: Check['run'] = async ({cluster, answers, signal}) => {
	const {className} = answers.ingress;
	const classes = await cluster.list({apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass'}, signal);
	const names = classes.map(({metadata: {name}}) => name);
	if (names.includes(className)) return {note: className};
	return {
		note: '',
		problems: [
			problem({
				code: 'ingress-class-missing',
				area: 'prerequisites',
				who: 'cluster admin',
				message: `The cluster has no ingress class "${className}".`,
				cause:
					names.length > 0 ? `It has: ${names.join(', ')}.` : 'It has none at all: no ingress controller is installed.',
				fix: names.length > 0 ? 'Name one of these in ingress.className.' : 'Install an ingress controller first.',
				answers: ['ingress.className'],
			}),
		],
	};
};

type NodeStatus = {
	readonly allocatable?: Readonly<Record<string, string>>;
	readonly nodeInfo?: {readonly architecture?: string};
};

const nodes: Check['run'] = async ({cluster, bundle, answers, signal}) => {
	const found = (await cluster.list({apiVersion: 'v1', kind: 'Node'}, signal)).map(
		({status}) => (status ?? {}) as NodeStatus,
	);
	const sum = (resource: 'cpu' | 'memory'): number =>
		found.reduce((total, {allocatable}) => total + quantityOf(allocatable?.[resource] ?? '0'), 0);
	const needed = componentsOf(answers).reduce(
		(total, {answers: {replicas, resources}}) => ({
			cpu: total.cpu + replicas * quantityOf(resources.requests.cpu),
			memory: total.memory + replicas * quantityOf(resources.requests.memory),
		}),
		{cpu: 0, memory: 0},
	);
	const have = {cpu: sum('cpu'), memory: sum('memory')};
	const architectures = [...new Set(found.flatMap(({nodeInfo}) => nodeInfo?.architecture ?? []))];
	const images = (await bundle.open(signal)).images;
	const foreign = images.filter(
		({platform, platforms = [platform]}) =>
			architectures.length > 0 && !platforms.some(({architecture}) => architectures.includes(architecture)),
	);
	return {
		note: `${found.length} ${found.length === 1 ? 'node' : 'nodes'}, ${have.cpu.toFixed(1)} CPU, ${(have.memory / 1024 ** 3).toFixed(1)} GiB, ${architectures.join(', ')}`,
		problems: [
			...(have.cpu < needed.cpu || have.memory < needed.memory
				? [
						problem({
							code: 'cluster-too-small',
							area: 'prerequisites',
							who: 'cluster admin',
							message: 'The nodes are too small for what the pods request.',
							cause: `Requested: ${needed.cpu} CPU and ${(needed.memory / 1024 ** 3).toFixed(1)} GiB. All nodes together: ${have.cpu} CPU and ${(have.memory / 1024 ** 3).toFixed(1)} GiB.`,
							fix: 'Add nodes, or lower the replicas or resource requests.',
							answers: [
								'controlPlane.replicas',
								'controlPlane.resources.requests.cpu',
								'controlPlane.resources.requests.memory',
							],
						}),
					]
				: []),
			...(foreign[0]
				? [
						problem({
							code: 'architecture-mismatch',
							area: 'prerequisites',
							who: 'vendor',
							message: `The bundle's images are for ${foreign[0].platform.architecture}; the nodes are ${architectures.join(', ')}.`,
							cause: `For example ${foreign[0].source}.`,
							fix: 'Choose the platform of the nodes in bundle.platform if the bundle has it, else have one made for them.',
							answers: ['bundle.platform', 'bundle.path'],
						}),
					]
				: []),
		],
	};
};

const registry: Check['run'] = async ({registry: port, bundle, answers, signal}) => {
	await port.ping(signal);
	const [first] = (await bundle.open(signal)).images;
	if (first) await port.checkPush(repositoryOf(answers, first.name), signal);
	return {note: `${port.host}, login and push right`};
};

const database: Check['run'] = async (world) => {
	const {bundle, signal} = world;
	const admin = await adminLogin(world);
	const {controlPlaneChart, workspaceChart} = await bundle.open(signal);
	const warnings = [controlPlaneChart, workspaceChart].flatMap((chart) => supportedDatabases(chart).warning ?? []);
	if (!admin) {
		const {host, port} = await databaseServer(world);
		return {note: `${host}:${port}, logins are checked later: no admin login given`, warnings};
	}
	const facts = await world.database.probe(admin, signal);
	return {
		note: `PostgreSQL ${facts.version}, ${facts.encoding}, ${facts.usedConnections} of ${facts.maxConnections} connections, ${facts.tls}`,
		warnings,
	};
};

const disk: Check['run'] = async ({host}) => {
	const free = await host.freeBytes();
	if (free >= neededBytes) return {note: `${(free / 1024 ** 3).toFixed(1)} GiB free`};
	return {
		note: '',
		problems: [
			problem({
				code: 'disk-full',
				area: 'prerequisites',
				message: `Only ${(free / 1024 ** 2).toFixed(1)} MiB are free in ${host.stateDirectory}.`,
				cause: 'State and logs of the run are written there; 50 MiB are needed.',
				fix: 'Make room, or name another folder with --state-dir.',
			}),
		],
	};
};

const clocks: Check['run'] = async ({cluster, clock, signal}) => {
	const before = clock.now();
	const server = await cluster.serverTime(signal);
	const skew = server - (before + clock.now()) / 2;
	if (Math.abs(skew) <= tolerableSkewMs) return {note: `${(Math.abs(skew) / 1000).toFixed(1)} s apart`};
	return {
		note: '',
		problems: [
			problem({
				code: 'clock-skew',
				area: 'prerequisites',
				message: `This host's clock is ${Math.round(Math.abs(skew) / 1000)} s ${skew > 0 ? 'behind' : 'ahead of'} the cluster's.`,
				cause: 'Tokens and certificates are refused when clocks differ.',
				fix: "Set the clock (NTP) of this host, or have the cluster's set.",
				nextSteps: ['date -u'],
			}),
		],
	};
};

const certificates: Check['run'] = async ({tls, answers, clock}) => {
	const hosts = componentsOf(answers).map(({answers: {host}}) => host);
	const result = await tls.readPair(
		{certificate: answers.tls.certificate, key: answers.tls.key, ca: answers.tls.ca},
		hosts,
		clock.now(),
	);
	// A certificate that does not do is an answer that does not do.
	if ('problems' in result)
		return {note: '', problems: result.problems.map((found) => ({...found, area: 'usage' as const}))};
	const {names, notAfter} = result.pair.facts;
	return {
		note: `${names.join(', ')}, until ${new Date(notAfter).toISOString().slice(0, 10)}`,
		warnings: result.warnings,
	};
};

/** Both charts with made-up secrets: a key that a chart does not know must be found before anything changes. */
const chartValues: Check['run'] = async (world) => {
	const releases = [
		await wantedControlPlane(world, true),
		...(await Promise.all(world.answers.workspaces.map(async (workspace) => wantedWorkspace(world, workspace, true)))),
	];
	const audits = await Promise.all(
		releases.map(async (wanted) => (wanted ? auditRelease(world, wanted) : {problems: [], warnings: []})),
	);
	return {
		note: `${releases.length} releases rendered`,
		problems: audits.flatMap(({problems}) => problems),
		warnings: [...new Set(audits.flatMap(({warnings}) => warnings))],
	};
};

/** All checks, in the order in which they are shown; they run side by side. */
export const checks: readonly Check[] = [
	{label: 'Certificates', run: certificates},
	{label: 'Helm', run: helm},
	{label: 'Disk', run: disk},
	{label: 'Kubernetes', run: kubernetes},
	{label: 'Chart values', run: chartValues},
	{label: 'Permissions', run: permissions},
	{label: 'Ingress class', run: ingressClass},
	{label: 'Nodes', run: nodes},
	{label: 'Clocks', run: clocks},
	{label: 'Registry', run: registry},
	{label: 'Database server', run: database},
];
