import {rm} from 'node:fs/promises';
import {digestOf, isDigest, namesIn, type Places, readIn, writeIn} from './places.ts';

export type StoredManifest = {readonly mediaType: string; readonly digest: string; readonly bytes: Buffer};

/** Every repository below a folder that has tags, by name. */
const repositoriesBelow = async (at: Places, relative: string): Promise<readonly string[]> => {
	const found: string[] = [];
	for (const name of await namesIn(at.repositories(relative))) {
		if (name === '_tags') found.push(relative);
		else if (!name.startsWith('_'))
			found.push(...(await repositoriesBelow(at, relative === '' ? name : `${relative}/${name}`)));
	}
	return found;
};

/** Manifests by digest, and the tags that lead to them. */
export const createManifests = (at: Places) => {
	const resolve = async (repository: string, reference: string): Promise<string | undefined> =>
		isDigest(reference) ? reference : (await readIn(at.tag(repository, reference)))?.toString('utf8');
	const tags = (repository: string): Promise<readonly string[]> => namesIn(at.tags(repository));
	return {
		tags,
		repositories: (): Promise<readonly string[]> => repositoriesBelow(at, ''),
		/** @returns its digest */
		put: async (repository: string, reference: string, mediaType: string, bytes: Buffer): Promise<string> => {
			const digest = digestOf(bytes);
			const content = JSON.stringify({mediaType, body: bytes.toString('base64')});
			await writeIn(at.manifest(repository, digest), content);
			if (!isDigest(reference)) await writeIn(at.tag(repository, reference), digest);
			return digest;
		},
		find: async (repository: string, reference: string): Promise<StoredManifest | undefined> => {
			const digest = await resolve(repository, reference);
			const content = digest && (await readIn(at.manifest(repository, digest)));
			if (!digest || !content) return undefined;
			const {mediaType, body} = JSON.parse(content.toString('utf8')) as {mediaType: string; body: string};
			return {mediaType, digest, bytes: Buffer.from(body, 'base64')};
		},
		/** Removes a manifest and every tag that leads to it. */
		remove: async (repository: string, digest: string): Promise<void> => {
			await rm(at.manifest(repository, digest), {force: true});
			for (const tag of await tags(repository))
				if ((await resolve(repository, tag)) === digest) await rm(at.tag(repository, tag), {force: true});
		},
	};
};

export type Manifests = ReturnType<typeof createManifests>;
