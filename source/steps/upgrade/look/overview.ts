import {printable} from '../../../base/printable.ts';
import {counted, firstOf} from '../../../base/text.ts';
import {formatBytes, formatMoment, totalSize} from '../../../base/units.ts';
import {journalSecretName} from '../../../cluster/journal-secret.ts';
import {parseJournal} from '../../../engine/journal.ts';
import type {PlanPage} from '../../../engine/plan.ts';
import type {Image} from '../../../oci/image.ts';
import {nameOf} from '../../backup/installed.ts';
import {lookFor} from '../../images/compressed-images.ts';
import {serverOf} from '../../shared/database-logins.ts';
import {referenceOf, repositoryOf} from '../../shared/names.ts';
import {told} from '../../shared/preview/told.ts';
import {backCommand} from '../../shared/release/back-mark.ts';
import {schemaOf} from '../../shared/release/schema-change.ts';
import {selectorOf} from '../../shared/release/wanted.ts';
import {containersThatRan} from '../../verification/ran.ts';
import type {World} from '../../world.ts';
import {type Installed, isUpgraded, versionsInWords} from '../installed.ts';

const jsonOf = (text: string): unknown => {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
};

/** Which tool made what is installed, as its journal in the cluster says. */
const toolLines = async ({answers, cluster, signal}: World): Promise<readonly string[]> => {
	const {namespace} = answers.controlPlane;
	const secret = await cluster.get({apiVersion: 'v1', kind: 'Secret', namespace, name: journalSecretName}, signal);
	const encoded = (secret?.data as Readonly<Record<string, string>> | undefined)?.['state.json'];
	if (encoded === undefined) return ['Last run here: not known, the cluster has no journal.'];
	const value = jsonOf(Buffer.from(encoded, 'base64').toString('utf8'));
	if (value === undefined) return ['Last run here: not known, its journal in the cluster is damaged.'];
	const {tool, plan, host, savedAt, bundle} = parseJournal(value, `Secret ${namespace}/${journalSecretName}`);
	const when = formatMoment(savedAt);
	return [
		`Last run here: ${plan} by version ${tool} of this tool, from ${host} at ${when}${bundle ? `, bundle ${bundle}` : ''}`,
	];
};

/** The images of a component's pods, by the digests that their nodes tell. */
const imageLines = async ({cluster, signal}: World, {component}: Installed): Promise<readonly string[]> => {
	const {namespace, release} = component.answers;
	const selection = {apiVersion: 'v1', kind: 'Pod', namespace, labelSelector: selectorOf(release)};
	const pods = await cluster.list(selection, signal);
	const lines = pods.flatMap(
		(pod) =>
			containersThatRan(pod)?.map(({image, digest}) => `    runs ${image} ${digest ?? '(no digest told)'}`) ?? [
				`    images of pod ${pod.metadata.name}: not known, it cannot be read.`,
			],
	);
	return [...new Set(lines)].sort();
};

const versionLines = async (world: World, one: Installed): Promise<readonly string[]> => {
	const {component, chart, live, version} = one;
	// A chart that names no version of its server has its own, on both sides.
	const server = `${live?.appVersion || version || '(not told)'} -> ${chart.appVersion ?? chart.version}`;
	return [
		`  ${component.label}: chart ${versionsInWords(one)}, server ${server}, revision ${live?.revision} ${live?.status}`,
		...(await told(world, '    images', async () => imageLines(world, one))),
	];
};

/** What is known of a migration from outside: where the database is now. Where it goes is known to the server's image alone. */
const databaseLines = async (world: World, one: Installed): Promise<readonly string[]> => {
	const {component} = one;
	const {name} = component.answers.database;
	return told(world, `  database ${name}`, async () => {
		const {tables, revision} = await schemaOf(world, component);
		const server = serverOf(world, component);
		const due = isUpgraded(one)
			? 'as its server wants it'
			: "which migrations are due, the new server's migration Job decides";
		const at = revision === undefined ? 'no revision told' : `revision ${revision}`;
		return [`  ${name} on ${server.host}: ${counted(tables, 'table')}, ${at}; ${due}`];
	});
};

const sizeOf = ({blobs, manifest, children = []}: Image): number =>
	totalSize(blobs) + [manifest, ...children].reduce((sum, {bytes}) => sum + bytes.length, 0);

const pushLines = async (world: World): Promise<readonly string[]> => {
	const {answers, registry, bundle, signal} = world;
	const {images} = await bundle.open(signal);
	const looking = {registry, signal, compresses: answers.bundle.compress !== 'none', cache: new Map()};
	const found = await Promise.all(
		images.map(async (image) => lookFor(looking, {image, repository: repositoryOf(answers, image.name)})),
	);
	const missing = images.filter((_image, index) => found[index]?.present !== true);
	if (missing.length === 0) return [`Images to push: none, all ${images.length} are at ${registry.host}.`];
	const most = formatBytes(missing.reduce((sum, image) => sum + sizeOf(image), 0));
	return [
		`Images to push: ${missing.length} of ${images.length}, at most ${most} to send and to keep at ${registry.host} (layers that it has are not sent):`,
		...missing.map((image) => `  ${referenceOf(answers, image)} ${formatBytes(sizeOf(image))}`),
	];
};

const roomLines = async ({host, backups}: World): Promise<readonly string[]> => [
	`Room: ${formatBytes(await host.freeBytes())} are free in ${printable(host.stateDirectory)}. The backup goes to ${backups.folder}; the step "Ready for a backup" counts the databases and looks for room.`,
];

const restartLines = (restarts: readonly string[]): readonly string[] =>
	restarts.length === 0
		? ['What restarts: nothing.']
		: ['What restarts, one rollout each:', ...restarts.map((one) => `  ${one}`)];

const backLines = (all: readonly Installed[]): readonly string[] => {
	const due = all.filter((one) => !isUpgraded(one));
	if (due.length === 0)
		return ['How to get back: nothing is to be upgraded, so no backup is taken and nothing has to go back.'];
	return [
		'How to get back: release and database of a component go back together, to the backup that is taken before the first change:',
		...due.map(({component}) => `  ${backCommand(nameOf(component))}`),
		'What was written since that backup is lost then; nothing goes back by itself.',
	];
};

const orderLine = ({answers: {upgrade, workspaces}}: World): string => {
	const first = upgrade.canary ?? workspaces[0]?.name ?? '';
	const rest = workspaces.filter(({name}) => name !== first).map(({name}) => name);
	const then = rest.length === 0 ? '' : `, then ${firstOf(rest, 10)}, ${upgrade.atOnce} at once`;
	return `Order: backup, images, control plane, login and dashboard tried, workspace ${first} alone${then}; it stops at the first that fails.`;
};

/** The page that stands first: what goes from where to where, and what it takes. @throws the signal's reason */
export const overview = async (
	world: World,
	all: readonly Installed[],
	restarts: readonly string[],
): Promise<PlanPage> => {
	const versions = await Promise.all(all.map(async (one) => versionLines(world, one)));
	const databases = await Promise.all(all.map(async (one) => databaseLines(world, one)));
	return {
		title: 'What changes',
		lines: [
			...(await told(world, 'Last run here', async () => toolLines(world))),
			'Versions:',
			...versions.flat(),
			orderLine(world),
			...(await told(world, 'Images to push', async () => pushLines(world))),
			'Databases:',
			...databases.flat(),
			...restartLines(restarts),
			...(await told(world, 'Room', async () => roomLines(world))),
			...backLines(all),
		],
	};
};
