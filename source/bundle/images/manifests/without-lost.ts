import type {ManifestBytes} from '../../../oci/descriptor.ts';
import {sha256Of} from '../../../oci/digest.ts';
import type {Entry, IndexNode} from './manifests.ts';

/** As much of an index as changes; all else in it stays, in its order. */
type Content = {readonly manifests: readonly {readonly digest: string; readonly size: number}[]};

/** An index, and all manifests that it names, innermost first. */
type Rebuilt = {readonly manifest: ManifestBytes; readonly children: readonly ManifestBytes[]};

/** @param lost entries that are not in the archive: the index that comes out does not name them */
export const withoutLost = ({manifest, children}: IndexNode, lost: ReadonlySet<Entry>): Rebuilt => {
	const content = JSON.parse(manifest.bytes.toString('utf8')) as Content;
	const manifests: Content['manifests'][number][] = [];
	const below = new Map<string, ManifestBytes>();
	for (const [at, entry] of children.entries()) {
		const said = content.manifests[at];
		const {node} = entry;
		if (!said || lost.has(entry) || node.kind === 'broken') continue;
		const inner: Rebuilt = node.kind === 'index' ? withoutLost(node, lost) : {manifest: node.manifest, children: []};
		for (const one of [...inner.children, inner.manifest]) below.set(one.digest, one);
		manifests.push({...said, digest: inner.manifest.digest, size: inner.manifest.bytes.length});
	}
	const isSame =
		manifests.length === children.length && manifests.every(({digest}, at) => digest === content.manifests[at]?.digest);
	if (isSame) return {manifest, children: [...below.values()]};
	const bytes = Buffer.from(JSON.stringify({...content, manifests}));
	return {manifest: {...manifest, digest: sha256Of(bytes), bytes}, children: [...below.values()]};
};
