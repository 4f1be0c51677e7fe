import {archiveProblems} from '../../../archive/problems.ts';
import type {Tree} from '../../../archive/tree.ts';
import type {Entry} from './manifests.ts';

/** An archive names some dozen manifests; indexes that name each other over and over multiply. */
const maximumMentions = 5000;

/** An entry of an index, what it and the entries above it say, and the entry of `index.json` that it was found under. */
export type Mention = {readonly entry: Entry; readonly annotations: Entry['annotations']; readonly root: Entry};

/** Every entry of the indexes, outermost first. @throws ProblemError `bundle-archive-damaged` where they are too many */
export function* mentionsIn({label: file}: Tree, entries: readonly Entry[]): Generator<Mention> {
	let count = 0;
	function* visit(entry: Entry, inherited: Entry['annotations'], root: Entry): Generator<Mention> {
		if (++count > maximumMentions) {
			throw archiveProblems.error(
				'bundle-archive-damaged',
				{case: 'too many mentions', file, most: maximumMentions},
				{location: {file}},
			);
		}
		const annotations = {...inherited, ...entry.annotations};
		yield {entry, annotations, root};
		if (entry.node.kind !== 'index') return;
		for (const child of entry.node.children) yield* visit(child, annotations, root);
	}
	for (const entry of entries) yield* visit(entry, {}, entry);
}
