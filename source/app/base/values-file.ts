import {errnoWords} from '../../base/errno.ts';
import {readBounded} from '../../base/reading/bounded.ts';
import {withNames} from '../../base/reading/unseen.ts';
import {formatBytes} from '../../base/units.ts';
import {chartsProblems} from '../../charts/problems.ts';

/** Far more than anybody writes by hand, bytes; Helm keeps values in a Secret, which has at most 1 MiB. */
const mostBytes = 512 * 1024;

/**
 * Reads the operator's file with values for a chart.
 * @throws ProblemError `helm-values-unreadable`, area `usage`
 */
export const readValuesFile = async (file: string, answer: string): Promise<string> => {
	const told = {location: {file}, answers: [answer]};
	const {bytes, more} = await readBounded(file, mostBytes).catch((error: unknown) => {
		const given = {case: 'no file', file: withNames(file), reason: errnoWords(error, 'read')} as const;
		throw chartsProblems.error('helm-values-unreadable', given, {...told, error});
	});
	if (!more) return bytes.toString('utf8');
	const given = {case: 'too large', file: withNames(file), most: formatBytes(mostBytes)} as const;
	throw chartsProblems.error('helm-values-unreadable', given, told);
};
