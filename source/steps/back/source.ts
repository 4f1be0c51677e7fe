import type {BackupManifest, BackupPart, BackupSummary} from '../../backup/types.ts';
import type {ProblemError} from '../../base/problem.ts';
import type {Release, ReleaseStatus} from '../../helm/types.ts';
import {nameOf} from '../backup/installed.ts';
import {stepProblems} from '../problems.ts';
import {type Component, componentsOf} from '../shared/names.ts';
import {type BackMark, readMark} from '../shared/release/back-mark.ts';
import type {ReleaseName} from '../shared/release/servers.ts';
import type {World} from '../world.ts';

/** What comes back of a component, both or neither: a revision of its release, and the dump of its database of that time. */
export type WayBack = {
	readonly component: Component;
	/** What backups and the command `back` call it: `controlPlane`, or the name of the workspace. */
	readonly name: string;
	readonly release: ReleaseName;
	/** The id of the backup, and when it was made (ISO 8601). */
	readonly backup: string;
	readonly madeAt: string;
	readonly part: BackupPart & {readonly database: NonNullable<BackupPart['database']>};
	readonly revision: number;
	/** Name and version of its chart. */
	readonly chart: string;
	/** How far it is. */
	readonly phase: BackMark['phase'] | 'not begun';
	/** The newest revision as the restore began; the one now as long as it has not. */
	readonly from: number;
	/** The newest revision of the release as it is now. */
	readonly live: Release | undefined;
};

/** The component of that name. @throws ProblemError `back-nothing` */
export const componentNamed = ({answers}: World, name: string): Component => {
	const all = componentsOf(answers);
	const found = all.find((one) => nameOf(one) === name);
	if (found) return found;
	throw stepProblems.error('back-component', {name, known: all.map(nameOf).join(', ')});
};

const releaseOf = ({answers: {release: name, namespace}}: Component): ReleaseName => ({name, namespace});

const worked: ReadonlySet<ReleaseStatus> = new Set(['deployed', 'superseded']);

type Candidate = Pick<WayBack, 'backup' | 'madeAt' | 'part' | 'revision' | 'chart'>;

/** What a manifest has of a component; undefined where it lacks its dump or its revision. */
const candidateIn = (manifest: BackupManifest, name: string): Candidate | undefined => {
	const part = manifest.parts.find((one) => one.kind === 'database' && one.name === name);
	const component = manifest.components.find((one) => one.name === name);
	if (!part?.database || !component) return undefined;
	const {revision, chart} = component;
	const madeAt = manifest.finishedAt ?? manifest.createdAt;
	return {backup: manifest.id, madeAt, part: {...part, database: part.database}, revision, chart};
};

const isBeforeUpgrade = ({state, manifest}: BackupSummary): boolean =>
	state === 'whole' && manifest?.purpose.startsWith('before-upgrade') === true;

/** Dumps of the component that were made before upgrades, newest first. */
const candidates = async ({backups, signal}: World, name: string): Promise<readonly Candidate[]> =>
	(await backups.list(signal))
		.filter(isBeforeUpgrade)
		.flatMap(({manifest}) => (manifest && candidateIn(manifest, name)) ?? []);

const nothing = (
	component: Component,
	facts:
		| {readonly case: 'no backup'; readonly folder: string}
		| {readonly case: 'backup gone'; readonly backup: string; readonly folder: string}
		| {readonly case: 'no revision' | 'not upgraded'; readonly backup: string; readonly revision: number},
): ProblemError => stepProblems.error('back-nothing', {component: component.label, ...facts});

/** Revisions that worked: a backup that was made between two tries of one upgrade is none of the time before it. */
const fits =
	(history: readonly Release[]) =>
	({revision}: Candidate): boolean =>
		history.some((one) => one.revision === revision && worked.has(one.status));

/** The one that a way back has begun with, or else the newest that fits. @throws ProblemError `back-nothing` */
const choose = (
	world: World,
	component: Component,
	{
		all,
		history,
		mark,
	}: {
		readonly all: readonly Candidate[];
		readonly history: readonly Release[];
		readonly mark: BackMark | undefined;
	},
): Candidate => {
	const begun = mark && all.find(({backup, revision}) => backup === mark.backup && revision === mark.revision);
	if (begun) return begun;
	if (mark && mark.phase !== 'done')
		throw nothing(component, {case: 'backup gone', backup: mark.backup, folder: world.backups.folder});
	const [newest] = all;
	if (!newest) throw nothing(component, {case: 'no backup', folder: world.backups.folder});
	const found = all.find(fits(history));
	if (!found) throw nothing(component, {case: 'no revision', backup: newest.backup, revision: newest.revision});
	return found;
};

/** A mark of a way back that was done counts as long as what came back is the newest revision. */
const counting = (mark: BackMark | undefined, live: Release | undefined): BackMark | undefined =>
	mark?.phase === 'done' && mark.became !== live?.revision ? undefined : mark;

/**
 * What would come back of a component, and how far a way back is that was begun. It only looks.
 * @throws ProblemError `back-nothing` where there is no dump or revision to go back to, or no upgrade to go back from
 */
export const findWayBack = async (world: World, name: string): Promise<WayBack> => {
	const component = componentNamed(world, name);
	const release = releaseOf(component);
	const history = await world.helm.history(release.name, release.namespace, world.signal);
	const live = history.at(-1);
	const mark = counting(await readMark(world, release), live);
	const chosen = choose(world, component, {all: await candidates(world, name), history, mark});
	const {backup, revision} = chosen;
	if (!mark && live?.revision === revision && live.status === 'deployed')
		throw nothing(component, {case: 'not upgraded', backup, revision});
	const progress = {phase: mark?.phase ?? 'not begun', from: mark?.from ?? live?.revision ?? 0, live} as const;
	return {component, name, release, ...chosen, ...progress};
};
