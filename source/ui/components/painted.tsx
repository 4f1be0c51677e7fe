import {type ReactNode, useSyncExternalStore} from 'react';
import {type Background, type Look, LookContext} from '../terminal/theme.ts';

type Props = {readonly look: Omit<Look, 'light'>; readonly background: Background; readonly children: ReactNode};

/** What is drawn in it follows the background of the terminal, also where that is told after the first frame. */
export const Painted = ({look, background, children}: Props) => {
	const light = useSyncExternalStore(background.subscribe, background.isLight);
	return <LookContext value={{...look, light}}>{children}</LookContext>;
};
