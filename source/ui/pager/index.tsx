import {render} from 'ink';
import {Painted} from '../components/painted.tsx';
import type {AppOptions} from '../index.tsx';
import {clearedRow} from '../terminal/left.ts';
import {dark} from '../terminal/theme.ts';
import {Pager} from './pager.tsx';
import {createPagerStore, type Pages} from './store.ts';

export type {Pages} from './store.ts';

/** Shows pages on the alternate screen until the reader or the signal ends it. Needs a terminal at both ends. */
export const runPager = async (
	pages: Pages,
	version: string,
	{stdin, stdout, signal, ascii, color, background = dark}: AppOptions,
): Promise<void> => {
	const end = (): void => app.unmount();
	const store = createPagerStore(pages, end);
	const app = render(
		<Painted look={{ascii, color, animate: false}} background={background}>
			<Pager store={store} version={version} />
		</Painted>,
		{
			stdin,
			stdout,
			interactive: true,
			alternateScreen: true,
			incrementalRendering: true,
			exitOnCtrlC: false,
			maxFps: 60,
		},
	);
	signal.addEventListener('abort', end, {once: true});
	if (signal.aborted) end();
	try {
		await app.waitUntilExit();
	} finally {
		signal.removeEventListener('abort', end);
		stdout.write(clearedRow);
	}
};
