import type {Answers} from '../answers/schema.ts';
import {formatDuration} from '../base/units.ts';
import type {RunState} from '../engine/state.ts';

const iso = (at: number | undefined): string => (at === undefined ? '-' : new Date(at).toISOString());

/** The acceptance report: what was checked, what was seen, when, for the file of the change. Holds no secret. */
export const acceptanceReport = (state: RunState, answers: Answers): readonly string[] => [
	'ZENML PRO ACCEPTANCE REPORT',
	'',
	`Tool          zenml-airgap ${state.version}`,
	`Run           ${state.runId}`,
	`Started       ${iso(state.startedAt)}`,
	`Finished      ${iso(state.finishedAt)}`,
	`Control plane ${answers.controlPlane.host} (namespace ${answers.controlPlane.namespace})`,
	...answers.workspaces.map(({name, host, namespace}) => `Workspace     ${host} (${name}, namespace ${namespace})`),
	'',
	'CHECKS',
	...state.steps.flatMap((step) => [
		'',
		`${step.title}: ${step.outcome ?? step.status}${step.note ? `, ${step.note}` : ''}${step.startedAt !== undefined && step.finishedAt !== undefined ? ` (${formatDuration(step.finishedAt - step.startedAt)})` : ''}`,
		...step.items.map(
			({label, state: seen, note}) =>
				`  ${seen === 'ok' ? 'ok ' : seen === 'bad' ? 'BAD' : '?  '} ${label}${note === '' ? '' : `: ${note}`}`,
		),
		...step.warnings.map((warning) => `  warning: ${warning}`),
	]),
	'',
	`RESULT        ${state.outcome ?? 'unknown'}`,
	'',
];
