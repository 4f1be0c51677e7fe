import {counted} from '../base/text.ts';
import type {Change} from './plan.ts';

const isWait = ({action}: Change): boolean => action === 'wait';
const isCheck = ({action}: Change): boolean => action === 'check';

/** Changes that write something; what is only waited for or looked at changes nothing. */
export const writesIn = (changes: readonly Change[]): readonly Change[] =>
	changes.filter((change) => !isWait(change) && !isCheck(change));

/** `create secret some-namespace/some-name (tls.crt)`. */
export const formatChange = ({action, target, detail}: Change): string =>
	`${action} ${target}${detail === undefined ? '' : ` (${detail})`}`;

/** Changes on one line. */
export const formatChanges = (changes: readonly Change[]): string => changes.map(formatChange).join(', ');

/** What a step would do, counted: `2 changes`, `1 change, 3 to wait for`, `7 checks later`. */
export const changesInWords = (changes: readonly Change[]): string => {
	const writes = writesIn(changes).length;
	const waits = changes.filter(isWait).length;
	const checks = changes.filter(isCheck).length;
	return [
		...(writes > 0 || waits + checks === 0 ? [counted(writes, 'change')] : []),
		...(waits > 0 ? [`${waits} to wait for`] : []),
		...(checks > 0 ? [`${counted(checks, 'check')} later`] : []),
	].join(', ');
};
