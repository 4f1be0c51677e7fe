import type {TextProps} from 'ink';
import {createContext, useContext} from 'react';
import type {Role} from './marks.ts';

/** How the terminal may be drawn on. */
export type Look = {
	readonly color: boolean;
	/** The background is known to be light. */
	readonly light?: boolean;
	readonly ascii: boolean;
	readonly animate: boolean;
};

/** Whether the background is light, which some terminals tell after the first frame; `subscribe` returns the way to end it. */
export type Background = {
	readonly isLight: () => boolean;
	readonly subscribe: (listener: () => void) => () => void;
};

/** A background that is dark for good. */
export const dark: Background = {isLight: () => false, subscribe: () => () => undefined};

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
	match: {bold: true, underline: true},
};

/** Cyan and yellow are hardly seen on white. */
const onLight: Readonly<Record<Role, TextProps>> = {
	...colours,
	title: {color: 'blue', bold: true},
	warn: {color: 'magenta'},
	busy: {color: 'blue'},
	key: {color: 'blue'},
};

const monochrome: Readonly<Record<Role, TextProps>> = {
	plain: {},
	title: {bold: true},
	dim: {},
	ok: {},
	bad: {bold: true},
	warn: {},
	busy: {},
	key: {},
	focus: {inverse: true},
	match: {bold: true, underline: true},
};

/** Properties of Ink's `Text` for a role. */
export const style = (role: Role, {color, light = false}: Pick<Look, 'color' | 'light'>): TextProps => {
	if (!color) return monochrome[role];
	return (light ? onLight : colours)[role];
};

export const LookContext = createContext<Look>({color: true, ascii: false, animate: true});

/** The look of this terminal. */
export const useLook = (): Look => useContext(LookContext);
