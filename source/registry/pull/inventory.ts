import {inPool} from '../../base/pool.ts';
import {ProblemError} from '../../base/problem.ts';
import type {Descriptor, ManifestBytes} from '../../oci/descriptor.ts';
import {answers} from '../quirks.ts';
import {readCatalog, readTags} from './catalog.ts';
import type {Host} from './hosts.ts';
import {contentsOf} from './manifest-form.ts';
import {findManifest} from './manifests.ts';
import type {pullProblems} from './problems.ts';

/** What a repository has, by the registry's own word. */
export type FoundRepository = {
	/** Its path on the registry, the prefix included. */
	readonly name: string;
	/** What lies under each tag: the digest of the manifest or index. */
	readonly tags: readonly {readonly tag: string; readonly digest: string}[];
	/** Blobs of all manifests under these tags that the registry answered for. */
	readonly blobs: readonly Pick<Descriptor, 'digest' | 'size'>[];
};

/** An index may name indexes; nothing real goes deeper. */
const deepest = 3;
const concurrency = 6;

export type InventoryTask = {
	readonly host: Host;
	/** Path before the names, without slashes at its ends; may be empty. */
	readonly prefix: string;
	/** Names below the prefix that were asked for; else the catalogue is asked, and `usual` ones are looked for. */
	readonly repositories?: readonly string[];
	readonly usual: readonly string[];
	readonly signal: AbortSignal;
	/** What the operator should know: what was left out, and why. */
	readonly onNote: (text: string) => void;
	/** Repositories that were read, of how many. */
	readonly onProgress: (name: string, done: number, total: number) => void;
};

const namesOf = async (task: InventoryTask): Promise<readonly string[]> => {
	const {host, prefix, repositories, usual, signal, onNote} = task;
	const below = (name: string): string => (prefix === '' ? name : `${prefix}/${name}`);
	if (repositories && repositories.length > 0) return [...new Set(repositories.map(below))];
	const catalog = await readCatalog(host, prefix, signal);
	const expected = usual.map(below);
	if ('refused' in catalog) {
		onNote(
			`The registry does not list its repositories (${catalog.refused}), so these were looked for: ${expected.join(', ')}.`,
		);
		return expected;
	}
	for (const note of catalog.notes) onNote(`The registry's list of repositories: ${note}`);
	// Some registries list only what a user has starred, or what they have indexed already.
	return [...new Set([...catalog.names, ...expected])];
};

/** Sizes of blobs, by digest. */
type Blobs = Map<string, number>;

/** A repository that is looked into. `stop` ends what else is under way for it: nothing may outlive a refusal. */
type RepositoryTask = InventoryTask & {readonly name: string; readonly stop: (error: unknown) => void};

/** Some at once; the first failure stops the others. */
const forEach = <T, R>(
	{stop}: RepositoryTask,
	items: readonly T[],
	work: (item: T) => Promise<R>,
): Promise<readonly R[]> =>
	inPool(items, concurrency, async (item) => {
		try {
			return await work(item);
		} catch (error) {
			stop(error);
			throw error;
		}
	});

const atOf = ({host, name}: RepositoryTask) => ({host: host.origin.host, repository: name});

/** Adds the blobs of a manifest, and of those it names. */
const addBlobs = async (task: RepositoryTask, manifest: ManifestBytes, blobs: Blobs, depth = 0): Promise<void> => {
	const {host, signal} = task;
	const at = atOf(task);
	const contents = contentsOf(host, at, manifest);
	if (!('manifests' in contents)) {
		for (const {digest, size} of [contents.config, ...contents.layers]) blobs.set(digest, size);
		return;
	}
	if (depth >= deepest) return;
	for (const {digest} of contents.manifests) {
		const child = await findManifest(host, {...at, reference: digest}, signal);
		// A copy of some platforms only: the registry has the others' names alone.
		if (child) await addBlobs(task, child, blobs, depth + 1);
	}
};

/** Does the registry answer for a blob, with the size that the manifest says? */
const hasBlob = async ({host, signal, name}: RepositoryTask, digest: string, size: number): Promise<boolean> => {
	const {status, headers} = await host.ask({
		method: 'HEAD',
		url: `/v2/${name}/blobs/${digest}`,
		repository: name,
		what: `look for a layer of ${name}`,
		signal,
		accept: answers.blob.statuses,
	});
	if (answers.blob.of(status) === 'absent') return false;
	const length = headers['content-length'];
	return status !== 200 || length === undefined || Number(length) === size;
};

/** One odd image must not hide all others; what is no image cannot be in a bundle. */
const noImages: ReadonlySet<string> = new Set<keyof typeof pullProblems.table>([
	'image-schema-1',
	'image-manifest-ambiguous',
	'image-manifest-unknown',
	'image-manifest-parts',
]);

/** Tags of a repository that are images, and the blobs they lead to. */
const readTagged = async (task: RepositoryTask, tags: readonly string[]) => {
	const {host, signal, name, onNote} = task;
	const blobs: Blobs = new Map();
	const seen = new Map<string, Promise<void>>();
	const read = async (tag: string): Promise<FoundRepository['tags'][number] | undefined> => {
		try {
			const manifest = await findManifest(host, {...atOf(task), reference: tag}, signal);
			if (!manifest) return undefined;
			const reading = seen.get(manifest.digest) ?? addBlobs(task, manifest, blobs);
			seen.set(manifest.digest, reading);
			await reading;
			return {tag, digest: manifest.digest};
		} catch (error) {
			if (!(error instanceof ProblemError) || !noImages.has(error.problem.code)) throw error;
			onNote(`${name}:${tag} was left out: ${error.problem.cause}`);
			return undefined;
		}
	};
	const found = await forEach(task, tags, read);
	return {tags: found.filter((one) => one !== undefined), blobs};
};

const readRepository = async (task: InventoryTask, name: string): Promise<FoundRepository | undefined> => {
	const stop = new AbortController();
	const signal = AbortSignal.any([task.signal, stop.signal]);
	const own: RepositoryTask = {...task, name, signal, stop: (error) => stop.abort(error)};
	const {host, onNote} = task;
	const listed = await readTags(host, name, signal);
	if (listed === undefined) return undefined;
	for (const note of listed.notes) onNote(`The list of tags of ${name}: ${note}`);
	const {tags, blobs} = await readTagged(own, listed.tags);
	const sized = [...blobs].map(([digest, size]) => ({digest, size}));
	const answered = await forEach(own, sized, ({digest, size}) => hasBlob(own, digest, size));
	const there = sized.filter((_blob, index) => answered[index]);
	if (there.length < sized.length) {
		onNote(
			`${name}: manifests name ${sized.length - there.length} layers that the registry does not have; they were left out.`,
		);
	}
	return {name, tags, blobs: there};
};

/**
 * What a registry has, asked of it name by name: nothing is listed that it did not answer for.
 * @returns repositories that are there
 * @throws ProblemError area `registry`
 */
export const takeInventory = async (task: InventoryTask): Promise<readonly FoundRepository[]> => {
	const names = await namesOf(task);
	const read: FoundRepository[] = [];
	for (const [index, name] of names.entries()) {
		task.onProgress(name, index, names.length);
		const repository = await readRepository(task, name);
		if (repository) read.push(repository);
		else if (task.repositories?.length) task.onNote(`${name} is not on the registry.`);
	}
	return read;
};
