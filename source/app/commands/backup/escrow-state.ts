import {printable} from '../../../base/printable.ts';
import {toProblem} from '../../../base/problem.ts';
import {escrowFault, escrowKeys, escrowText, readEscrow} from '../../../steps/shared/marks/escrow.ts';
import type {Context} from '../../base/context.ts';
import type {BackupSite} from './folder.ts';

/** How long the cluster may take to tell, ms: the backups lie elsewhere and can be told without it. */
const longestMs = 10_000;

/** Whether the keys lie outside of the cluster as well, in a line. @throws the signal's reason */
export const escrowState = async ({clock, signal}: Context, {reader}: BackupSite): Promise<string> => {
	const bounded = {...reader, signal: AbortSignal.any([signal, AbortSignal.timeout(longestMs)])};
	try {
		const record = await readEscrow(bounded);
		const fault = escrowFault(record, await escrowKeys(bounded), clock.now());
		const said = record ? printable(escrowText(record)) : 'never confirmed; zenml-airgap backup escrow';
		return record && fault !== undefined ? `${said} (NOT WELL: ${printable(fault)})` : said;
	} catch (error) {
		signal.throwIfAborted();
		return `not known: ${printable(toProblem(error).message)}`;
	}
};
