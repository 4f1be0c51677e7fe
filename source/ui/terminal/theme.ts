import type {TextProps} from 'ink';
import {createContext, useContext} from 'react';
import type {Role} from './marks.ts';

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
	plain: {},
	title: {bold: true},
	dim: {},
	ok: {},
	bad: {bold: true},
	warn: {},
	busy: {},
	key: {},
	focus: {inverse: true},
};

/** Properties of Ink's `Text` for a role. */
export const style = (role: Role, {color}: Pick<Look, 'color'>): TextProps => (color ? colours : monochrome)[role];

export const LookContext = createContext<Look>({color: true, ascii: false, animate: true});

/** The look of this terminal. */
export const useLook = (): Look => useContext(LookContext);
