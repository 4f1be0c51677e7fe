import {availableParallelism} from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import {createTurns} from '../base/pool.ts';
import {environmentOf} from './environment.ts';
import {endLeftBehind, makeRecordFolder, recordOf} from './left-behind.ts';
import {maskerOf} from './mask.ts';
import {helmProblems} from './problems.ts';
import {type Binary, createRunner, foundHelm, helmGraceMs, type Invocation, type Runner} from './program.ts';
import {history, labelOf, type ReleaseName, recover, seconds} from './releases.ts';
import {createSession, type Session} from './session.ts';
import type {HelmPort, Release} from './types.ts';
import {toYaml} from './values.ts';

export type HelmOptions = {
	/** Name or path of the program, or who finds it. */
	readonly binary: Binary;
	/** By default that of the environment: `$KUBECONFIG` or `~/.kube/config`. */
	readonly kubeconfig?: string | undefined;
	readonly context?: string | undefined;
	/** A folder for Helm's caches and settings, so that the operator's own are neither read nor changed. */
	readonly home: string;
	/** Environment of the program; its `HELM_*` variables are left out. */
	readonly environment: Readonly<Record<string, string | undefined>>;
	/** How long helm gets after SIGTERM before it is killed, in ms; by default 15 s. */
	readonly graceMs?: number | undefined;
};

/** Values go in on standard input, and what helm says of them comes out without their secrets. */
const withValues = (values: unknown) => ({input: toYaml(values), mask: maskerOf(values)});

const createTemplate =
	({version, run}: Session): HelmPort['template'] =>
	async ({release, namespace, chart, values, kubeVersion, signal}) => {
		await version(signal);
		const target = kubeVersion === undefined ? [] : ['--kube-version', kubeVersion];
		return run({
			what: `rendering chart ${path.basename(chart)} for release ${release}`,
			args: ['template', release, chart, '--namespace', namespace, ...target, '--values', '-'],
			...withValues(values),
			signal,
		});
	};

const ofRevision = (revision: number | undefined): readonly string[] =>
	revision === undefined ? [] : ['--revision', String(revision)];

const createValues =
	({version, json, at}: Session): HelmPort['values'] =>
	async (name, namespace, signal, revision) => {
		await version(signal);
		const what = `reading the values of ${labelOf({name, namespace})}`;
		const args = ['get', 'values', name, ...ofRevision(revision), '--output', 'json', ...at(namespace)];
		return (await json({what, args, signal})) ?? {};
	};

const createManifest =
	({version, run, at}: Session): HelmPort['manifest'] =>
	async (name, namespace, signal, revision) => {
		await version(signal);
		const what = `reading the manifests of ${labelOf({name, namespace})}`;
		return run({what, args: ['get', 'manifest', name, ...ofRevision(revision), ...at(namespace)], signal});
	};

const createUpgrade =
	(session: Session, home: string): HelmPort['upgrade'] =>
	async (options) => {
		const {release: name, namespace, component, chart, values, isIdle, onLine, signal} = options;
		const release = {name, namespace};
		const record = recordOf(home, release);
		const {wait, update, forceConflicts} = await session.dialect(signal);
		const waiting = [...wait, '--wait-for-jobs', '--timeout', seconds(options.timeoutMs)];
		const updating = [...update, ...(options.forceConflicts ? forceConflicts : [])];
		const describing = ['--description', options.description];
		const target = [...session.at(namespace), '--values', '-'];
		await makeRecordFolder(record);
		await recover(session, {release, isIdle, record, onLine, signal});
		await session.run({
			what: `upgrade of ${labelOf(release)}`,
			component,
			args: ['upgrade', name, chart, '--install', ...waiting, ...describing, ...updating, ...target],
			...withValues(values),
			record,
			onLine,
			signal,
		});
		const newest = (await history(session, release, signal)).at(-1);
		if (newest) return newest;
		throw helmProblems.error('helm-release-missing', {case: 'vanished', release: name, namespace});
	};

/** @throws ProblemError `helm-revision-missing`, and `helm-release-missing` where there is no release at all */
const requireRevision = (revisions: readonly Release[], release: ReleaseName, revision: number): void => {
	const {name, namespace} = release;
	if (revisions.length === 0)
		throw helmProblems.error('helm-release-missing', {case: 'asked', what: `rollback of ${labelOf(release)}`});
	if (revisions.some((one) => one.revision === revision)) return;
	const kept = revisions.map((one) => one.revision).join(', ');
	const label = labelOf(release);
	throw helmProblems.error('helm-revision-missing', {revision, label, kept, namespace, release: name});
};

