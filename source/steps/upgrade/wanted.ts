import type {WorkspaceAnswers} from '../../answers/schema.ts';
import {nameOfPath} from '../../charts/index.ts';
import type {KubeObject} from '../../cluster/types.ts';
import {ownControlPlane} from '../control-plane/release.ts';
import {type Path, valueAt, withValue} from '../shared/applied/leaves.ts';
import {readApplied} from '../shared/applied/record.ts';
import {type Conflict, type Edits, editsIn, withTheirs} from '../shared/applied/three-way.ts';
import {listIfAllowed} from '../shared/checks.ts';
import {rootOf} from '../shared/release/operator-values.ts';
import {selectorOf, type WantedRelease} from '../shared/release/wanted.ts';
import {ownWorkspace} from '../workspaces/release.ts';
import type {World} from '../world.ts';
import {running} from './installed.ts';

/** The release as the upgrade wants it, with what was set by hand; `open` are conflicts that nobody has decided. */
export type Upgraded = {
	readonly wanted: WantedRelease;
	readonly edits: Edits;
	readonly open: readonly Conflict[];
};

type Deployment = {readonly spec?: {readonly replicas?: number}};

const serving: ReadonlySet<unknown> = new Set(['server', 'api']);

/** The Deployment that the answers' number of replicas is about. */
const servingDeployment = async (
	{cluster, signal}: World,
	{namespace, name}: WantedRelease,
): Promise<KubeObject | undefined> => {
	const selection = {apiVersion: 'apps/v1', kind: 'Deployment', namespace, labelSelector: selectorOf(name)};
	const all = await cluster.list(selection, signal);
	return all.find(({metadata}) => serving.has(metadata.labels?.['app.kubernetes.io/component'])) ?? all[0];
};

type Autoscaler = {readonly spec?: {readonly scaleTargetRef?: {readonly kind?: string; readonly name?: string}}};

/** Whether an autoscaler counts its replicas; who may not list them is told of none. */
const isAutoscaled = async (world: World, {metadata}: KubeObject): Promise<boolean> => {
	const {namespace, name} = metadata;
	const of = {apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', namespace};
	const all = (await listIfAllowed(world, of)) ?? [];
	return all.some((one) => {
		const target = (one as unknown as Autoscaler).spec?.scaleTargetRef;
		return target?.kind === 'Deployment' && target.name === name;
	});
};

/**
 * The values of the release as it really runs: with the number of replicas that `kubectl scale` or an autoscaler has set. That of an
 * autoscaler moves by itself, so it counts only where the release is about to be written, and is no difference before.
 */
const withReplicas = async (
	world: World,
	wanted: WantedRelease,
	{live, at}: {readonly live: unknown; readonly at: 'look' | 'apply'},
): Promise<unknown> => {
	const path = [rootOf(wanted), 'replicaCount'];
	if (valueAt(live, path) === undefined) return live;
	const deployment = await servingDeployment(world, wanted);
	const replicas = (deployment as Deployment | undefined)?.spec?.replicas;
	if (!deployment || typeof replicas !== 'number' || replicas < 1) return live;
	if (at === 'look' && (await isAutoscaled(world, deployment))) return live;
	return withValue(live, path, replicas);
};

const listed = (text: string | undefined): ReadonlySet<string> =>
	new Set((text ?? '').split(',').map((part) => part.trim()));

/** What the answers say of each conflict. */
const decide = ({answers}: World, conflicts: readonly Conflict[]) => {
	const {conflicts: rule, keep, replace} = answers.upgrade;
	const [kept, replaced] = [listed(keep), listed(replace)];
	const of = ({path}: Conflict): 'ask' | 'theirs' | 'ours' => {
		const name = nameOfPath(path);
		if (kept.has(name)) return 'theirs';
		return replaced.has(name) ? 'ours' : rule;
	};
	return {
		theirs: conflicts.filter((one) => of(one) === 'theirs').map(({path}) => path),
		open: conflicts.filter((one) => of(one) === 'ask'),
	};
};

const noEdits: Edits = {kept: [], conflicts: [], lost: [], unrecorded: false};

const upgraded = async (world: World, own: WantedRelease, at: 'look' | 'apply'): Promise<Upgraded> => {
	const {helm, signal} = world;
	const release = running(await helm.history(own.name, own.namespace, signal));
	if (!release) return {wanted: own, edits: noEdits, open: []};
	const has = await helm.values(own.name, own.namespace, signal, release.revision);
	const live = await withReplicas(world, own, {live: has, at});
	const {values: ours, contents} = own;
	const edits = editsIn({live, ours, applied: await readApplied(world, own), contents});
	const {theirs, open} = decide(world, edits.conflicts);
	const kept: readonly Path[] = [...edits.kept, ...theirs];
	const values = withTheirs(ours, live, kept);
	return {wanted: {...own, values, edits: {ours, kept, live}}, edits, open};
};

/** The control plane's release; undefined while a generated secret it needs is not made. */
export const upgradedControlPlane = async (world: World, at: 'look' | 'apply'): Promise<Upgraded | undefined> => {
	const own = await ownControlPlane(world);
	return own && upgraded(world, own, at);
};

/** The release of one workspace; undefined while it is not enrolled or a generated secret is not made. */
export const upgradedWorkspace = async (
	world: World,
	workspace: WorkspaceAnswers,
	at: 'look' | 'apply',
): Promise<Upgraded | undefined> => {
	const own = await ownWorkspace(world, workspace);
	return own && upgraded(world, own, at);
};
