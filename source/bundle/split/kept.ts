import {join} from 'node:path';
import type {VerifyProgress} from '../types.ts';
import {digestOfPart, digestOfPlan, type PartPlan, type Parts, readList, readRecord} from './part.ts';
import type {TarPlan} from './plan.ts';
import type {TarReader} from './stream.ts';

/** Parts of earlier runs: those that a run had finished when it was stopped, and those of a list that is complete. */
export type Earlier = {readonly recorded: Parts; readonly listed: Parts};

/** @param files of the list and of the record @param partSize bytes; parts of another size are not taken over */
export const readEarlier = async (
	files: {readonly list: string; readonly record: string},
	plan: TarPlan,
	partSize: number,
): Promise<Earlier> => ({
	recorded: await readRecord(files.record, plan, partSize),
	listed: await readList(files.list, plan, partSize),
});

/** Progress within a part: bytes that are looked at twice count half each time. */
type Meter = {readonly count: (share: number) => (bytes: number) => void; readonly restart: () => void};

export const meterOf = ({file, from}: PartPlan, total: number, onProgress: VerifyProgress): Meter => {
	// Parts are worked on in their order, so that all before this one is done.
	let done = from;
	return {
		count: (share) => (bytes) => {
			done += bytes * share;
			onProgress({file, done: Math.round(done), total});
		},
		restart: () => {
			done = from;
		},
	};
};

/** What is needed to work on parts. */
export type Bench = {
	readonly out: string;
	readonly reader: TarReader;
	readonly earlier: Earlier;
	readonly signal: AbortSignal;
};

/**
 * Digest of the part that is there, where it is the right one. A record speaks of this very tar; a list only of one of the same name
 * and size, so that the bytes to be count, too.
 */
export const digestOfKept = async (
	part: PartPlan,
	{out, reader, earlier, signal}: Bench,
	{count}: Meter,
): Promise<string | undefined> => {
	const path = join(out, part.file);
	const saidBy = (parts: Parts): string | undefined => parts.find(({file}) => file === part.file)?.digest;
	const recorded = saidBy(earlier.recorded);
	if (recorded !== undefined) {
		const digest = await digestOfPart(path, part, count(1), signal);
		return digest === recorded ? digest : undefined;
	}
	const listed = saidBy(earlier.listed);
	if (listed === undefined) return undefined;
	const digest = await digestOfPart(path, part, count(0.5), signal);
	if (digest !== listed) return undefined;
	return digest === (await digestOfPlan(reader, part, count(0.5))) ? digest : undefined;
};