const metadataSchema = z.object({applyMethod: z.string().default('')});

/**
 * Helm 4 updates the objects of a revision as the Helm that made it did, and takes `--force-conflicts` only where that is server-side
 * apply; Helm 3 and client-side updates ask nobody.
 */
const forcing = async (session: Session, {args, what, signal}: Invocation): Promise<readonly string[]> => {
	const {forceConflicts} = await session.dialect(signal);
	if (forceConflicts.length === 0) return [];
	const read = metadataSchema.safeParse(await session.json({what, args: ['get', 'metadata', ...args], signal}));
	return read.success && /^(ssa|server-side)/u.test(read.data.applyMethod) ? forceConflicts : [];
};

/**
 * Makes `rollback`. Helm rolls a release back out of every state, `pending-upgrade` and `failed` among them. Under Helm 4 fields that
 * others own are taken over, as Helm 3 does by itself: what comes back is that revision.
 */
const createRollback =
	(session: Session, {home, graceMs}: {readonly home: string; readonly graceMs: number}): HelmPort['rollback'] =>
	async ({release: name, namespace, component, revision, timeoutMs, onLine, signal}) => {
		const release = {name, namespace};
		const record = recordOf(home, release);
		const {wait, update} = await session.dialect(signal);
		await makeRecordFolder(record);
		await endLeftBehind({record, label: labelOf(release), graceMs}, onLine, signal);
		requireRevision(await history(session, release, signal), release, revision);
		const at = session.at(namespace);
		const about = `revision ${revision} of ${labelOf(release)}`;
		const asked = [name, '--revision', String(revision), '--output', 'json', ...at];
		const values = await session.json({
			what: `reading the values of ${about}`,
			args: ['get', 'values', ...asked],
			signal,
		});
		const force = await forcing(session, {what: `reading how ${about} was applied`, args: asked, signal});
		const waiting = [...wait, '--wait-for-jobs', '--timeout', seconds(timeoutMs)];
		await session.run({
			what: `rollback of ${labelOf(release)} to revision ${revision}`,
			component,
			args: ['rollback', name, String(revision), ...waiting, ...update, ...force, ...at],
			mask: maskerOf(values),
			record,
			onLine,
			signal,
		});
		const newest = (await history(session, release, signal)).at(-1);
		if (newest) return newest;
		throw helmProblems.error('helm-release-missing', {case: 'vanished', release: name, namespace});
	};

/**
 * Programs that only read take turns: a rendering keeps a core busy, and twenty at once hold each other up. What changes something
 * waits for nobody.
 */
const readersInTurn = (run: Runner): Runner => {
	const turns = createTurns(Math.max(2, availableParallelism()));
	return (invocation) =>
		invocation.record === undefined ? turns(invocation.signal, async () => run(invocation)) : run(invocation);
};

/**
 * The helm program as a port. Works with Helm 3.8 and newer and with Helm 4.
 * @throws (from each call) ProblemError `helm-missing` and `helm-too-old` in area `prerequisites`, everything else in
 * area `cluster` with Helm's own words as evidence; the signal's reason when it is aborted, once helm has ended.
 */
export const createHelm = (options: HelmOptions): HelmPort => {
	const {binary, home, graceMs = helmGraceMs} = options;
	const session = createSession(readersInTurn(createRunner(binary, environmentOf(options), {graceMs})), options);
	return {
		origin: async (signal) => (await foundHelm(binary, signal)).origin,
		version: session.version,
		template: createTemplate(session),
		release: async (name, namespace, signal) => (await history(session, {name, namespace}, signal)).at(-1),
		history: (name, namespace, signal) => history(session, {name, namespace}, signal),
		endLeftBehind: (name, namespace, {onLine, signal}) => {
			const release = {name, namespace};
			return endLeftBehind({record: recordOf(home, release), label: labelOf(release), graceMs}, onLine, signal);
		},
		values: createValues(session),
		manifest: createManifest(session),
		upgrade: createUpgrade(session, home),
		rollback: createRollback(session, {home, graceMs}),
	};
};
