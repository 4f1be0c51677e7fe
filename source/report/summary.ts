import type {Answers} from '../answers/schema.ts';
import {formatDuration} from '../base/units.ts';
import {changesInWords} from '../engine/changes.ts';
import {outcomeWords} from '../engine/reduce.ts';
import type {RunState} from '../engine/types.ts';
import {formatProblem} from './format.ts';

const url = (host: string, port: number): string => `https://${host}${port === 443 ? '' : `:${port}`}`;

/** How to read the administrator's password that was generated: a sentence, then its command, indented; else nothing. */
export const passwordLines = ({controlPlane}: Answers): readonly string[] =>
	controlPlane.admin.password === 'generate'
		? [
				"The administrator's password was generated; read it with:",
				`  kubectl -n ${controlPlane.namespace} get secret zenml-airgap-generated -o jsonpath='{.data.controlPlane\\.admin\\.password}' | base64 -d`,
			]
		: [];

/** What is printed at the end of a run, on the ordinary screen, so that it stays in the scrollback. */
export const summaryLines = (
	state: RunState,
	more: {
		readonly answers?: Answers;
		readonly resumeCommand: string;
		readonly logFile: string;
		readonly reportFile?: string;
	},
): readonly string[] => {
	const took = formatDuration((state.finishedAt ?? state.startedAt) - state.startedAt);
	const width = Math.max(0, ...state.steps.map(({title}) => title.length));
	const rows = state.steps.map((step) => {
		const words = step.outcome
			? outcomeWords[step.outcome]
			: state.mode === 'plan' && step.changes.length > 0
				? changesInWords(step.changes, step.id)
				: step.status;
		return `  ${step.title.padEnd(width)}  ${words}${step.note ? `: ${step.note}` : ''}`;
	});
	// A run between --from and --until must not claim more than it did.
	const verified = state.steps.some(({id, status}) => id === 'verification' && status === 'done');
	const head =
		state.outcome === 'done'
			? {
					install: verified
						? `ZenML Pro is installed and verified (${took}).`
						: `The chosen steps are done (${took}); this is not the whole install.`,
					plan: `Plan made, nothing was changed (${took}).`,
					verify: `Everything is as the answers say (${took}).`,
				}[state.mode]
			: state.outcome === 'stopped'
				? `Stopped after ${took}. What is done stays done.`
				: `Not finished (${took}).`;
	const {answers} = more;
	const done = state.outcome === 'done' && state.mode === 'install' && verified && answers;
	return [
		head,
		...rows,
		...(state.outcome === 'failed' && state.problem ? ['', ...formatProblem(state.problem)] : []),
		...(done
			? [
					'',
					`  Dashboard  ${url(answers.controlPlane.host, answers.ingress.httpsPort)}  (user ${answers.controlPlane.admin.username})`,
					...answers.workspaces.map(
						({name, host}) => `  Workspace  ${url(host, answers.ingress.httpsPort)}  (${name})`,
					),
					...passwordLines(answers).map((line) => `  ${line}`),
				]
			: []),
		'',
		...(state.outcome === 'done' ? [] : [`  Go on with  ${more.resumeCommand}`]),
		...(more.reportFile ? [`  Report      ${more.reportFile}`] : []),
		`  Log         ${more.logFile}`,
	];
};
