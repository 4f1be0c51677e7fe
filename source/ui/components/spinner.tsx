import {useAnimation} from 'ink';
import {spinner} from '../terminal/marks.ts';
import {useLook} from '../terminal/theme.ts';

/** The picture of the busy sign of now; undefined where nothing is animated. */
export const useBusySign = (isActive: boolean): string | undefined => {
	const look = useLook();
	const pictures = spinner(look);
	const {frame} = useAnimation({interval: 120, isActive: isActive && look.animate});
	return look.animate ? pictures[frame % pictures.length] : undefined;
};

/** Draws again each second, for times that run. */
export const useSeconds = (isActive: boolean): void => {
	useAnimation({interval: 1000, isActive});
};
