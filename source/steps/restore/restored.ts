import type {BackupManifest} from '../../backup/types.ts';
import {printable} from '../../base/printable.ts';
import {toProblem} from '../../base/problem.ts';
import type {Finding} from '../../engine/plan.ts';
import {minute} from '../back/losses.ts';
import {stepProblems} from '../problems.ts';
import {refuseUnfinishedRestore} from '../shared/marks/restore-mark.ts';
import {type Step, shortTimeouts, type World} from '../world.ts';
import {inputsOf} from './backup.ts';
import {markPhase} from './databases.ts';
import type {RestoreScope} from './options.ts';
import {phaseOf, type Restoring, restoringOf, type Source} from './source.ts';

/** What was restored, in words: `the whole`, `the workspace default`, `the database of the control plane`. */
const whatOf = ({kind}: RestoreScope, restoring: readonly Restoring[]): string => {
	const labels = restoring.map(({component}) => component.label).join(', ');
	if (kind === 'whole') return `everything (${labels})`;
	return kind === 'workspace' ? `the ${labels}` : `the database of the ${labels}`;
};

/** What a server of it is called in a browser or by a client. */
const addressOf = ({component}: Restoring): string =>
	`  ${component.label}: https://${'host' in component.answers ? String(component.answers.host) : ''}`;

const forUsersOf = (one: Restoring): readonly string[] => {
	const {path, label} = one.component;
	const host = 'host' in one.component.answers ? String(one.component.answers.host) : '';
	const asOf = `  State of:  ${minute(one.part.startedAt)}`;
	return path === 'controlPlane'
		? [
				`- ${label}: users, teams, roles and workspaces are those of that time. Who was added since is gone; who`,
				'  changed a password since has the one of then.',
				asOf,
			]
		: [
				`- ${label}: pipelines, runs, artifacts' records, stacks, models, secrets and API keys are those of that time.`,
				'  Runs that began after it are gone from the list; one that is still at work cannot report any more: stop it,',
				'  and start it again. Files that it wrote to the artifact store are still there; nothing points to them.',
				asOf,
				`  Log in again:  zenml login https://${host}`,
			];
};

/** The page for the users of what was restored: plain text that can be mailed. */
export const usersPage = (
	manifest: BackupManifest,
	scope: RestoreScope,
	{restoring, now}: {readonly restoring: readonly Restoring[]; readonly now: string},
): readonly string[] => [
	'ZenML Pro was restored',
	'',
	`Restored:     ${whatOf(scope, restoring)}`,
	`From backup:  ${manifest.id}`,
	`At:           ${minute(now)}`,
	'',
	'What you see is the state of these times. All that was written later is lost:',
	'',
	...restoring.flatMap((one) => [...forUsersOf(one), '']),
	'What to do:',
	'1. Log in again, in the browser and with the client; tokens from after these times do not work any more.',
	'2. Look at your last runs. Start again those that are missing.',
	'3. Give secrets, API keys and service accounts that you changed since once more.',
	'4. Tell the operator of anything that is neither as it was then nor as it was before the restore.',
	'',
	'Where:',
	...restoring.map(addressOf),
];

/** Name of the file with the page, in the state folder. */
const pageName = (id: string): string => `restored-${id}.txt`;

/** The backup may lie on a medium that nobody can write to: that it was restored stands in the cluster all the same. */
const noteUse = async (world: World, id: string, note: string): Promise<void> => {
	const {backups, clock, report, runId: run, signal} = world;
	try {
		await backups.noteUse(id, {kind: 'restore', at: new Date(clock.now()).toISOString(), run, note});
	} catch (error) {
		signal.throwIfAborted();
		const text = `that backup ${id} was restored could not be noted beside it: ${toProblem(error).message}`;
		report({kind: 'line', level: 'warn', text});
	}
};

/**
 * A run that began with this step must not tell users of what was not done.
 * @throws ProblemError `restore-unfinished`, `restore-differs`
 */
const requireRestored = async (
	world: World,
	source: Source,
	backup: string,
	restoring: readonly Restoring[],
): Promise<void> => {
	for (const {component, release} of restoring) {
		await refuseUnfinishedRestore(world, release);
		const {phase} = await phaseOf(world, source, backup, release);
		if (phase === 'not begun')
			throw stepProblems.error('restore-differs', {
				component: component.label,
				backup,
				differences: 'it is not restored',
			});
	}
};

const check =
	(source: Source) =>
	async (world: World): Promise<Finding> => {
		const {manifest} = await source.open(world);
		const restoring = restoringOf(world, source.options, manifest);
		const phases = await Promise.all(restoring.map(async ({release}) => phaseOf(world, source, manifest.id, release)));
		if (phases.every(({phase}) => phase === 'done')) {
			const note = `backup ${manifest.id} is restored; for the users: ${pageName(manifest.id)} in ${printable(world.host.stateDirectory)}`;
			return {status: 'ok', note};
		}
		return {status: 'todo', changes: [{action: 'create', target: `the page for the users, ${pageName(manifest.id)}`}]};
	};

const apply =
	(source: Source) =>
	async (world: World): Promise<void> => {
		const {clock, host, report} = world;
		const {manifest} = await source.open(world);
		const {only} = source.options;
		const restoring = restoringOf(world, source.options, manifest);
		await requireRestored(world, source, manifest.id, restoring);
		const now = new Date(clock.now()).toISOString();
		const page = usersPage(manifest, only, {restoring, now});
		const file = await host.saveState(pageName(manifest.id), `${page.join('\n')}\n`);
		for (const text of page) report({kind: 'line', level: 'info', text});
		report({kind: 'line', level: 'info', text: `page for the users: ${file}`, record: true});
		await noteUse(world, manifest.id, whatOf(only, restoring));
		for (const one of restoring) {
			const {phase} = await phaseOf(world, source, manifest.id, one.release);
			if (phase === 'opened') await markPhase(world, source, manifest.id, {one, phase: 'done'});
		}
	};

/** What users see, what is lost, and what they must do. From here on the same restore is not done again by itself. */
export const restoredStep = (source: Source): Step => ({
	id: 'restored',
	title: 'For the users',
	why: 'Whoever worked with it must know which time they see, what is lost, and what to do.',
	area: 'verification',
	inputs: inputsOf(source),
	timeouts: shortTimeouts,
	check: check(source),
	apply: apply(source),
});
