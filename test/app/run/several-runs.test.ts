import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {runPlan} from '../../../source/app/run/run.ts';
import {createSession} from '../../../source/app/session/session.ts';
import {ProblemError} from '../../../source/base/problem.ts';
import {unattended} from '../../../source/engine/controls.ts';
import {type Plan, type Step, shortTimeouts} from '../../../source/steps/world.ts';
import {trouble} from '../../engine/events.ts';
import {scratch} from '../../helm/lab.ts';
import {entryOf} from '../../helpers/plan-entry.ts';
import {makeContext} from '../../helpers/world.ts';
import {answersIn} from './answers.ts';

let folder = '';
let remove: () => Promise<void>;
beforeEach(async () => {
	({folder, remove} = await scratch());
});
afterEach(() => remove());

const stepOf = (id: string, title: string, more: Partial<Step>): Step => ({
	id,
	title,
	why: 'It is needed.',
	area: 'database',
	inputs: () => ({}),
	timeouts: shortTimeouts,
	check: async () => ({status: 'ok', note: ''}),
	...more,
});

/** A world of one database, which is migrated once, behind a server that may be away. */
const makeWorld = () => {
	const world = {isAway: true, tables: 0, isCrashing: false};
	const steps = [
		stepOf('databases', 'Databases', {
			check: async () => {
				if (world.isAway) throw new ProblemError(trouble);
				return world.tables > 0 ? {status: 'ok', note: ''} : {status: 'todo', changes: []};
			},
			apply: async ({report}) => {
				world.tables = 7;
				report({kind: 'line', level: 'info', text: 'database zenml_pro: 0 tables → 7 tables', record: true});
				if (world.isCrashing) throw new ProblemError(trouble);
			},
		}),
		stepOf('verification', 'Verification', {proves: true}),
	];
	const plan: Plan = {id: 'install', title: 'Install', command: 'install', steps};
	const run = (until?: string, answers = answersIn(folder)) =>
		runPlan({
			context: makeContext(folder),
			stateDirectory: path.join(folder, 'state'),
			plan: entryOf(plan),
			pass: 'apply',
			answers,
			prompted: new Map(),
			controls: () => unattended({acknowledged: () => false, handoverLimitMs: 1000}),
			listeners: [],
			signal: new AbortController().signal,
			until,
		});
	return {world, run, plan};
};

test('what is shown before the start of a part of the plan is that part, and says so', async () => {
	const {world, plan} = makeWorld();
	world.isAway = false;
	const session = createSession(makeContext(folder), {
		stateDirectory: path.join(folder, 'state'),
		plan: entryOf(plan),
		resumeCommand: 'again',
		until: 'databases',
	});
	const view = await session.look(answersIn(folder), {listeners: [], signal: new AbortController().signal});
	expect(view.steps.map(({id}) => id)).toEqual(['databases']);
	expect(view.facts?.find(({label}) => label === 'Steps')?.lines).toEqual(['1 of 2: Databases (--until databases)']);
});

test('the acceptance report of an install in several runs tells what each of them met and made; the next one tells its own', async () => {
	const {world, run} = makeWorld();
	const failed = await run();
	expect(failed).toMatchObject({outcome: 'failed', reportFile: undefined});
	world.isAway = false;
	const half = await run('databases');
	expect(half).toMatchObject({outcome: 'done', reportFile: undefined});
	const whole = await run();
	const text = await readFile(whole.reportFile ?? '', 'utf8');
	expect(text).toContain(`problem registry-unreachable: The registry does not answer. (run ${failed.state.runId}, `);
	expect(text).toContain(`Databases, in run ${half.state.runId}\n`);
	expect(text).toContain('database zenml_pro: 0 tables → 7 tables');
	const again = await readFile((await run()).reportFile ?? '', 'utf8');
	expect(again).not.toContain('registry-unreachable');
	expect(again).toContain('database zenml_pro: 0 tables → 7 tables');
});

test('what a step did before it failed is recorded, with how each run ended and which answers were changed then', async () => {
	const {world, run} = makeWorld();
	world.isAway = false;
	world.isCrashing = true;
	const failed = await run();
	expect(failed.outcome).toBe('failed');
	world.isCrashing = false;
	const before = answersIn(folder);
	const whole = await run(undefined, {...before, registry: {...before.registry, host: 'new.corp'}});
	const text = await readFile(whole.reportFile ?? '', 'utf8');
	expect(text).toMatch(
		new RegExp(`Run: begun .*, ended with problem registry-unreachable \\(run ${failed.state.runId}\\)`, 'u'),
	);
	expect(text).toContain(`Answers: changed since run ${failed.state.runId}: registry.host`);
	expect(text).toContain(`Databases, in run ${failed.state.runId}\n`);
	expect(text).toContain('database zenml_pro: 0 tables → 7 tables');
});

test('a run that was killed is told as that, and one that was stopped as stopped', async () => {
	const {world, run} = makeWorld();
	const failed = await run();
	const file = path.join(folder, 'state', 'state.json');
	const journal = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
	world.isAway = false;
	const told = async (more: object): Promise<string> => {
		await writeFile(file, JSON.stringify({...journal, ...more}));
		world.tables = 0;
		return readFile((await run()).reportFile ?? '', 'utf8');
	};
	const of = `(run ${failed.state.runId})`;
	expect(await told({outcome: undefined})).toContain(`was killed, or its host went down ${of}`);
	expect(await told({outcome: undefined, stopping: true})).toContain(`was ended at once, before its safe point ${of}`);
	expect(await told({outcome: 'stopped'})).toContain(`was stopped ${of}`);
});
