import {type StoragePlace, storagePlaceOf, wordsOfPlace} from '../../answers/storage/place.ts';
import {ProblemError} from '../../base/problem.ts';
import type {Change, Finding} from '../../engine/plan.ts';
import {type Naming, objectChanges, objectsToDo} from '../shared/objects/object-changes.ts';
import {claimsOf, recordObject, type StorageUse} from '../storage/objects.ts';
import {tryStorage} from '../storage/tried.ts';
import {type Step, shortTimeouts, type World} from '../world.ts';
import {storeText} from './commands.ts';

/** Secret, claim or ConfigMap of the storage, and the secret of ZenML that users make of it. */
const name = 'zenml-artifacts';
const paperFile = 'artifact-store.txt';

/** Where pipelines run: runner pods where there are some, else beside the first workspace, whose server shows artifacts. */
const namespaceOf = ({answers: {workloadManager, workspaces}}: World): string =>
	workloadManager.enabled ? workloadManager.namespace : (workspaces[0]?.namespace ?? '');

const useOf = (world: World, place: StoragePlace): StorageUse => {
	const {workloadManager, workspaces, controlPlane} = world.answers;
	const {podSecurityContext} = workspaces[0] ?? controlPlane;
	const {nodeSelector, tolerations} = workloadManager.enabled ? workloadManager : (workspaces[0] ?? controlPlane);
	return {place, name, pod: {namespace: namespaceOf(world), podSecurityContext, nodeSelector, tolerations}};
};

const naming: Naming = {
	nameOf: ({kind, metadata}) => `${kind} ${metadata.namespace}/${metadata.name}`,
	answerOf: () => ({name: 'other', answers: ['artifacts.kind']}),
};

/** `when` is asked before: there is a storage. */
const demanded = ({answers}: World): StoragePlace => {
	const place = storagePlaceOf(answers, 'artifacts');
	if (!place) throw new TypeError('there is no storage for artifacts in these answers');
	return place;
};

const isTried = ({answers}: World): boolean => answers.network.podChecks;

/** The claim comes first: the record of what was tried, and with which settings, is only true once all else is. */
const wanted = async (world: World, use: StorageUse) => [
	...claimsOf(use),
	await recordObject(world, use, isTried(world)),
];

const trial = (world: World, place: StoragePlace): readonly Change[] =>
	isTried(world)
		? [{action: 'run', target: 'a pod that writes, reads and removes a file', detail: wordsOfPlace(place)}]
		: [];

/** What was tried is not tried again by every run, but where all is verified. */
const check = async (world: World): Promise<Finding> => {
	const place = demanded(world);
	const use = useOf(world, place);
	const changes = await objectChanges(world, await wanted(world, use), naming);
	if (changes.length > 0) return {status: 'todo', changes: [...changes, ...trial(world, place)]};
	const problem = world.pass === 'verify' ? await tryStorage(world, use) : undefined;
	if (problem) return {status: 'blocked', problem};
	return {status: 'ok', note: isTried(world) ? wordsOfPlace(place) : `${wordsOfPlace(place)}, not tried`};
};

/** Tells users how to register it. */
const handOut = async (world: World, place: StoragePlace): Promise<void> => {
	const {answers, host, report} = world;
	const {registry} = answers;
	const images = registry.prefix === '' ? registry.host : `${registry.host}/${registry.prefix}`;
	const lines = storeText({place, name, namespace: namespaceOf(world), images});
	const file = await host.saveState(paperFile, `${lines.join('\n')}\n`);
	report({kind: 'line', level: 'info', text: `for your users, how to register it: ${file}`, record: true});
	for (const text of lines.filter((line) => line !== ''))
		report({kind: 'line', level: 'info', text: `  ${text}`, record: true});
};

const apply = async (world: World): Promise<void> => {
	const {cluster, signal, report} = world;
	const place = demanded(world);
	const use = useOf(world, place);
	for (const {object} of await objectsToDo(world, claimsOf(use), naming)) await cluster.apply(object, {signal});
	// Whatever a pod saw before is not true of what is written now.
	await cluster.apply(await recordObject(world, use, false), {signal});
	const problem = await tryStorage(world, use);
	if (problem) throw new ProblemError(problem);
	if (isTried(world)) {
		await cluster.apply(await recordObject(world, use, true), {signal});
		const text = `${wordsOfPlace(place)}: a pod wrote a file, read it back and removed it`;
		report({kind: 'line', level: 'info', text, record: true});
	}
	await handOut(world, place);
};

/** The guide's "NFS or object storage for artifacts (optional)": tried from a pod, and handed to the users. */
export const artifactsStep: Step = {
	id: 'artifact-storage',
	title: 'Artifact storage',
	why: 'A key without the right to write shows in the first pipeline of a user; this shows it now.',
	area: 'cluster',
	inputs: ({artifacts, network, tls, workloadManager, workspaces}) => ({
		artifacts,
		podChecks: network.podChecks,
		ca: tls.ca,
		namespace: workloadManager.enabled ? workloadManager.namespace : workspaces[0]?.namespace,
	}),
	when: ({artifacts}) => artifacts.kind !== 'none',
	skippable: true,
	timeouts: shortTimeouts,
	check,
	apply,
};
