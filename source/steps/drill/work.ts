import {toProblem} from '../../base/problem.ts';
import type {Finding} from '../../engine/plan.ts';
import type {Step, World} from '../world.ts';
import {cleanAfterStop} from './left.ts';
import type {DrillCheck, DrillMemory, DrillRecord} from './record.ts';

/** Remembers what was seen, and tells it. */
export const note = ({report}: World, record: DrillRecord, check: DrillCheck): void => {
	record.checks.push(check);
	const states = {passed: 'ok', failed: 'bad', open: 'pending'} as const;
	report({kind: 'item', label: check.what, state: states[check.outcome], note: check.note});
	const text = `${check.what}: ${check.outcome}, ${check.note}`;
	report({kind: 'line', level: check.outcome === 'failed' ? 'warn' : 'info', text, record: true});
};

/** Does a part and remembers how long it took. */
export const timed = async <T>(
	{clock}: World,
	record: DrillRecord,
	what: string,
	work: () => Promise<T>,
): Promise<T> => {
	const startedAt = clock.now();
	try {
		return await work();
	} finally {
		record.times.push({what, ms: clock.now() - startedAt});
	}
};

/**
 * Does a part whose failure is a finding of the drill, not its end: what was made is removed, and the report says what did not work.
 * @throws the signal's reason
 */
export const guarded = async (
	world: World,
	record: DrillRecord,
	what: string,
	work: () => Promise<void>,
): Promise<boolean> => {
	try {
		await work();
		return true;
	} catch (error) {
		world.signal.throwIfAborted();
		const {message, cause} = toProblem(error);
		note(world, record, {what, outcome: 'failed', note: `${message} ${cause}`});
		return false;
	}
};

/** The same, and how long it took counts for the time to recover. */
export const trying = async (
	world: World,
	record: DrillRecord,
	what: string,
	work: () => Promise<void>,
): Promise<boolean> => guarded(world, record, what, async () => timed(world, record, what, work));

/** What a step of the drill is made of: it is done once in a run. */
export const stage = (
	memory: DrillMemory,
	{
		id,
		todo,
		work,
		done,
	}: {
		readonly id: string;
		readonly todo: (world: World) => Promise<Extract<Finding, {status: 'todo'}>['changes']>;
		readonly work: (world: World, record: DrillRecord) => Promise<void>;
		readonly done: (record: DrillRecord) => string;
	},
): Pick<Step, 'check' | 'apply'> => ({
	check: async (world) => {
		const record = memory.of(world.runId);
		if (record?.done.has(id)) return {status: 'ok', note: done(record)};
		return {status: 'todo', changes: await todo(world)};
	},
	apply: async (world) => {
		const record = memory.of(world.runId);
		if (!record) throw new Error('a drill begins with its first step');
		try {
			await work(world, record);
			record.done.add(id);
		} catch (error) {
			if (world.signal.aborted) await cleanAfterStop(world);
			throw error;
		}
	},
});
