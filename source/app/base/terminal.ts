import type {Signals} from '../../ui/terminal/signals.ts';
import type {Context} from './context.ts';

type Environment = Context['environment'];

/** The variable with what somebody says of their own terminal: words, with blanks or commas between them. */
export const settingName = 'ZENML_AIRGAP_TERMINAL';

/**
 * What can be said there: which marks its font has, how light its background is, that title and bell are unwanted, that the
 * desktop may be told as well.
 */
export const terminalWords = ['ascii', 'unicode', 'light', 'dark', 'quiet', 'notify'] as const;

const saidIn = ({[settingName]: words = ''}: Environment): readonly string[] =>
	words.split(/[\s,]+/u).filter((word) => word !== '');

const says = (environment: Environment, word: (typeof terminalWords)[number]): boolean =>
	saidIn(environment).includes(word);

/** A sentence about words of the setting that nobody knows; undefined where there are none. */
export const unknownWords = (environment: Environment): string | undefined => {
	const known: readonly string[] = terminalWords;
	const unknown = saidIn(environment).filter((word) => !known.includes(word));
	if (unknown.length === 0) return undefined;
	return `${settingName}: ${unknown.join(', ')} is not known and does not count; known are ${terminalWords.join(', ')}.`;
};

/** Terminals that say of themselves that they cannot be drawn on; one without a name may be a serial line, or anything. */
const undrawn: readonly string[] = ['', 'dumb', 'unknown'];

/** Whether a terminal can be drawn on, and its user does not read it with a screen reader. */
export const drawsScreens = ({TERM = '', INK_SCREEN_READER}: Environment): boolean =>
	!undrawn.includes(TERM) && INK_SCREEN_READER !== 'true';

/**
 * Whether colours are wanted: NO_COLOR with any text says no (no-color.org), FORCE_COLOR goes before it, with 0 or false for no
 * (nodejs.org, CLI).
 */
export const wantsColor = ({NO_COLOR = '', FORCE_COLOR}: Environment): boolean =>
	FORCE_COLOR === undefined ? NO_COLOR === '' : !['0', 'false'].includes(FORCE_COLOR);

/**
 * Consoles without windows, by their names in terminfo: that of the kernel and what getty calls a serial line. The fonts of console-setup
 * have no more marks than those of Latin-1, and some of these print what they do not understand.
 */
const isConsole = ({TERM = ''}: Environment): boolean => /^(?:linux|vt\d|ansi|cons\d|pcansi|sun|wy\d)/u.test(TERM);

/** Terminals that take and answer the control sequences of xterm, by their names in terminfo; tmux answers for itself. */
const isWindow = ({TERM = '', TMUX}: Environment): boolean =>
	TMUX !== undefined ||
	/^(?:xterm|tmux|rxvt|alacritty|foot|kitty|konsole|gnome|vte|wezterm|contour|ghostty|st|putty|mintty|iterm|mlterm)/iu.test(
		TERM,
	);

/** GNU screen, which keeps a title of its own and hands questions on to whatever it happens to be seen in. */
const isScreen = ({TERM = '', STY, TMUX}: Environment): boolean =>
	STY !== undefined || (TMUX === undefined && TERM.startsWith('screen'));

/** Whether a locale has no more than ASCII, or one that is not UTF-8 (locale(7): LC_ALL goes before LC_CTYPE before LANG). */
const hasAsciiLocale = ({LC_ALL, LC_CTYPE, LANG}: Environment): boolean =>
	!/utf-?8/iu.test(LC_ALL || LC_CTYPE || LANG || '');

/** Whether marks must be ASCII: as it is said, else because the locale or the font of a console has no others. */
export const isAscii = (environment: Environment): boolean => {
	if (says(environment, 'ascii')) return true;
	return hasAsciiLocale(environment) || (isConsole(environment) && !says(environment, 'unicode'));
};

/** How light a terminal says that its background is: the last number of COLORFGBG, as rxvt and Konsole set it; 0 to 6 and 8 are dark. */
const backgroundIn = ({COLORFGBG = ''}: Environment): boolean | undefined => {
	const last = /(?:^|;)(\d{1,2})$/u.exec(COLORFGBG)?.[1];
	return last === undefined ? undefined : /^(?:7|9|1[0-5])$/u.test(last);
};

/** Whether the background is known to be light; undefined where nobody says. */
export const lightness = (environment: Environment): boolean | undefined => {
	if (says(environment, 'light')) return true;
	return says(environment, 'dark') ? false : backgroundIn(environment);
};

/** Whether the terminal may be asked for its background: where colours depend on it, nobody says, and an answer can be relied on. */
export const asksBackground = (environment: Environment): boolean =>
	wantsColor(environment) && lightness(environment) === undefined && isWindow(environment) && !isScreen(environment);

/** What a terminal of this name understands; one that cannot be drawn on gets nothing. */
export const signalsOf = (environment: Environment): Signals => {
	const told = !says(environment, 'quiet') && !undrawn.includes(environment.TERM ?? '');
	const titled = isScreen(environment) ? 'set' : 'kept';
	return {
		title: told && (isScreen(environment) || isWindow(environment)) ? titled : 'none',
		bell: told,
		notify: told && says(environment, 'notify'),
	};
};
