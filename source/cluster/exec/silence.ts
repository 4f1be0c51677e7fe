import type {WebSocket} from 'ws';

/** How long a peer may be silent, ms. */
export type ExecTiming = {
	/** Between questions whether it is still there. */
	readonly pingMs: number;
	/** Without a word, where it has read all that it was sent. */
	readonly silentMs: number;
	/** The same while it still has stdin to read: a program that is busy reads nothing, and the server then hears no question either. */
	readonly stalledMs: number;
	/** Until a server has ended a conversation in which everything has been said. */
	readonly farewellMs: number;
};

export const defaultExecTiming: ExecTiming = {
	pingMs: 10_000,
	silentMs: 60_000,
	stalledMs: 30 * 60_000,
	farewellMs: 5000,
};

/** Watches over a socket until it is stopped. */
export type Silence = {
	/** Something was heard of the peer. */
	readonly heard: () => void;
	/** Something of stdin goes out. */
	readonly sent: () => void;
	/** Nothing is read now, so nothing can be heard. @param on false: it is read again */
	readonly deaf: (on: boolean) => void;
	readonly stop: () => void;
};

/** @param onSilent hears how long it was silent, ms */
export const watchSilence = (
	socket: WebSocket,
	{pingMs, silentMs, stalledMs}: Omit<ExecTiming, 'farewellMs'>,
	onSilent: (silentMs: number) => void,
): Silence => {
	let last = performance.now();
	let isDeaf = false;
	// A question carries how much had been sent before it: its answer tells that all of that was read.
	let [sent, read] = [0, 0];
	const heard = (): void => {
		last = performance.now();
	};
	socket.on('pong', (said: Buffer) => {
		heard();
		const count = Number(said.toString('latin1'));
		if (count <= sent) read = Math.max(read, count);
	});
	socket.on('ping', heard);
	const timer = setInterval(() => {
		if (isDeaf) return;
		const bound = sent > read ? stalledMs : silentMs;
		if (performance.now() - last > bound) onSilent(bound);
		else if (socket.readyState === 1) socket.ping(String(sent));
	}, pingMs);
	return {
		heard,
		sent: () => {
			sent += 1;
		},
		deaf: (on) => {
			isDeaf = on;
			heard();
		},
		stop: () => clearInterval(timer),
	};
};
