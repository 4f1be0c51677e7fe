import {afterEach, beforeAll} from 'vitest';
import {builtProgram, type Program} from '../../helpers/built-program.ts';
import {makePlace, type Place} from './place.ts';
import {openTerminal, type Terminal} from './terminal.ts';

/** Where the operator of each journey of a file sits. */
export type Seat = {
	/** The built program, from the first journey on. */
	readonly program: () => Program;
	/** The place of this journey, from `open` on. */
	readonly place: () => Place;
	/** Makes a place and opens a terminal there, with the command that it is asked for; both go when the journey is over. */
	readonly open: (
		commandOf: (program: Program, place: Place) => readonly string[],
		options?: Parameters<typeof openTerminal>[2],
	) => Promise<Terminal>;
};

/** Gives each journey of the calling file a host and a terminal of its own. */
export const takeSeat = (): Seat => {
	let program: Program | undefined;
	let place: Place | undefined;
	let terminal: Terminal | undefined;
	const there = <T>(one: T | undefined, what: string): T => {
		if (one === undefined) throw new Error(`There is no ${what} yet.`);
		return one;
	};
	beforeAll(async () => {
		program = await builtProgram();
	});
	afterEach(async () => {
		await terminal?.close();
		await place?.remove();
	});
	return {
		program: () => there(program, 'program'),
		place: () => there(place, 'place'),
		open: async (commandOf, options) => {
			const built = there(program, 'program');
			place = await makePlace(built);
			terminal = await openTerminal(commandOf(built, place), place, options);
			return terminal;
		},
	};
};
