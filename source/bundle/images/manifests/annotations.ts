import {printable} from '../../../base/printable.ts';
import {imageNameOf} from '../../../oci/reference.ts';
import type {Entry} from './manifests.ts';

/** A tag, or a whole reference (OCI annotations.md; skopeo, crane and oras write the one or the other). */
const tagKey = 'org.opencontainers.image.ref.name';
/** A whole reference; containerd, Docker and nerdctl write it. */
const nameKey = 'io.containerd.image.name';

type Annotations = Entry['annotations'];

/** What an image was called when it was saved: a reference, a tag, or nothing. */
export const savedAs = (annotations: Annotations): string => annotations[nameKey] ?? annotations[tagKey] ?? '';

/** The tag alone, without a digest behind it, where nothing more was written. */
export const tagIn = (annotations: Annotations): string => (annotations[tagKey] ?? '').replace(/@.*$/u, '');

/** True where an entry carries a name of its own. */
const isNamed = (annotations: Annotations): boolean => imageNameOf(savedAs(annotations)) !== undefined;

/** What people know an entry by: its name, else its digest, with its tag where it has one. */
export const knownAs = ({descriptor: {digest}}: Pick<Entry, 'descriptor'>, annotations: Annotations): string => {
	const saved = printable(savedAs(annotations).slice(0, 300));
	if (saved === '' || isNamed(annotations)) return saved || digest;
	return `${saved} (${digest})`;
};
