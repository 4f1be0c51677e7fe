import {type Draft, getAt} from '../tree.ts';
import {advanced, type Topic} from './types.ts';

const events = ['started', 'waiting', 'problem', 'finished'] as const;

const posts = (draft: Draft): boolean => events.some((event) => getAt(draft, `hooks.${event}.url`) !== undefined);
const posting = {when: posts};

const moments: Readonly<Record<(typeof events)[number], string>> = {
	started: 'A run has taken its lock and begins.',
	waiting: 'Other people have something to do: names, trust, the databases.',
	problem: 'A step cannot go on.',
	finished: 'The run has ended, well or not.',
};

/** Whom a run tells of itself. */
export const hooksTopic: Topic = {
	id: 'hooks',
	title: 'Hooks',
	intro: 'Programs and addresses that hear how a run goes: a chat, a pager. None of them can stop it.',
	questions: [
		...events.flatMap((event) => [
			advanced(`hooks.${event}.command`, `Program: ${event}`, moments[event]),
			advanced(`hooks.${event}.url`, `Address: ${event}`, moments[event]),
		]),
		advanced('hooks.ca', 'CA of the addresses', 'Left empty, it is the CA of this site.', posting),
		advanced('hooks.header', 'Header', 'It carries what tells the receiver who is calling.', posting),
		advanced(
			'hooks.headerValue',
			'Value of the header',
			'All of it, with Bearer where the receiver wants it.',
			posting,
		),
		advanced('hooks.timeoutSeconds', 'Seconds for a call', 'What takes longer is ended.'),
	],
};
