import {counted} from '../base/text.ts';
import {formatBytes} from '../base/units.ts';
import type {Change} from './plan.ts';

const isWait = ({action}: Change): boolean => action === 'wait';
const isCheck = ({action}: Change): boolean => action === 'check';

/** Changes that write something; what is only waited for or looked at changes nothing. */
export const writesIn = (changes: readonly Change[]): readonly Change[] =>
	changes.filter((change) => !isWait(change) && !isCheck(change));

/** `create secret some-namespace/some-name (tls.crt)`. */
export const formatChange = ({action, target, detail, bytes}: Change): string => {
	const notes = [
		...(detail === undefined ? [] : [detail]),
		...(bytes === undefined ? [] : [`${formatBytes(bytes)} to send`]),
	];
	return `${action} ${target}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`;
};

/** Changes on one line. */
export const formatChanges = (changes: readonly Change[]): string => changes.map(formatChange).join(', ');

const difference = ({action, target, detail}: Change): string => {
	if (action === 'create') return `${target} is missing`;
	if (action === 'push') return `${target} is not pushed`;
	if (action === 'delete') return `${target} is not asked for`;
	return detail === undefined ? target : `${target}, ${detail}`;
};

/** How the world differs where these changes are due, each in words: `release a/b, value replicas`. */
export const differences = (changes: readonly Change[]): readonly string[] => changes.map(difference);

/** `waits for the network team`; what nobody is named for is counted. */
const waitsInWords = (waits: readonly Change[]): readonly string[] => {
	if (waits.length === 0) return [];
	const who = [...new Set(waits.flatMap((wait) => wait.who ?? []))];
	return [who.length === 0 ? `${waits.length} to wait for` : `waits for the ${who.join(' and the ')}`];
};

/** `24.1 MiB to send`; nothing where no change says how much. */
export const bytesInWords = (changes: readonly Change[]): readonly string[] => {
	const known = changes.flatMap(({bytes}) => bytes ?? []);
	return known.length === 0 ? [] : [`${formatBytes(known.reduce((sum, one) => sum + one, 0))} to send`];
};

/** What a step would do, counted: `2 changes`, `1 change, waits for the network team`, `7 checks later`. */
export const changesInWords = (changes: readonly Change[]): string => {
	const writes = writesIn(changes).length;
	const waits = changes.filter(isWait);
	const checks = changes.filter(isCheck).length;
	return [
		...(writes > 0 || waits.length + checks === 0 ? [counted(writes, 'change')] : []),
		...bytesInWords(changes),
		...waitsInWords(waits),
		...(checks > 0 ? [`${counted(checks, 'check')} later`] : []),
	].join(', ');
};
