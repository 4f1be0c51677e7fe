import type {WebSocket} from 'ws';

/** How long a conversation goes on in which the program's end was told. */
export type Farewell = {
	/** The program has said that it ended; what it wrote may still be on its way. */
	readonly begin: () => void;
	/** Something came. */
	readonly heard: () => void;
	/** Nothing is read now, so nothing can come. @param on false: it is read again */
	readonly deaf: (on: boolean) => void;
	readonly stop: () => void;
};

/** Ends a socket over which nothing came for so long after the end was told; time in which nobody read is not counted. */
export const createFarewell = (socket: WebSocket, quietMs: number): Farewell => {
	let timer: NodeJS.Timeout | undefined;
	let [hasBegun, isDeaf] = [false, false];
	const wait = (): void => {
		clearTimeout(timer);
		timer = hasBegun && !isDeaf ? setTimeout(() => socket.terminate(), quietMs) : undefined;
	};
	return {
		begin: () => {
			hasBegun = true;
			wait();
		},
		heard: wait,
		deaf: (on) => {
			isDeaf = on;
			wait();
		},
		stop: () => clearTimeout(timer),
	};
};
