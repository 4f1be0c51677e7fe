import type {Event, Listener} from '../engine/events.ts';
import type {Pass} from '../engine/plan.ts';

/** The word for a pass that scripts know from before there was more than one plan. */
export const modeOf = (plan: string, pass: Pass): string => {
	if (pass === 'look') return 'plan';
	return pass === 'verify' ? 'verify' : plan;
};

/** An event as scripts read it: the start of a run says in `mode` what `plan` and `pass` say apart. */
const forScripts = (event: Event): object =>
	event.type === 'run-started' ? {...event, mode: modeOf(event.plan, event.pass)} : event;

/** One event a line, nothing else: the contract of `--json`. Events are redacted before they come here. */
export const jsonReport =
	(write: (text: string) => void): Listener =>
	(event) =>
		write(`${JSON.stringify(forScripts(event))}\n`);
