import * as z from 'zod';
import {readRegular} from '../../archive/regular-file.ts';
import {digestPattern} from '../../oci/digest.ts';
import {layoutProblems} from './problems.ts';
import {faultIn, newerVersion} from './text.ts';

/** Longer files are no inventory: half a million blobs fit into this. */
const maximumBytes = 64 * 1024 * 1024;

const digest = z.string().regex(digestPattern, 'is not sha256: and 64 hex digits');

const repository = z.strictObject({
	/** Path on the registry, its prefix included: `zenml/zenml-pro-api`. */
	name: z.string().min(1).max(255),
	/** What lies under each tag: the digest of the manifest or index. */
	tags: z.array(z.strictObject({tag: z.string().min(1).max(128), digest})),
	/** Blobs of all manifests under these tags that the registry answered for, with their size in bytes. */
	blobs: z.array(z.strictObject({digest, size: z.int().nonnegative()})),
});

const schema = z.strictObject({
	formatVersion: z.literal(1),
	/** Host and port, as in image references. */
	registry: z.string().min(1),
	/** Path before the product's repositories, without slashes at its ends; empty where there is none. */
	prefix: z.string(),
	/** When it was taken (ISO 8601, UTC). */
	taken: z.iso.datetime(),
	repositories: z.array(repository),
});

/** What a registry has, by its own word: `zenml-airgap registry inventory` writes it, a differential bundle is made against it. */
export type Inventory = z.infer<typeof schema>;

const by =
	<T>(key: (one: T) => string) =>
	(a: T, b: T): number => {
		if (key(a) === key(b)) return 0;
		return key(a) < key(b) ? -1 : 1;
	};

/** The text of an inventory file: JSON in a fixed order, so that equal registries give equal repositories. */
export const formatInventory = (inventory: Inventory): string => {
	const {formatVersion, registry, prefix, taken, repositories} = inventory;
	const ordered = repositories
		.map(({name, tags, blobs}) => ({
			name,
			tags: tags.map((one) => ({tag: one.tag, digest: one.digest})).sort(by(({tag}) => tag)),
			blobs: blobs.map((one) => ({digest: one.digest, size: one.size})).sort(by((one) => one.digest)),
		}))
		.sort(by(({name}) => name));
	return `${JSON.stringify({formatVersion, registry, prefix, taken, repositories: ordered}, undefined, '\t')}\n`;
};

/** Takes the text of an inventory file. @param file its name in messages @throws ProblemError `bundle-inventory-invalid` */
export const parseInventory = (text: string, file: string): Inventory => {
	const more = {location: {file}};
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (error) {
		throw layoutProblems.error('bundle-inventory-invalid', {case: 'no json', file}, {...more, error});
	}
	const version = newerVersion(value, 1);
	if (version !== undefined) {
		throw layoutProblems.error('bundle-inventory-invalid', {case: 'newer', file, version}, more);
	}
	const result = schema.safeParse(value);
	if (result.success) return result.data;
	throw layoutProblems.error('bundle-inventory-invalid', {case: 'value', file, ...faultIn(result.error)}, more);
};

/** Reads an inventory file. @throws ProblemError `bundle-inventory-invalid`, `bundle-not-found`, `bundle-unreadable` */
export const readInventory = async (file: string): Promise<Inventory> => {
	const bytes = await readRegular(file, maximumBytes, {
		tooLarge: (size) => {
			const given = {case: 'large', file, size, most: maximumBytes} as const;
			return layoutProblems.error('bundle-inventory-invalid', given, {location: {file}});
		},
	});
	return parseInventory(bytes.toString('utf8'), file);
};
