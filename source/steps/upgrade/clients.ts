import type {KubeObject} from '../../cluster/types.ts';
import type {Finding, Handover} from '../../engine/plan.ts';
import {awaitPeople, pollEveryMs} from '../shared/handover.ts';
import {managedBy} from '../shared/names.ts';
import {pinnedReference} from '../shared/pinned.ts';
import {type Step, shortTimeouts, type World} from '../world.ts';

/** ConfigMap in the control plane's namespace: of which version users were told last. */
const noteName = 'zenml-airgap-clients';

/** What users are told: the version, and the client image of it by digest where the bundle has one. */
type Told = {readonly version: string; readonly image: string};

const wantedOf = async (world: World): Promise<Told> => {
	const {images, workspaceChart} = await world.bundle.open(world.signal);
	const version = workspaceChart.appVersion ?? workspaceChart.version;
	// Client images are sorted: that of the server's version comes first.
	const client = images.find(({name}) => name === 'zenml');
	return {version, image: client ? await pinnedReference(world, client) : ''};
};

const noteOf = ({answers}: World, data: Told): KubeObject => ({
	apiVersion: 'v1',
	kind: 'ConfigMap',
	metadata: {name: noteName, namespace: answers.controlPlane.namespace, labels: managedBy},
	data,
});

const toldBefore = async ({answers, cluster, signal}: World): Promise<unknown> => {
	const {namespace} = answers.controlPlane;
	return (await cluster.get({apiVersion: 'v1', kind: 'ConfigMap', namespace, name: noteName}, signal))?.data;
};

const isTold = (told: unknown, {version, image}: Told): boolean => {
	const {version: before, image: imageBefore = ''} = (told ?? {}) as Partial<Told>;
	return before === version && imageBefore === image;
};

const install = (version: string): readonly string[] => [
	`pip install "zenml==${version}"`,
	'zenml version',
	'',
	'from your internal package index: this upgrade carries no Python packages.',
];

const dockerfiles = ({image}: Told): readonly string[] =>
	image === ''
		? ['The bundle has no client image: build yours on the version above.']
		: [
				`FROM ${image}`,
				'',
				'The digest is that of the image at the internal registry; a tag can be moved, a digest cannot.',
			];

const rules = ({version}: Told): readonly string[] => [
	`The workspace servers have version ${version}.`,
	'A client must not be newer than its server. One that is older works as far as the two still speak alike, which nobody promises:',
	'change clients, pipeline images and CI together, soon, and before the next upgrade.',
	'',
	'Pipelines that run now keep the image they were started with.',
	'Images that were built before hold the old client: build them anew on the parent above.',
];

const handoverOf = (told: Told): Handover => ({
	id: 'clients',
	title: `Clients go to version ${told.version}`,
	who: 'operator',
	intro: 'The servers are upgraded. What your users have to change now stands below; give it to them.',
	sections: [
		{title: 'Python clients', fileName: 'clients.txt', lines: install(told.version)},
		{title: 'Dockerfiles', fileName: 'dockerfile-parent.txt', lines: dockerfiles(told)},
		{title: 'What works with what', fileName: 'rules.txt', lines: rules(told)},
	],
	awaited: [{label: 'your users know', ok: false, note: 'confirm it here'}],
	pollEveryMs,
	acknowledge: 'The users were told which client version and image to use.',
});

const check = async (world: World): Promise<Finding> => {
	const told = await wantedOf(world);
	const note = `zenml==${told.version}${told.image === '' ? '' : `, ${told.image}`}`;
	if (isTold(await toldBefore(world), told)) return {status: 'ok', note};
	const handover = handoverOf(told);
	const pages = handover.sections.map(({title, lines}) => ({title, lines}));
	if (world.pass === 'look')
		return {status: 'todo', changes: [{action: 'wait', target: 'users', detail: `clients go to ${note}`}], pages};
	if (world.acknowledged || world.answers.upgrade.clients === 'tell')
		return {status: 'todo', changes: [{action: 'create', target: `configmap ${noteName}`, detail: note}]};
	return awaitPeople(world, handover, 'handover-clients');
};

const apply = async (world: World): Promise<void> => {
	const told = await wantedOf(world);
	const tell = (text: string): void => world.report({kind: 'line', level: 'info', text, record: true});
	for (const {title, lines} of handoverOf(told).sections) {
		tell(`${title}:`);
		for (const line of lines.filter((one) => one !== '')) tell(`  ${line}`);
	}
	await world.cluster.apply(noteOf(world, told), {signal: world.signal, force: true});
};

/** Guide, "Update client images in your custom ZenML container": a page for the users, confirmed by whoever gives it to them. */
export const clientsStep: Step = {
	id: 'client-images',
	title: 'Clients',
	why: 'Servers are only half of an upgrade: clients and the images of pipelines are changed by those who use them.',
	area: 'people',
	confirmsAnew: true,
	inputs: ({bundle, registry: {host, prefix}, upgrade: {clients}}) => ({bundle: bundle.path, host, prefix, clients}),
	timeouts: shortTimeouts,
	check,
	apply,
};
