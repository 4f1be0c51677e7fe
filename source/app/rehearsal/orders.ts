import {randomBytes} from 'node:crypto';
import {readdir, rm} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import * as z from 'zod';
import {type FaultName, type FaultOrder, faultNames} from '../../../rehearsal/index.ts';
import {isSystemError} from '../../base/errno.ts';
import {writeWhole} from '../../base/files.ts';
import {liveHolder} from '../../base/lock/lock.ts';
import {readOwnFile} from '../../base/own/file.ts';
import {type Problem, ProblemError, toProblem} from '../../base/problem.ts';
import type {Context} from '../base/context.ts';
import {rehearsalRunProblems} from '../base/rehearsal-problems.ts';
import {makeFolder} from '../run/folder.ts';
import {rehearsalLock} from './lock.ts';

/** What became of an order: lines for people, or the problem. */
type Answer = {readonly lines: readonly string[]} | {readonly problem: Problem};

const orderSchema = z.object({name: z.enum(faultNames as readonly [FaultName, ...FaultName[]]), on: z.boolean()});

/** Files of orders and answers lie here, in a folder of this user alone: `ID.order` and `ID.answer`. */
const folderOf = (stateDirectory: string): string => path.join(stateDirectory, 'orders');

/** Of an order or an answer, bytes. */
const mostBytes = 64 * 1024;

/** How often is looked for orders and answers, ms. */
const lookMs = 200;

/** How long an answer may take, ms. */
const answerMs = 15_000;

const read = async (file: string): Promise<unknown> => {
	const found = await readOwnFile(file, mostBytes);
	return found && 'text' in found ? JSON.parse(found.text) : undefined;
};

const obey = async (file: string, act: (order: FaultOrder) => Promise<readonly string[]>): Promise<Answer> => {
	try {
		return {lines: await act(orderSchema.parse(await read(file)))};
	} catch (error) {
		return {problem: toProblem(error)};
	}
};

/** Does what other processes of this user ask for, one after the other, until it is stopped. */
export const answerOrders = async (
	stateDirectory: string,
	{act}: {readonly act: (order: FaultOrder) => Promise<readonly string[]>},
): Promise<{readonly stop: () => Promise<void>}> => {
	const folder = folderOf(stateDirectory);
	// Orders to an earlier process are nobody's any more.
	await rm(folder, {recursive: true, force: true});
	await makeFolder(folder);
	const leave = new AbortController();
	const {signal} = leave;
	const work = async (): Promise<void> => {
		while (!signal.aborted) {
			for (const name of (await readdir(folder)).filter((one) => one.endsWith('.order'))) {
				const file = path.join(folder, name);
				const answer = await obey(file, act);
				await rm(file, {force: true});
				await writeWhole(file.replace(/order$/u, 'answer'), JSON.stringify(answer));
			}
			await sleep(lookMs, undefined, {signal}).catch(() => undefined);
		}
	};
	// A folder that is gone, or a full disk, ends the taking of orders, not the rehearsal: whoever gives one is told that nobody answers.
	const working = work().catch((error: unknown) => {
		if (!isSystemError(error)) throw error;
	});
	return {
		stop: async () => {
			leave.abort();
			await working;
			await rm(folder, {recursive: true, force: true});
		},
	};
};

const untilAnswered = async ({signal}: Context, file: string): Promise<Answer> => {
	const end = performance.now() + answerMs;
	while (performance.now() < end) {
		const found = (await read(file)) as Answer | undefined;
		if (found !== undefined) return found;
		await sleep(lookMs, undefined, {signal});
	}
	throw rehearsalRunProblems.error('rehearsal-not-served', {case: 'silent', seconds: answerMs / 1000});
};

/**
 * Asks the world that is kept up for this state folder to do something.
 * @returns what it says to that, for people
 * @throws ProblemError `rehearsal-not-served`, and what the world throws
 */
export const giveOrder = async (
	context: Context,
	stateDirectory: string,
	order: FaultOrder,
): Promise<readonly string[]> => {
	const folder = folderOf(stateDirectory);
	const holder = await liveHolder(rehearsalLock(stateDirectory), context.hostName);
	const isServed = holder !== undefined && (await readdir(folder).catch(() => undefined)) !== undefined;
	if (!isServed) throw rehearsalRunProblems.error('rehearsal-not-served', {case: 'nobody', folder: stateDirectory});
	const file = path.join(folder, randomBytes(8).toString('hex'));
	await writeWhole(`${file}.order`, JSON.stringify(order));
	try {
		const answer = await untilAnswered(context, `${file}.answer`);
		if ('problem' in answer) throw new ProblemError(answer.problem);
		return answer.lines;
	} finally {
		for (const kind of ['order', 'answer']) await rm(`${file}.${kind}`, {force: true});
	}
};
