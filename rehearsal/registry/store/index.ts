import {makeFolders} from '../../../source/base/folders.ts';
import {type Blobs, createBlobs} from './blobs.ts';
import {createManifests, type Manifests} from './manifests.ts';
import {places} from './places.ts';
import {createUploads, type Uploads} from './uploads.ts';

export {digestOf, isDigest} from './places.ts';

/**
 * The registry's memory on disk. Whatever is visible is whole: files are written under another name, flushed and
 * renamed, so a kill at any moment leaves either the old state or the new one. An unfinished upload stays and goes on.
 */
export type Store = {readonly blobs: Blobs; readonly uploads: Uploads; readonly manifests: Manifests};

/** Makes the folders below the root, and removes uploads that nobody has touched for a day. */
export const openStore = async (root: string): Promise<Store> => {
	const at = places(root);
	for (const folder of [at.blobs, at.uploads, at.repositories()]) await makeFolders(folder);
	const blobs = createBlobs(at);
	const uploads = createUploads(at, blobs);
	await uploads.forgetOld();
	return {blobs, uploads, manifests: createManifests(at)};
};
