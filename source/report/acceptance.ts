import type {Answers} from '../answers/schema.ts';
import {printable} from '../base/printable.ts';
import {formatDuration} from '../base/units.ts';
import type {Item, RunState, StepState} from '../engine/state.ts';

const iso = (at: number | undefined): string => (at === undefined ? '-' : new Date(at).toISOString());

const seen: Readonly<Record<Item['state'], string>> = {ok: 'ok ', bad: 'BAD', pending: '?  '};

const itemLine = ({label, state, note}: Item): string => `  ${seen[state]} ${label}${note === '' ? '' : `: ${note}`}`;

const tookOf = ({startedAt, finishedAt}: StepState): string =>
	startedAt === undefined || finishedAt === undefined ? '' : ` (${formatDuration(finishedAt - startedAt)})`;

const stepLines = (step: StepState): readonly string[] => [
	'',
	`${step.title}: ${step.outcome ?? step.status}${step.note ? `, ${step.note}` : ''}${tookOf(step)}`,
	...step.items.map(itemLine),
	...step.warnings.map((warning) => `  warning: ${warning}`),
];

/** Logs that prove what was done, such as that of a migration. */
const recordLines = ({title, record = []}: StepState): readonly string[] =>
	record.length === 0 ? [] : ['', title, ...record.map((line) => `  ${printable(line)}`)];

const logLines = (steps: readonly StepState[]): readonly string[] => {
	const lines = steps.flatMap(recordLines);
	return lines.length === 0 ? [] : ['', 'LOGS', ...lines];
};

/** The acceptance report: what was checked, what was seen, when, for the file of the change. Holds no secret. */
export const acceptanceReport = (state: RunState, {controlPlane, workspaces}: Answers): readonly string[] => [
	'ZENML PRO ACCEPTANCE REPORT',
	'',
	`Tool          zenml-airgap ${state.version}`,
	`Run           ${state.runId}`,
	`Started       ${iso(state.startedAt)}`,
	`Finished      ${iso(state.finishedAt)}`,
	`Control plane ${controlPlane.host} (namespace ${controlPlane.namespace})`,
	...workspaces.map(({name, host, namespace}) => `Workspace     ${host} (${name}, namespace ${namespace})`),
	'',
	'CHECKS',
	...state.steps.flatMap(stepLines),
	...logLines(state.steps),
	'',
	`RESULT        ${state.outcome ?? 'unknown'}`,
	'',
];
