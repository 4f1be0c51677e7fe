import type {Finding, Handover} from '../../engine/plan.ts';
import {stepProblems} from '../problems.ts';

/** What a hand-over becomes when nobody does it. */
export type LateCode = 'handover-dns' | 'handover-ca';

/** Waits for other people; `code` is the problem that it becomes when they do not come. */
export const waitFor = (handover: Handover, code: LateCode): Finding => ({
	status: 'waiting',
	handover,
	late: (when) =>
		stepProblems.problem(
			code,
			{
				title: handover.title,
				when,
				missing: handover.awaited
					.filter(({ok}) => !ok)
					.map(({label, note}) => `${label}: ${note}`)
					.join('; '),
			},
			{
				nextSteps: handover.sections.map(({title, fileName}) => `${title} (${fileName})`),
				evidence: handover.sections[0]?.lines.slice(0, 12) ?? [],
			},
		),
});
