import type {FaultOrder} from '../../../rehearsal/index.ts';
import {readJournal} from '../../engine/journal.ts';
import {journalFile} from '../base/journal-file.ts';
import {notMetAnyMore} from './fault-told.ts';
import type {World} from './world.ts';

/**
 * Switches faults of a world, and tells where nothing in it meets one any more.
 * @param anew the command that begins such a world anew
 */
export const switching =
	(stateDirectory: string, {switchFault}: Pick<World, 'switchFault'>, anew: string): World['switchFault'] =>
	async (order: FaultOrder) => {
		const lines = await switchFault(order);
		if (!order.on) return lines;
		// The fault is on, whatever is wrong with the journal: the next run refuses it with its reason.
		const journal = await readJournal(journalFile(stateDirectory, 'install')).catch(() => undefined);
		return [...lines, ...notMetAnyMore(order.name, journal, anew)];
	};
