import {formatBytes} from '../base/units.ts';
import {archiveProblems} from './problems.ts';
import {parsePax, type TarHeader} from './tar-header.ts';

const mostBytes = 1024 * 1024;

/** What is known of the next member before its own header comes. */
export type Pending = {
	readonly name?: string;
	readonly target?: string;
	readonly size?: number;
	readonly sparse?: true;
};

/** True for a header that is none of a member: it only describes the next one. */
export const isExtension = ({type}: TarHeader): boolean => 'xgLK'.includes(type);

/** Where such a header's content lies, and how to read it. */
type Content = {
	/** The archive, for messages. */
	readonly label: string;
	/** Its first byte, counted from the start of the archive. */
	readonly from: number;
	readonly read: () => Promise<Buffer>;
};

const damage = ({label: file, from: at}: Content, fault: 'pax header' | 'pax size'): Error =>
	archiveProblems.error('bundle-archive-damaged', {case: fault, file, at}, {location: {file}});

const textOf = (bytes: Buffer): string => bytes.toString('utf8').replace(/\0.*$/su, '');

const paxOf = (bytes: Buffer, content: Content): Pending => {
	const records = parsePax(bytes);
	if (!records) throw damage(content, 'pax header');
	const name = records.get('GNU.sparse.name') ?? records.get('path');
	const [target, size] = [records.get('linkpath'), records.get('size')];
	// GNU tar manual, "Storing Sparse Files".
	const isSparse = [...records.keys()].some((key) => key.startsWith('GNU.sparse.'));
	if (size !== undefined && !/^\d{1,15}$/u.test(size)) throw damage(content, 'pax size');
	return {
		...(name !== undefined && {name}),
		...(target !== undefined && {target}),
		...(size !== undefined && {size: Number(size)}),
		...(isSparse && {sparse: true as const}),
	};
};

/**
 * What a header that only describes the next member says about it.
 * @throws ProblemError `bundle-archive-damaged`
 */
export const readExtension = async ({type, size}: TarHeader, content: Content): Promise<Pending> => {
	const {label: file, from: at} = content;
	if (size > mostBytes) {
		const sizes = {size, most: formatBytes(mostBytes)};
		throw archiveProblems.error(
			'bundle-archive-damaged',
			{case: 'large extension', file, at, ...sizes},
			{location: {file}},
		);
	}
	const bytes = await content.read();
	if (type === 'L') return {name: textOf(bytes)};
	if (type === 'K') return {target: textOf(bytes)};
	const said = paxOf(bytes, content);
	// A global pax header speaks of the whole archive (a comment, a time), never of a name.
	return type === 'g' ? {} : said;
};
