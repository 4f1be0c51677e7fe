import * as z from 'zod';
import {bundleProblem} from '../../archive/problems.ts';
import {readRegular} from '../../archive/regular-file.ts';
import type {ProblemError} from '../../base/problem.ts';

/** Longer files are no inventory: half a million blobs fit into this. */
const maximumBytes = 64 * 1024 * 1024;

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/u, 'is not sha256: and 64 hex digits');

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

/** The text of an inventory file: JSON in a fixed order, so that equal registries give equal repositories. */
export const formatInventory = (inventory: Inventory): string => {
	const by = <T>(key: (one: T) => string) => {
		return (a: T, b: T): number => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0);
	};
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

const unreadable = (file: string, cause: string, options?: ErrorOptions): ProblemError =>
	bundleProblem(
		{
			code: 'bundle-inventory-invalid',
			message: `${file} is no inventory of a registry.`,
			cause,
			fix: 'Take the inventory anew where the registry can be reached, and carry that file over.',
			nextSteps: ['zenml-airgap registry inventory --registry HOST/PREFIX --out FILE'],
			location: {file},
		},
		options,
	);

/** Takes the text of an inventory file. @param file its name in messages @throws ProblemError `bundle-inventory-invalid` */
export const parseInventory = (text: string, file: string): Inventory => {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (error) {
		throw unreadable(file, 'It is not JSON, or it was cut short.', {cause: error});
	}
	const version = value instanceof Object && 'formatVersion' in value ? value.formatVersion : undefined;
	if (typeof version === 'number' && version > 1) {
		throw unreadable(file, `It has format version ${version}; this tool reads version 1. A newer tool wrote it.`);
	}
	const result = schema.safeParse(value);
	if (result.success) return result.data;
	const [issue] = result.error.issues;
	throw unreadable(file, `${issue?.path.join('.') || 'The whole'}: ${issue?.message ?? 'is not as it should be'}.`);
};

/** Reads an inventory file. @throws ProblemError `bundle-inventory-invalid`, `bundle-not-found`, `bundle-unreadable` */
export const readInventory = async (file: string): Promise<Inventory> => {
	const bytes = await readRegular(file, maximumBytes, {
		tooLarge: (size) => unreadable(file, `It has ${size} bytes; an inventory has at most ${maximumBytes}.`),
	});
	return parseInventory(bytes.toString('utf8'), file);
};
