import {ProblemError} from '../../base/problem.ts';
import type {Inventory} from '../../bundle/layout/inventory-file.ts';
import type {ManifestBytes} from '../../oci/descriptor.ts';
import {readCatalog, readTags} from './catalog.ts';
import type {Host} from './hosts.ts';
import {contentsOf} from './manifest-form.ts';
import {findManifest} from './manifests.ts';

type Repository = Inventory['repositories'][number];

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

const namesOf = async ({
	host,
	prefix,
	repositories,
	usual,
	signal,
	onNote,
}: InventoryTask): Promise<readonly string[]> => {
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

type Blobs = Map<string, number>;

/** Adds the blobs of a manifest, and of those it names. */
const addBlobs = async (
	task: InventoryTask,
	name: string,
	manifest: ManifestBytes,
	blobs: Blobs,
	depth: number,
): Promise<void> => {
	const {host, signal} = task;
	const at = {host: host.origin.host, repository: name};
	const contents = contentsOf(host, at, manifest);
	if (!('manifests' in contents)) {
		for (const {digest, size} of [contents.config, ...contents.layers]) blobs.set(digest, size);
		return;
	}
	if (depth >= deepest) return;
	for (const {digest} of contents.manifests) {
		const child = await findManifest(host, {...at, reference: digest}, signal);
		// A copy of some platforms only: the registry has the others' names alone.
		if (child) await addBlobs(task, name, child, blobs, depth + 1);
	}
};

/** Does the registry answer for a blob, with the size that the manifest says? */
const hasBlob = async ({host, signal}: InventoryTask, name: string, digest: string, size: number): Promise<boolean> => {
	const answer = await host.ask({
		method: 'HEAD',
		url: `/v2/${name}/blobs/${digest}`,
		repository: name,
		what: `look for a layer of ${name}`,
		signal,
		// Sent elsewhere for the download: it has the blob.
		accept: [200, 301, 302, 303, 307, 308, 404],
	});
	const length = answer.headers['content-length'];
	return answer.status !== 404 && (answer.status !== 200 || length === undefined || Number(length) === size);
};

/** Some at once; the next is begun when one is done, so that a list of any length costs nothing before its turn. */
const forEach = async <T>(items: Iterable<T>, task: (item: T) => Promise<void>): Promise<void> => {
	const queue = items[Symbol.iterator]();
	const work = async (): Promise<void> => {
		for (const item of {[Symbol.iterator]: () => queue}) await task(item);
	};
	await Promise.all(Array.from({length: concurrency}, work));
};

const readRepository = async (task: InventoryTask, name: string): Promise<Repository | undefined> => {
	const {host, signal, onNote} = task;
	const listed = await readTags(host, name, signal);
	if (listed === undefined) return undefined;
	for (const note of listed.notes) onNote(`The list of tags of ${name}: ${note}`);
	const blobs: Blobs = new Map();
	const seen = new Map<string, Promise<void>>();
	const tags: Repository['tags'][number][] = [];
	await forEach(listed.tags, async (tag) => {
		try {
			const manifest = await findManifest(host, {host: host.origin.host, repository: name, reference: tag}, signal);
			if (!manifest) return;
			const reading = seen.get(manifest.digest) ?? addBlobs(task, name, manifest, blobs, 0);
			seen.set(manifest.digest, reading);
			await reading;
			tags.push({tag, digest: manifest.digest});
		} catch (error) {
			// One odd image must not hide all others; what is no image cannot be in a bundle.
			if (!(error instanceof ProblemError) || !error.problem.code.startsWith('image-')) throw error;
			onNote(`${name}:${tag} was left out: ${error.problem.cause}`);
		}
	});
	const there: Repository['blobs'][number][] = [];
	await forEach(blobs, async ([digest, size]) => {
		if (await hasBlob(task, name, digest, size)) there.push({digest, size});
	});
	if (there.length < blobs.size) {
		onNote(
			`${name}: manifests name ${blobs.size - there.length} layers that the registry does not have; they were left out.`,
		);
	}
	return {name, tags, blobs: there};
};

/**
 * What a registry has, asked of it name by name: nothing is listed that it did not answer for.
 * @returns repositories that are there
 * @throws ProblemError area `registry`
 */
export const takeInventory = async (task: InventoryTask): Promise<readonly Repository[]> => {
	const names = await namesOf(task);
	const stop = new AbortController();
	const own = {...task, signal: AbortSignal.any([task.signal, stop.signal])};
	const read: Repository[] = [];
	for (const [index, name] of names.entries()) {
		task.onProgress(name, index, names.length);
		try {
			const repository = await readRepository(own, name);
			if (repository) read.push(repository);
			else if (task.repositories?.length) task.onNote(`${name} is not on the registry.`);
		} catch (error) {
			// What else is under way for this repository must not outlive the refusal.
			stop.abort(error);
			throw error;
		}
	}
	return read;
};
