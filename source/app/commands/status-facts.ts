import * as z from 'zod';
import {printable} from '../../base/printable.ts';
import {readBounded} from '../../base/reading/bounded.ts';
import type {Context} from '../base/context.ts';
import {drillFile, escrowFile} from '../base/journal-file.ts';

const drillSchema = z.object({
	result: z.enum(['passed', 'failed']),
	endedAt: z.string(),
	backup: z.object({id: z.string()}),
});
const escrowSchema = z.object({at: z.string(), by: z.string(), where: z.string()});

const mostBytes = 4 * 1024 ** 2;

/** What such a file says; undefined where there is none, or one that cannot be read. */
const readFact = async <T>(file: string, schema: z.ZodType<T>): Promise<T | undefined> => {
	try {
		return schema.parse(JSON.parse((await readBounded(file, mostBytes)).bytes.toString('utf8')));
	} catch {
		return undefined;
	}
};

/** The last drill and the last confirmation of keys outside of the cluster, as far as they were made from this host. */
export const tellFacts = async ({out}: Context, stateDirectory: string): Promise<void> => {
	const drill = await readFact(drillFile(stateDirectory), drillSchema);
	if (drill) out(`last drill: ${drill.result}, backup ${printable(drill.backup.id)}, ${printable(drill.endedAt)}\n`);
	const escrow = await readFact(escrowFile(stateDirectory), escrowSchema);
	if (escrow) out(`keys outside of the cluster: ${printable(`${escrow.at} by ${escrow.by}: ${escrow.where}`)}\n`);
};
