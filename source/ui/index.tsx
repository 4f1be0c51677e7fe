import {render} from 'ink';
import {App} from './app.tsx';
import {Painted} from './components/painted.tsx';
import {attentionOf} from './content/run/attention.ts';
import type {AppResult, Session} from './state/session.ts';
import {createUiStore, type UiStore, type UiTerminal} from './store.ts';
import {copySequence, type Multiplexer, mostCopiedBytes} from './terminal/clipboard.ts';
import {drained} from './terminal/drained.ts';
import {clearedRow} from './terminal/left.ts';
import {createSignaller, noSignals, type Signals} from './terminal/signals.ts';
import {type Background, dark} from './terminal/theme.ts';
import {wheelBack, wheelOn} from './terminal/wheel.ts';

export {multiplexerOf} from './terminal/clipboard.ts';

/** Where to draw and how. */
export type AppOptions = {
	readonly stdin: NodeJS.ReadStream;
	readonly stdout: NodeJS.WriteStream;
	/** Aborted: the screens end at once with `interrupted`, or `quit` before anything was started. */
	readonly signal: AbortSignal;
	/** Only ASCII marks, for terminals without UTF-8. */
	readonly ascii: boolean;
	readonly color: boolean;
	/** By default dark, and so for good. */
	readonly background?: Background;
	/** How the terminal may be told that somebody is needed; by default not at all. */
	readonly signals?: Signals;
	/** What stands between this program and the terminal. */
	readonly multiplexer?: Multiplexer;
	/** True: the mouse wheel scrolls. */
	readonly wheel?: boolean;
	/** False leaves out the busy sign that turns; default true. */
	readonly animate?: boolean;
};

/** The clipboard of the terminal. */
const clipboardOf = (stdout: NodeJS.WriteStream, multiplexer: Multiplexer): UiTerminal => ({
	copy: (text) => {
		if (Buffer.byteLength(text) > mostCopiedBytes) return false;
		stdout.write(copySequence(text, multiplexer));
		return true;
	},
});

/** How Ink draws. */
const drawing = {
	interactive: true,
	alternateScreen: true,
	incrementalRendering: true,
	exitOnCtrlC: false,
	// The run tells its news thirty times a second; a key pressed between two of them must not wait for the next.
	maxFps: 60,
} as const;

/** Tells the terminal where the run is, whenever that changes. Returns the end of it. */
const watchAttention = (
	session: Session,
	store: UiStore,
	{tell, end}: ReturnType<typeof createSignaller>,
): (() => void) => {
	const look = (): void => tell(attentionOf(store.getState(), session.run.getState()));
	const ends = [store.subscribe(look), session.run.subscribe(look)];
	look();
	return () => {
		for (const stop of ends) stop();
		end();
	};
};

/**
 * Runs the screens on the alternate screen until the operator or the signal ends them. What was there before is
 * restored; the caller prints its summary after that. Needs a terminal at both ends;
 * rejects only with an error of the drawing itself, while the run goes on.
 */
export const runApp = async (
	session: Session,
	{
		stdin,
		stdout,
		signal,
		ascii,
		color,
		background = dark,
		animate = true,
		signals = noSignals,
		multiplexer,
		wheel = false,
	}: AppOptions,
): Promise<AppResult> => {
	let result: AppResult = {ended: 'quit'};
	const end = (ended: AppResult): void => {
		result = ended;
		leave();
	};
	const store = createUiStore(session, end, clipboardOf(stdout, multiplexer));
	const leave = (): void => {
		drained(stdin).then(() => app.unmount());
	};
	const app = render(
		<Painted look={{ascii, color, animate}} background={background}>
			<App session={session} store={store} />
		</Painted>,
		{stdin, stdout, ...drawing},
	);
	const quieten = watchAttention(
		session,
		store,
		createSignaller((text) => stdout.write(text), signals),
	);
	const interrupt = (): void => {
		if (store.getState().started) result = {ended: 'interrupted'};
		leave();
	};
	signal.addEventListener('abort', interrupt, {once: true});
	if (signal.aborted) interrupt();
	if (wheel) stdout.write(wheelOn);
	store.open();
	try {
		await app.waitUntilExit();
	} finally {
		if (wheel) stdout.write(wheelBack);
		signal.removeEventListener('abort', interrupt);
		store.close();
		quieten();
		stdout.write(clearedRow);
	}
	return result;
};
