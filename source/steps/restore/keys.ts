import type {Finding} from '../../engine/plan.ts';
import {keyOpens} from '../../zenml/stored-secrets.ts';
import {stepProblems} from '../problems.ts';
import {databaseOf} from '../shared/databases/contents.ts';
import {generatedSecretPlace, requireSecret} from '../shared/generated.ts';
import {type Step, shortTimeouts, type World} from '../world.ts';
import {inputsOf} from './backup.ts';
import {markPhase} from './databases.ts';
import {restoreWith} from './options.ts';
import {dueOf} from './servers.ts';
import type {Restoring, Source} from './source.ts';

/** Tries the key in the cluster on the restored data. @returns what came of it, in words. @throws ProblemError `restore-key-wrong` */
const tryKey = async (
	world: World,
	{options}: Source,
	backup: string,
	{component, name}: Restoring,
): Promise<string> => {
	if (component.path === 'controlPlane') return 'control plane: stores nothing under a key of its own';
	const generated = `${component.id}.encryptionKey`;
	const key = await requireSecret(world, {reference: 'generate', answer: component.path, generated});
	const {port, login} = await databaseOf(world, component);
	const opens = keyOpens(key, await port.storedSecrets(login, world.signal));
	if (opens === 'no')
		throw stepProblems.error(
			'restore-key-wrong',
			{component: component.label, backup, secret: generatedSecretPlace(world), name},
			{
				nextSteps: [restoreWith(options, backup, {only: {kind: 'workspace', name}, flags: {replaceSecrets: true}})],
			},
		);
	return `${component.label}: ${opens === 'yes' ? 'its key opens what is stored' : 'no secret is stored yet'}`;
};

const check =
	(source: Source) =>
	async (world: World): Promise<Finding> => {
		const {due} = await dueOf(world, source);
		if (due.length === 0) return {status: 'ok', note: 'each key opens its data'};
		return {
			status: 'todo',
			changes: due.map(({component}) => ({action: 'check', target: `the key of the data of the ${component.label}`})),
		};
	};

const apply =
	(source: Source) =>
	async (world: World): Promise<void> => {
		const {read, due} = await dueOf(world, source);
		const {id} = read.manifest;
		const unready = due.find(({phase}) => phase !== 'restored');
		// A run that began with this step must not let servers start on half of a backup.
		if (unready)
			throw stepProblems.error('restore-differs', {
				component: unready.component.label,
				backup: id,
				differences: 'it is not restored',
			});
		// All are tried before the first may start.
		for (const one of due)
			world.report({kind: 'line', level: 'info', text: await tryKey(world, source, id, one), record: true});
		for (const one of due) await markPhase(world, source, id, {one, phase: 'opened'});
	};

/** The keys in the cluster open the data that was restored, or no server is started. */
export const keysStep = (source: Source): Step => ({
	id: 'restore-keys',
	title: 'Keys tried on the data',
	why: 'A server with another key would lose every stored secret, and write new ones that nobody else can read.',
	area: 'verification',
	inputs: inputsOf(source),
	timeouts: shortTimeouts,
	check: check(source),
	apply: apply(source),
});
