import type {Change, StepId} from './types.ts';

/** Changes that write something; what is only waited for or looked at changes nothing. */
export const writesIn = (changes: readonly Change[]): readonly Change[] =>
	changes.filter(({action}) => action !== 'wait');

const counted = (value: number, one: string, many: string): string => `${value} ${value === 1 ? one : many}`;

/** What a step would do, counted: `2 changes`, `1 change, 3 to wait for`; of the verification `7 checks later`. */
export const changesInWords = (changes: readonly Change[], step: StepId): string => {
	const writes = writesIn(changes).length;
	const waits = changes.length - writes;
	const later = step === 'verification' ? `${counted(waits, 'check', 'checks')} later` : `${waits} to wait for`;
	return [
		...(writes > 0 || waits === 0 ? [counted(writes, 'change', 'changes')] : []),
		...(waits > 0 ? [later] : []),
	].join(', ');
};
