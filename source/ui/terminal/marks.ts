import type {StepStatus} from '../../engine/events.ts';

/** What a piece of text means; colours follow from it, and nothing is told by colour alone. */
export type Role = 'plain' | 'title' | 'dim' | 'ok' | 'bad' | 'warn' | 'busy' | 'key' | 'focus' | 'match';

const unicode = {
	ok: '✓',
	busy: '●',
	pending: '○',
	bad: '✗',
	warn: '!',
	skipped: '–',
	pointer: '❯',
	more: '…',
	full: '█',
	empty: '░',
	rule: '─',
	wall: '│',
	mask: '•',
	dot: '·',
	goesOn: '»',
	arrows: '↑↓',
	sideways: '←→',
};

/** The marks of a terminal; each has one cell, except the names of the arrow keys. */
export type Glyphs = typeof unicode;

const plain: Glyphs = {
	ok: '+',
	busy: '*',
	pending: 'o',
	bad: 'x',
	warn: '!',
	skipped: '-',
	pointer: '>',
	more: '~',
	full: '#',
	empty: '.',
	rule: '-',
	wall: '|',
	mask: '*',
	dot: '-',
	goesOn: '>',
	arrows: 'up/down',
	sideways: 'left/right',
};

/** The marks of a terminal that can show more than ASCII, or cannot. */
export const glyphs = ({ascii}: {readonly ascii: boolean}): Glyphs => (ascii ? plain : unicode);

/** Pictures of the busy sign, in order. */
export const spinner = ({ascii}: {readonly ascii: boolean}): readonly string[] =>
	ascii ? ['|', '/', '-', '\\'] : ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** A mark and what it means. */
export type Mark = {readonly glyph: keyof Glyphs; readonly role: Role};

/** The mark of a step at the left of its title. */
export const statusMarks: Readonly<Record<StepStatus, Mark>> = {
	pending: {glyph: 'pending', role: 'dim'},
	checking: {glyph: 'busy', role: 'busy'},
	applying: {glyph: 'busy', role: 'busy'},
	waiting: {glyph: 'warn', role: 'warn'},
	retrying: {glyph: 'warn', role: 'warn'},
	problem: {glyph: 'bad', role: 'bad'},
	done: {glyph: 'ok', role: 'ok'},
	skipped: {glyph: 'skipped', role: 'dim'},
	'going-back': {glyph: 'busy', role: 'warn'},
	'brought-back': {glyph: 'warn', role: 'warn'},
};
