import {clean} from './text.ts';

/** How a terminal may be told that somebody is needed. */
export type Signals = {
	/** `kept`: the terminal gives the old title back; `set`: it only takes one. */
	readonly title: 'kept' | 'set' | 'none';
	readonly bell: boolean;
	/** A word to the desktop (OSC 9), which some terminals show and others take for something else. */
	readonly notify: boolean;
};

/** A terminal that is told nothing beside its screen. */
export const noSignals: Signals = {title: 'none', bell: false, notify: false};

/** Where one is: the title of the window, and what somebody is needed for, or that it is over; undefined while nobody is. */
export type Attention = {readonly title: string; readonly need?: string | undefined};

/** Longest title, in characters: taskbars show less. */
const longest = 120;

const osc = (code: 2 | 9, text: string): string => `\u001B]${code};${clean(text).slice(0, longest)}\u0007`;

/** Puts the title of the window away, and takes it back (xterm, XTWINOPS 22 and 23; of icon and window). */
const [pushTitle, popTitle] = ['\u001B[22;0t', '\u001B[23;0t'];

/**
 * Tells a terminal where one is: the title whenever it is another, a bell once for each thing that somebody is needed for. What it writes
 * moves no cursor and changes nothing of what is drawn.
 */
export const createSignaller = (write: (text: string) => void, {title, bell, notify}: Signals) => {
	let shown: string | undefined;
	let needed: string | undefined;
	const showTitle = (text: string): void => {
		if (title === 'none' || text === shown) return;
		if (shown === undefined && title === 'kept') write(pushTitle);
		shown = text;
		write(osc(2, text));
	};
	return {
		tell: (now: Attention): void => {
			showTitle(now.title);
			const isNews = now.need !== undefined && now.need !== needed;
			needed = now.need;
			if (!isNews || now.need === undefined) return;
			if (bell) write('\u0007');
			// A number in front is a command to some terminals (ConEmu: 9;4 is a progress bar).
			if (notify) write(osc(9, `zenml-airgap: ${now.need}`));
		},
		/** The title is what it was before. */
		end: (): void => {
			if (shown === undefined) return;
			write(title === 'kept' ? popTitle : osc(2, ''));
			shown = undefined;
		},
	};
};
