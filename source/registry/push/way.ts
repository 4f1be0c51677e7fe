/**
 * How large blobs go to one registry. Whole is the fastest way, and the only one that every registry knows. Once a line has broken and
 * what was sent was lost with it, they go in pieces: these lose less, and pass where long requests are cut. A registry that takes no
 * pieces gets blobs whole for good.
 */
export type Way = {
	readonly inPieces: () => boolean;
	/** Can an upload that was begun be gone on with? That is done by pieces. */
	readonly mayGoOn: () => boolean;
	/** A line broke, and what was sent was lost with it. */
	readonly lostWithLine: () => void;
	readonly takesNoPieces: () => void;
};

export const createWay = (): Way => {
	let way: 'whole' | 'in pieces' | 'whole for good' = 'whole';
	return {
		inPieces: () => way === 'in pieces',
		mayGoOn: () => way !== 'whole for good',
		lostWithLine: () => {
			if (way === 'whole') way = 'in pieces';
		},
		takesNoPieces: () => {
			way = 'whole for good';
		},
	};
};
