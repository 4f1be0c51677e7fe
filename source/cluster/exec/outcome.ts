import * as z from 'zod';
import type {Deed} from '../errors.ts';
import {statusError} from '../refusals.ts';
import type {Left} from './conversation.ts';
import type {ExecProblems} from './problems.ts';

/** What the cluster says of the end of a command (meta/v1 Status; reasons of k8s.io/apimachinery, pkg/util/remotecommand). */
const endShape = z.looseObject({
	status: z.enum(['Success', 'Failure']),
	reason: z.string().optional(),
	code: z.number().int().min(400).max(599).optional().catch(undefined),
	details: z
		.looseObject({
			causes: z.array(z.looseObject({reason: z.string().optional(), message: z.string().optional()})).nullish(),
		})
		.nullish(),
});

/** A program ends with one of these; signals are told as 128 and their number. */
const mostExitCode = 255;

const exitCodeIn = ({details}: z.output<typeof endShape>): number | undefined => {
	const said = details?.causes?.find(({reason}) => reason === 'ExitCode')?.message ?? '';
	const code = Number(said);
	return /^\d{1,3}$/u.test(said) && code > 0 && code <= mostExitCode ? code : undefined;
};

/** What the cluster says of the end. */
const exitCodeSaid = (status: unknown, problems: ExecProblems, deed: Deed): number => {
	const read = endShape.safeParse(status);
	if (!read.success) throw problems.unreadable(JSON.stringify(status).slice(0, 200));
	if (read.data.status === 'Success') return 0;
	if (read.data.reason !== 'NonZeroExitCode') throw problems.refused(statusError(read.data.code ?? 500, status, deed));
	const code = exitCodeIn(read.data);
	if (code === undefined) throw problems.unreadable(JSON.stringify(status).slice(0, 200));
	return code;
};

/**
 * The exit code of a command. One that says its own end is believed over the cluster, and never taken for a success without that word;
 * with output to be taken, a success takes the cluster's word as well, which comes behind the last of the output.
 * @param mark undefined for a command that does not say its end
 * @throws ProblemError where it was not run at all, or what is said of it cannot be read
 */
export const exitCodeOf = (
	{said, status}: Pick<Left, 'said' | 'status'>,
	{mark, hasOutput}: {readonly mark: string | undefined; readonly hasOutput: boolean},
	{problems, deed}: {readonly problems: ExecProblems; readonly deed: Deed},
): number => {
	if (said === 'missing') throw problems.missing();
	if (said === 0 && hasOutput && status === undefined)
		throw problems.closed(new Error('The program ended well, and the end of its output did not come.'));
	if (said !== undefined) return said;
	const code = exitCodeSaid(status, problems, deed);
	if (code === 0 && mark !== undefined)
		throw problems.closed(
			new Error('The cluster calls it a success, and the program itself has said nothing of its end.'),
		);
	return code;
};
