import {openSlice, type Slice} from '../../archive/slice.ts';
import {printable} from '../../base/printable.ts';
import {byText} from '../../base/text.ts';
import type {Layout} from '../layout/types.ts';
import type {Paper} from '../types.ts';

/** What is read of one text, bytes, and of how many texts. */
const [mostBytes, mostPapers] = [256 * 1024, 20];

/** Columns of a line that are shown; a text has no longer ones. */
const longest = 2000;

/** Release notes, a migration guide, or any text in `docs/` (vendor's guide, "Receiving New Versions"). */
const isPaper = (name: string): boolean =>
	/^(?:release[-_ ]?notes|migration[-_ ]?guide|upgrad(?:e|ing)[-_ ]?guide|changelog|docs\/[^/]+)\.(?:md|txt)$/iu.test(
		name,
	);

/** Migration guides first: they say what must be done. */
const rank = (name: string): number => (/migration|upgrad/iu.test(name) ? 0 : 1);

const readStart = async (slice: Slice): Promise<Buffer> => {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of openSlice(slice)) {
		chunks.push(Buffer.from(chunk as Buffer));
		bytes += (chunk as Buffer).length;
		if (bytes >= mostBytes) break;
	}
	return Buffer.concat(chunks).subarray(0, mostBytes);
};

const readPaper = async (file: string, slice: Slice): Promise<Paper> => {
	const text = (await readStart(slice)).toString('utf8').replace(/^\uFEFF/u, '');
	const lines = text
		.trimEnd()
		.split(/\r?\n/u)
		.map((line) => printable(line.slice(0, longest)));
	return {file: printable(file), lines, size: slice.size, cut: slice.size > mostBytes};
};

/**
 * The texts of a bundle that people read before an upgrade, at its root and in `docs/`; at most 20 of them, and 256 KiB of each.
 * @throws ProblemError as `openSlice`
 */
export const readPapers = async ({files}: Layout, signal: AbortSignal): Promise<readonly Paper[]> => {
	const names = [...files.keys()].filter(isPaper).sort((a, b) => rank(a) - rank(b) || byText(a, b));
	const papers: Paper[] = [];
	for (const name of names.slice(0, mostPapers)) {
		signal.throwIfAborted();
		const slice = files.get(name);
		if (slice) papers.push(await readPaper(name, slice));
	}
	return papers;
};
