import {firstOf} from '../../base/text.ts';
import type {Release} from '../../helm/types.ts';
import {helmLines} from '../helm-lines.ts';
import {stepProblems} from '../problems.ts';
import {contentsOf, databaseOf, differencesFrom} from '../shared/databases/contents.ts';
import {tellOpening} from '../shared/databases/opening.ts';
import {writeMark} from '../shared/release/back-mark.ts';
import {serversStopped, startServers, stopServers} from '../shared/release/servers.ts';
import type {World} from '../world.ts';
import type {WayBack} from './source.ts';

const line = ({report}: World, text: string): void => report({kind: 'line', level: 'info', text, record: true});

const mark = async (world: World, way: WayBack, phase: 'restoring' | 'restored'): Promise<void> => {
	const {release, name, backup, revision, from} = way;
	await writeMark(world, release, {phase, component: name, backup, revision, from});
};

/** True from the moment on in which Helm began to roll back: servers that run then are those that come back. */
export const rollbackBegan = ({phase, live, from}: WayBack): boolean =>
	phase === 'done' || (phase === 'restored' && live !== undefined && live.revision > from);

/** Whether this is what was to come back, at work. */
const isBack = ({status, chart}: Release, way: WayBack): boolean => status === 'deployed' && chart === way.chart;

/** What Helm runs, where it is what was to come back. */
const rolledBack = (way: WayBack): Release | undefined =>
	rollbackBegan(way) && way.live && isBack(way.live, way) ? way.live : undefined;

/** How the database differs from the dump; empty where it holds what was dumped. */
export const databaseDifferences = async (world: World, {component, part}: WayBack): Promise<readonly string[]> =>
	differencesFrom(await contentsOf(world, component), part.database);

/** True where the dump is restored and nothing has touched it since: its servers are stopped, or are those that came back. */
export const isRestored = async (world: World, way: WayBack): Promise<boolean> => {
	if (rollbackBegan(way)) return true;
	if (way.phase !== 'restored' || !(await serversStopped(world, way.release))) return false;
	return (await databaseDifferences(world, way)).length === 0;
};

/** What the restore needs, all of it tried. @throws what lets it not be restored, before anything is changed */
export const prepare = async (world: World, way: WayBack) => {
	const {backups, dumps, signal} = world;
	const {component, backup, part} = way;
	const {port, login} = await databaseOf(world, component);
	const tools = await dumps.tools(login, await port.probe(login, signal), signal);
	const opened = await backups.open(backup, signal, tellOpening(world, backup));
	return {tools, login, read: async () => opened.read(part, signal)};
};

/** Stops the servers, once all that comes after is known to be possible. */
export const stop = async (world: World, way: WayBack): Promise<void> => {
	await prepare(world, way);
	await stopServers(world, way.release);
};

/**
 * Puts the dump in the place of what the database holds. From its beginning on until the release is back, the release is marked, and
 * neither an install nor an upgrade starts servers on it.
 */
export const restore = async (world: World, way: WayBack): Promise<void> => {
	const {backups, clock, dumps, report, runId, signal} = world;
	const {component, backup, part, release} = way;
	const {tools, login, read} = await prepare(world, way);
	await mark(world, way, 'restoring');
	// From here on nobody else starts any: those that somebody started before are stopped.
	await stopServers(world, release);
	await dumps.restore(login, {
		tools,
		from: await read(),
		onBytes: (done) =>
			report({kind: 'progress', label: `restore ${login.database}`, done, total: part.plainBytes, unit: 'bytes'}),
		onLine: (text) => report({kind: 'line', level: 'warn', text, record: true}),
		signal,
	});
	const differences = await databaseDifferences(world, way);
	if (differences.length > 0)
		throw stepProblems.error('back-differs', {
			case: 'tables',
			component: component.label,
			backup,
			differences: firstOf(differences, 3, '; '),
		});
	await mark(world, way, 'restored');
	const note = `database of the ${component.label}, on its way back to revision ${way.revision}`;
	await backups.noteUse(backup, {kind: 'restore', at: new Date(clock.now()).toISOString(), run: runId, note});
	line(world, `database ${login.database}: is again what it was in backup ${backup}`);
};

/** Rolls the release back and starts its servers, as many as there were. */
export const rollBack = async (world: World, way: WayBack): Promise<void> => {
	const {answers, helm, report, signal} = world;
	const {component, release, name, backup, revision, from} = way;
	const timeoutMs = answers.helm.timeoutMinutes * 60_000;
	report({kind: 'waiting', reason: `the rollback of release ${release.namespace}/${release.name}`, timeoutMs});
	const live =
		rolledBack(way) ??
		(await helm.rollback({
			release: release.name,
			namespace: release.namespace,
			component: component.path,
			revision,
			timeoutMs,
			onLine: helmLines(world),
			signal,
		}));
	await startServers(world, release);
	if (!isBack(live, way)) {
		const {status, chart, revision: newest} = live;
		const facts = {case: 'release', component: component.label, backup, wanted: way.chart} as const;
		throw stepProblems.error('back-differs', {...facts, revision: newest, status, chart});
	}
	await writeMark(world, release, {phase: 'done', component: name, backup, revision, from, became: live.revision});
	line(
		world,
		`release ${release.namespace}/${release.name}: revision ${live.revision} is what revision ${revision} was`,
	);
};
