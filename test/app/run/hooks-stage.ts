import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {type AnswersInput, answersSchema} from '../../../source/answers/schema.ts';
import {type RunReport, type RunRequest, runPlan} from '../../../source/app/run/run.ts';
import {unattended} from '../../../source/engine/controls.ts';
import type {Event} from '../../../source/engine/events.ts';
import type {Finding} from '../../../source/engine/plan.ts';
import {type Step, shortTimeouts, type World} from '../../../source/steps/world.ts';
import {entryOf} from '../../helpers/plan-entry.ts';
import {makeContext} from '../../helpers/world.ts';

/** A step with nothing but its check. */
export const stepOf = (check: (world: World) => Promise<Finding>, id = 'bundle'): Step => ({
	id,
	title: `The ${id}`,
	why: 'A test needs it.',
	area: 'cluster',
	inputs: () => ({}),
	timeouts: shortTimeouts,
	check,
});

export const fine = stepOf(async () => ({status: 'ok', note: 'fine'}));

export const answersWith = (folder: string, hooks: AnswersInput['hooks']) =>
	answersSchema.parse({
		registry: {host: 'registry.corp', username: 'installer', password: 'env:REGISTRY'},
		tls: {certificate: '/pki/tls.crt', key: '/pki/tls.key', ca: path.join(folder, 'ca.crt')},
		database: {host: 'db.corp'},
		controlPlane: {host: 'zenml-pro.corp.internal'},
		workspaces: [{name: 'default', host: 'zenml.corp.internal'}],
		kubernetes: {kubeconfig: path.join(folder, 'none')},
		hooks,
	});

type More = Partial<Pick<RunRequest, 'pass' | 'signal' | 'context' | 'controls'>>;

/** A whole run of some steps in a folder, what listeners heard, and its log. */
export const runWith = async (
	folder: string,
	hooks: AnswersInput['hooks'],
	steps: readonly Step[],
	more: More = {},
): Promise<RunReport & {readonly events: readonly Event[]; readonly log: readonly Event[]}> => {
	const events: Event[] = [];
	const report = await runPlan({
		context: makeContext(folder),
		stateDirectory: path.join(folder, 'state'),
		plan: entryOf({id: 'install', title: 'Installing', command: 'install', steps}),
		pass: 'apply',
		answers: answersWith(folder, hooks),
		prompted: new Map(),
		controls: () => unattended({acknowledged: () => false, handoverLimitMs: 60_000}),
		signal: new AbortController().signal,
		...more,
		listeners: [(event) => events.push(event)],
	});
	const log = (await readFile(report.logFile, 'utf8')).trim().split('\n');
	return {...report, events, log: log.map((line) => JSON.parse(line) as Event)};
};

type Warning = Extract<Event, {type: 'run-warning'}>;

export const warningsIn = (events: readonly Event[]): readonly Warning[] =>
	events.filter((event): event is Warning => event.type === 'run-warning');
