import type {TextProps} from 'ink';
import {createContext, useContext} from 'react';
import type {StepStatus} from '../engine/events.ts';

/** What a piece of text means; colours follow from it, and nothing is told by colour alone. */
export type Role = 'plain' | 'title' | 'dim' | 'ok' | 'bad' | 'warn' | 'busy' | 'key' | 'focus';

/** How the terminal may be drawn on. */
export type Look = {readonly color: boolean; readonly ascii: boolean; readonly animate: boolean};

const colours: Readonly<Record<Role, TextProps>> = {
	plain: {},
	title: {color: 'cyan', bold: true},
	dim: {dimColor: true},
	ok: {color: 'green'},
	bad: {color: 'red', bold: true},
	warn: {color: 'yellow'},
	busy: {color: 'cyan'},
	key: {color: 'cyan'},
	focus: {inverse: true},
};

const monochrome: Readonly<Record<Role, TextProps>> = {
	...Object.fromEntries(Object.keys(colours).map((role) => [role, {}])),
	title: {bold: true},
	bad: {bold: true},
	focus: {inverse: true},
} as Readonly<Record<Role, TextProps>>;

/** Properties of Ink's `Text` for a role. */
export const style = (role: Role, {color}: Pick<Look, 'color'>): TextProps => (color ? colours : monochrome)[role];

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
	arrows: '↑↓',
	sideways: '←→',
};
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
	arrows: 'up/down',
	sideways: 'left/right',
};

/** The marks of this terminal; each has one cell, except the names of the arrow keys. */
export const glyphs = ({ascii}: Pick<Look, 'ascii'>): Glyphs => (ascii ? plain : unicode);

/** Pictures of the busy sign, in order. */
export const spinner = ({ascii}: Pick<Look, 'ascii'>): readonly string[] =>
	ascii ? ['|', '/', '-', '\\'] : ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

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
};

export const LookContext = createContext<Look>({color: true, ascii: false, animate: true});

/** The look of this terminal. */
export const useLook = (): Look => useContext(LookContext);
