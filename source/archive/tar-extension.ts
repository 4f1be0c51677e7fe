import {damaged} from './problems.ts';
import type {ReadAt} from './slice.ts';
import {parsePax} from './tar-header.ts';

const maximumExtension = 1024 * 1024;

/** What is known of the next member before its own header comes. */
export type Pending = {name?: string; target?: string; size?: number};

/**
 * What a header that only describes the next member says about it.
 * @param from where its content begins, bytes into the archive
 * @throws ProblemError `bundle-archive-damaged`
 */
export const readExtension = async (
	type: string,
	size: number,
	from: number,
	read: ReadAt,
	label: string,
): Promise<Pending> => {
	const bad = (cause: string) =>
		damaged('bundle-archive-damaged', label, `${label} is damaged at byte ${from}.`, cause);
	if (size > maximumExtension) {
		throw bad(`A header extension claims ${size} bytes; 1 MiB is the most that makes sense.`);
	}
	const bytes = await read(from, size);
	if (type === 'L') return {name: bytes.toString('utf8').replace(/\0.*$/su, '')};
	if (type === 'K') return {target: bytes.toString('utf8').replace(/\0.*$/su, '')};
	const records = parsePax(bytes);
	if (!records) throw bad('A pax header does not add up.');
	const name = records.get('path');
	const target = records.get('linkpath');
	const length = records.get('size');
	if (length !== undefined && !/^\d{1,15}$/u.test(length)) throw bad('A pax header gives a size that is no number.');
	return {
		...(name === undefined ? {} : {name}),
		...(target === undefined ? {} : {target}),
		...(length === undefined ? {} : {size: Number(length)}),
	};
};
