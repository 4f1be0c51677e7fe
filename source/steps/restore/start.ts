import {firstOf} from '../../base/text.ts';
import type {Finding} from '../../engine/plan.ts';
import {stepProblems} from '../problems.ts';
import {refuseUnfinishedRestore} from '../shared/marks/restore-mark.ts';
import {podsAtWork, type ReleaseName, serversHeld, serversStopped, startServers} from '../shared/release/servers.ts';
import {labelOf} from '../shared/release/wanted.ts';
import {releaseTimeouts, type Step, type World} from '../world.ts';
import {inputsOf} from './backup.ts';
import {restoringOf, type Source} from './source.ts';

/** How often it is looked, ms. */
const lookMs = 1000;

/** Waits until pods of the release are there and ready. @throws ProblemError `restore-servers-not-ready` */
const awaitReady = async (world: World, release: ReleaseName): Promise<void> => {
	const {answers, clock, report, signal} = world;
	const minutes = answers.helm.timeoutMinutes;
	const until = clock.now() + minutes * 60_000;
	report({kind: 'waiting', reason: `the servers of ${labelOf(release)}`, timeoutMs: minutes * 60_000});
	for (;;) {
		// One that had no servers before has none now.
		if (await serversStopped(world, release)) return;
		const pods = await podsAtWork(world, release);
		const unready = pods.filter(({ready}) => !ready);
		if (pods.length > 0 && unready.length === 0) return;
		if (clock.now() >= until) {
			const named = unready.map(({name, reason}) => (reason === undefined ? name : `${name}: ${reason}`));
			throw stepProblems.error('restore-servers-not-ready', {
				label: labelOf(release),
				minutes,
				namespace: release.namespace,
				pods: pods.length === 0 ? 'there is none' : firstOf(named, 3, '; '),
			});
		}
		await clock.sleep(lookMs, signal);
	}
};

const start = async (world: World, releases: readonly ReleaseName[]): Promise<void> => {
	for (const release of releases) {
		await refuseUnfinishedRestore(world, release);
		await startServers(world, release);
	}
	for (const release of releases) await awaitReady(world, release);
};

/** Releases that were stopped for the restore and are not started. */
const held = async (
	world: World,
	source: Source,
	which: 'controlPlane' | 'workspaces' | 'all',
): Promise<readonly ReleaseName[]> => {
	const {manifest} = await source.open(world);
	const found: ReleaseName[] = [];
	for (const {component, release} of restoringOf(world, source.options, manifest)) {
		const kind = component.path === 'controlPlane' ? 'controlPlane' : 'workspaces';
		if ((which === 'all' || which === kind) && (await serversHeld(world, release))) found.push(release);
	}
	return found;
};

const toStart = (releases: readonly ReleaseName[]): Finding => ({
	status: 'todo',
	changes: releases.map((release) => ({action: 'update', target: labelOf(release), detail: 'its servers are started'})),
});

/** A step of the install that first starts the servers which the restore has stopped. */
export const startingFirst = (source: Source, step: Step, which: 'controlPlane' | 'workspaces'): Step => ({
	...step,
	check: async (world) => {
		const stopped = world.pass === 'look' ? [] : await held(world, source, which);
		return stopped.length > 0 ? toStart(stopped) : step.check(world);
	},
	apply: async (world) => {
		const stopped = await held(world, source, which);
		if (stopped.length > 0) await start(world, stopped);
		const finding = await step.check(world);
		if (finding.status === 'todo') await step.apply?.(world);
	},
});

/** Starts what was stopped, where only data was restored and releases stay as they are. */
export const startStep = (source: Source): Step => ({
	id: 'restore-start',
	title: 'Servers started',
	why: 'As many as there were, of the version that is installed.',
	area: 'cluster',
	inputs: inputsOf(source),
	timeouts: releaseTimeouts,
	check: async (world) => {
		const stopped = await held(world, source, 'all');
		return stopped.length > 0 ? toStart(stopped) : {status: 'ok', note: 'all that were stopped'};
	},
	apply: async (world) => start(world, await held(world, source, 'all')),
});
