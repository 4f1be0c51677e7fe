import type {UnpacksTo} from '../../archive/blob.ts';
import {missing, type Tree} from '../../archive/tree.ts';
import {blobPath} from '../../oci/image-layout.ts';
import type {LeftOut} from '../../oci/left-out.ts';
import {platformOf} from '../../oci/platform.ts';
import type {Leaf, Lost} from './choose-platform.ts';
import {readConfig} from './config.ts';
import {knownAs, savedAs} from './manifests/annotations.ts';
import {artifactType, isArtifact, isAttestation} from './manifests/attestation.ts';
import type {BrokenNode, Entry, ManifestNode} from './manifests/manifests.ts';
import {type Mention, mentionsIn} from './manifests/mentions.ts';
import {requireSameLayers} from './manifests/same-layers.ts';
import {imageProblems, unsupported} from './problems.ts';

/** A whole image manifest of an OCI layout, with the names that it or the indexes around it were given. */
export type NamedLeaf = Leaf & {readonly annotations: Entry['annotations']};

/** `root` is the entry of `index.json` that it was found under; `held` where its manifest is there. */
export type PartialLeaf = Lost & {readonly root: Entry; readonly held: boolean};

/** All that an OCI layout names: images that are whole, platforms that are not, and what is no image. */
export type Survey = {
	readonly leaves: readonly NamedLeaf[];
	readonly partial: readonly PartialLeaf[];
	readonly leftOut: readonly LeftOut[];
	/** What compressed layers have to unpack to, by their digest. */
	readonly packed: ReadonlyMap<string, UnpacksTo>;
};

/** Whether a list beside the indexes speaks for an entry of `index.json`: then that list says what is missing. */
type IsListed = (root: Entry) => boolean;

/** An archive that is being surveyed. */
type Surveying = {
	readonly tree: Tree;
	readonly isListed: IsListed;
	readonly leaves: NamedLeaf[];
	readonly partial: PartialLeaf[];
	readonly leftOut: LeftOut[];
	readonly packed: Map<string, UnpacksTo>;
};

const foreign = /\b(?:foreign|nondistributable)\b/u;

/** What an image lacks, told by name. Layers that tools leave out on purpose come in no other way either. */
const lacking = (tree: Tree, image: string, {lost, layers}: ManifestNode): Error => {
	const [first] = lost;
	const digest = first?.digest ?? '';
	const strange = lost.every(({mediaType}) => foreign.test(mediaType));
	if (first && strange) return unsupported(tree, image, {case: 'foreign layers', digest});
	const what = layers.some((layer) => layer.digest === digest) ? 'the layer' : 'the configuration';
	return missing(tree, {case: 'no part', part: `${what} ${digest}`, image});
};

const absent = (tree: Tree, image: string, {descriptor: {digest}}: Entry): Error =>
	missing(tree, {case: 'no part', part: `the manifest ${digest}`, image});

/** A manifest that cannot be read refuses the archive; one that was not saved does so only where `index.json` itself names it. */
const meetBroken = (at: Surveying, {fault}: BrokenNode, {entry, root, annotations}: Mention): void => {
	const {tree, isListed, partial} = at;
	const image = knownAs(root, annotations);
	if (fault.case === 'changed') {
		const {label: file} = tree;
		const given = {...fault, case: 'manifest', file, image} as const;
		throw imageProblems.error('bundle-digest-mismatch', given, {location: {file}});
	}
	if (fault.case !== 'absent') throw unsupported(tree, image, fault);
	if (entry !== root) {
		if (!isAttestation(entry)) partial.push({entry, root, blob: entry.descriptor.digest, held: false});
	} else if (!isListed(root)) throw absent(tree, image, entry);
};

const meetLacking = (at: Surveying, node: ManifestNode, {entry, root, annotations}: Mention): void => {
	const {tree, isListed, partial} = at;
	if (entry === root && !isListed(root)) throw lacking(tree, knownAs(root, annotations), node);
	if (entry === root || isAttestation(entry)) return;
	partial.push({entry, root, blob: node.lost[0]?.digest ?? '', held: true});
};

const leaveOut = ({tree, leftOut}: Surveying, {entry, root, annotations}: Mention, why: string): void => {
	// What lies in the index of an image goes with it.
	if (entry === root) leftOut.push({archive: tree.label, name: knownAs(root, annotations), why});
};

const meetImage = async (at: Surveying, node: ManifestNode, mention: Mention): Promise<void> => {
	const {tree, leaves, packed} = at;
	const {root, annotations} = mention;
	if (isArtifact(node)) {
		leaveOut(at, mention, `it is an artifact (${artifactType(node)}), no image`);
		return;
	}
	if (node.lost.length > 0) {
		meetLacking(at, node, mention);
		return;
	}
	const {config} = await readConfig(tree, blobPath(node.config.digest));
	if (config.os === 'unknown' || config.os === '') leaveOut(at, mention, 'it is an attestation, no image');
	else {
		for (const one of await requireSameLayers(tree, knownAs(root, annotations), node, config)) packed.set(...one);
		leaves.push({node, platform: platformOf(config), root, annotations});
	}
};

/** An index of which nothing is whole: what it lacks, or that there is no image in it. */
const meetEmpty = (at: Surveying, root: Entry): void => {
	const {tree, leaves, partial, isListed} = at;
	if (root.node.kind !== 'index' || isListed(root) || leaves.some((leaf) => leaf.root === root)) return;
	const image = knownAs(root, root.annotations);
	const [first] = partial.filter((one) => one.root === root).sort((a, b) => Number(b.held) - Number(a.held));
	if (!first) {
		leaveOut(at, {entry: root, root, annotations: root.annotations}, 'no image lies in its index');
		return;
	}
	const {entry} = first;
	throw entry.node.kind === 'image' ? lacking(tree, image, entry.node) : absent(tree, image, entry);
};

/** Entries without a name that are named elsewhere: oras lists what an index names once more beside it. */
const repeated = (mentions: readonly Mention[]): ReadonlySet<Entry> => {
	const elsewhere = new Set(
		mentions
			.filter(({entry, root}) => entry !== root || savedAs(entry.annotations) !== '')
			.map(({entry}) => entry.descriptor.digest),
	);
	const isRepeated = ({annotations, descriptor}: Entry): boolean =>
		savedAs(annotations) === '' && elsewhere.has(descriptor.digest);
	return new Set(mentions.map(({root}) => root).filter(isRepeated));
};

/**
 * Looks at all that an OCI layout names.
 * @param isListed entries of `index.json` that another list speaks for
 * @throws ProblemError `bundle-archive-incomplete`, `bundle-digest-mismatch`, `bundle-image-unsupported`, `bundle-layers-differ` for
 *   what is named and cannot be read or is not whole; as `readConfig`
 */
export const surveyOf = async (
	tree: Tree,
	entries: readonly Entry[],
	isListed: IsListed = () => false,
): Promise<Survey> => {
	const at: Surveying = {tree, isListed, leaves: [], partial: [], leftOut: [], packed: new Map()};
	const mentions = [...mentionsIn(tree, entries)];
	const known = repeated(mentions);
	for (const mention of mentions) {
		const {node} = mention.entry;
		if (known.has(mention.root)) continue;
		if (node.kind === 'broken') meetBroken(at, node, mention);
		else if (node.kind === 'image') await meetImage(at, node, mention);
	}
	for (const entry of entries) if (!known.has(entry)) meetEmpty(at, entry);
	return at;
};
