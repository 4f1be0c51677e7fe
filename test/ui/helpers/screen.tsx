import {render} from 'ink-testing-library';
import {App} from '../../../source/ui/app.tsx';
import type {AppResult, Session} from '../../../source/ui/state/session.ts';
import {createUiStore} from '../../../source/ui/store.ts';
import {type Look, LookContext} from '../../../source/ui/terminal/theme.ts';

/** What a terminal sends for the keys that are no text. */
export const keys = {
	up: '\u001B[A',
	down: '\u001B[B',
	right: '\u001B[C',
	left: '\u001B[D',
	pageUp: '\u001B[5~',
	pageDown: '\u001B[6~',
	home: '\u001B[H',
	end: '\u001B[F',
	enter: '\r',
	/** As terminals with the kitty protocol send it: after a bare one Ink waits whether more of a sequence follows. */
	escape: '\u001B[27u',
	tab: '\t',
	shiftTab: '\u001B[Z',
	backspace: '\u007F',
	delete: '\u001B[3~',
	ctrlA: '\u0001',
	ctrlC: '\u0003',
	ctrlG: '\u0007',
	ctrlN: '\u000E',
	ctrlS: '\u0013',
	ctrlU: '\u0015',
} as const;

/** Lets everything run that is due, so that the next key meets what the last one did. */
export const settle = async (): Promise<void> => {
	await new Promise((resolve) => setImmediate(resolve));
	await new Promise((resolve) => setTimeout(resolve, 0));
};

/** The whole app over a session, in a window of any size. */
export const openApp = async (session: Session, columns = 80, rows = 24, look: Partial<Look> = {}) => {
	const results: AppResult[] = [];
	const copied: string[] = [];
	const copy = (text: string): boolean => {
		copied.push(text);
		return true;
	};
	const store = createUiStore(session, (result) => results.push(result), {copy});
	const app = render(
		<LookContext value={{color: false, ascii: false, animate: false, ...look}}>
			<App session={session} store={store} />
		</LookContext>,
	);
	const resize = async (width: number, height: number): Promise<void> => {
		Object.defineProperty(app.stdout, 'columns', {value: width, configurable: true});
		Object.defineProperty(app.stdout, 'rows', {value: height, configurable: true});
		app.stdout.emit('resize');
		await settle();
	};
	await resize(columns, rows);
	store.open();
	await settle();
	return {
		store,
		results,
		/** What was handed to the clipboard of the terminal. */
		copied,
		resize,
		frames: app.frames,
		frame: () => app.lastFrame() ?? '',
		/** Writes each argument as one read of the terminal and lets it take effect. */
		press: async (...inputs: readonly string[]): Promise<void> => {
			for (const input of inputs) {
				app.stdin.write(input);
				await settle();
			}
		},
		close: () => {
			store.close();
			app.unmount();
		},
	};
};

export type OpenApp = Awaited<ReturnType<typeof openApp>>;
