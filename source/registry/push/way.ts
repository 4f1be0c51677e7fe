/** Size of one piece. A multiple of the 5 MiB that object stores ask of a part would be no better; more than that is. */
const usualPiece = 16 * 1024 * 1024;

/** Smaller pieces are not tried: a layer of a gigabyte would take thousands of them. */
const leastPiece = 256 * 1024;

/**
 * How large blobs go to one registry. Whole is the fastest way, and the only one that every registry knows. Once a line has broken and
 * what was sent was lost with it, they go in pieces: these lose less, and pass where long requests are cut. Where a proxy bounds bodies
 * (413), what is larger goes in pieces below its bound. A registry that takes no pieces gets blobs whole for good.
 */
export type Way = {
	/** Bytes of a piece for a blob; undefined where it goes whole. @param large is it worth pieces, where nothing bounds bodies? */
	readonly piece: (size: number, large: boolean) => number | undefined;
	/** Can an upload that was begun be gone on with? That is done by pieces. */
	readonly mayGoOn: () => boolean;
	/** A line broke, and what was sent was lost with it. */
	readonly lostWithLine: () => void;
	readonly takesNoPieces: () => void;
	/** A body of that length was refused for it. @returns false where no smaller one can be tried */
	readonly tooLarge: (bytes: number) => boolean;
};

/** The largest piece that is smaller. */
const below = (bytes: number): number => {
	let piece = usualPiece;
	while (piece >= bytes) piece /= 2;
	return piece;
};

export const createWay = (): Way => {
	let way: 'whole' | 'in pieces' | 'whole for good' = 'whole';
	/** What a proxy lets through, as far as was tried. */
	let bound = Number.POSITIVE_INFINITY;
	return {
		piece: (size, large) => {
			if (way === 'whole for good') return undefined;
			const wanted = size > bound || (large && way === 'in pieces');
			return wanted ? Math.min(usualPiece, bound) : undefined;
		},
		mayGoOn: () => way !== 'whole for good',
		lostWithLine: () => {
			if (way === 'whole') way = 'in pieces';
		},
		takesNoPieces: () => {
			way = 'whole for good';
		},
		tooLarge: (bytes) => {
			const piece = below(bytes);
			if (way === 'whole for good' || piece < leastPiece) return false;
			bound = Math.min(bound, piece);
			return true;
		},
	};
};
