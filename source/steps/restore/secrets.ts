import {generatedSecretName} from '../../answers/secret/generated.ts';
import {counted, firstOf} from '../../base/text.ts';
import type {Finding} from '../../engine/plan.ts';
import {stepProblems} from '../problems.ts';
import {generatedSecretPlace, putGenerated, readData} from '../shared/generated.ts';
import {type Step, shortTimeouts, type World} from '../world.ts';
import {inputsOf} from './backup.ts';
import {restoreWith} from './options.ts';
import {type GeneratedData, generatedIn} from './secret-values.ts';
import {type Phase, phaseOf, restoringOf, type Source} from './source.ts';

/** What of the backup is not in the cluster as it was: absent, or with another value. */
type Differing = {
	readonly values: GeneratedData;
	readonly absent: readonly string[];
	readonly other: readonly string[];
};

const settled: ReadonlySet<Phase> = new Set(['opened', 'done']);

/** Components whose data runs already keep the values that they run with. */
const differing = async (world: World, source: Source): Promise<Differing & {readonly backup: string}> => {
	const read = await source.open(world);
	const backup = read.manifest.id;
	const restoring = restoringOf(world, source.options, read.manifest);
	const phases = await Promise.all(restoring.map(async ({release}) => phaseOf(world, source, backup, release)));
	if (phases.every(({phase}) => settled.has(phase))) return {values: {}, absent: [], other: [], backup};
	const values = await generatedIn(world, source, read, restoring);
	const live = await readData(world);
	const keys = Object.keys(values).filter((key) => live?.[key] !== values[key]);
	const isThere = (key: string): boolean => live?.[key] !== undefined;
	return {values, absent: keys.filter((key) => !isThere(key)), other: keys.filter(isThere), backup};
};

/** @throws ProblemError `restore-secret-differs` where values in the cluster are others and nobody said to replace them */
const look = async (world: World, source: Source): Promise<Differing> => {
	const found = await differing(world, source);
	const {other, backup} = found;
	if (other.length > 0 && !source.options.flags.replaceSecrets)
		throw stepProblems.error(
			'restore-secret-differs',
			{
				secret: generatedSecretPlace(world),
				backup,
				names: firstOf(other, 5),
				namespace: world.answers.controlPlane.namespace,
				name: generatedSecretName,
			},
			{nextSteps: [restoreWith(source.options, backup, {flags: {replaceSecrets: true}})]},
		);
	return found;
};

const check =
	(source: Source) =>
	async (world: World): Promise<Finding> => {
		const {absent, other} = await look(world, source);
		const target = `secret ${generatedSecretPlace(world)}`;
		if (absent.length === 0 && other.length === 0) return {status: 'ok', note: `${target} is as in the backup`};
		return {
			status: 'todo',
			changes: [
				...(absent.length === 0
					? []
					: [{action: 'create', target, detail: `${counted(absent.length, 'value')} of the backup`} as const]),
				...(other.length === 0
					? []
					: [{action: 'update', target, detail: `replaced by the backup's: ${firstOf(other, 5)}`} as const]),
			],
		};
	};

const apply =
	(source: Source) =>
	async (world: World): Promise<void> => {
		// Looked at again: what the check saw may be a while ago.
		const {values, absent, other} = await look(world, source);
		await putGenerated(world, values);
		const text = `secret ${generatedSecretPlace(world)}: ${counted(absent.length + other.length, 'value')} put back`;
		world.report({kind: 'line', level: 'info', text, record: true});
	};

/**
 * Everything that was generated, exactly as the backup has it: encryption and JWT keys, passwords, enrolments. It comes before the step
 * that generates what is missing, so that no new key is ever made for old data.
 */
export const secretsStep = (source: Source): Step => ({
	id: 'restore-secrets',
	title: 'Keys put back',
	why: 'Data that was encrypted with one key cannot be read with another: keys come before data.',
	area: 'cluster',
	inputs: inputsOf(source),
	timeouts: shortTimeouts,
	check: check(source),
	apply: apply(source),
});

/** The step that makes all other Secrets; in a dry run before the keys are there it would tell of new ones, or miss the old ones. */
export const afterKeys = (source: Source, step: Step): Step => ({
	...step,
	check: async (world) => {
		if (world.pass !== 'look') return step.check(world);
		const {absent} = await look(world, source);
		if (absent.length === 0) return step.check(world);
		return {
			status: 'todo',
			changes: [{action: 'create', target: 'secrets of every namespace', detail: 'with those keys'}],
		};
	},
});
