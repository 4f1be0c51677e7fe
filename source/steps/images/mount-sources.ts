import type {PushTarget} from './types.ts';

/** Repositories asked for one blob before it is sent: each costs a request. */
const mostAsked = 3;

/** The repository of an image below the prefix of the inventory that a differential bundle counts on, where that is of this registry. */
const baseRepository = ({image, repository, reference}: PushTarget, base: string): string | undefined => {
	const host = reference.slice(0, -`/${repository}:${image.tag}`.length);
	if (base === host) return image.name;
	return base.startsWith(`${host}/`) ? `${base.slice(host.length + 1)}/${image.name}` : undefined;
};

/** Repositories by the blobs that they may have. */
const createShelves = () => {
	const shelves = new Map<string, string[]>();
	return {
		add: (digest: string, repository: string): void => {
			shelves.set(digest, [...(shelves.get(digest) ?? []), repository]);
		},
		of: (digest: string): readonly string[] => [...new Set(shelves.get(digest))].slice(0, mostAsked),
	};
};

/**
 * Where a blob may be already: repositories of images that have it too, and what was left out also below the prefix of the
 * inventory for which it was.
 * @param base what a differential bundle builds on: the digest of a bundle, or host and prefix of an inventory
 */
export const mountSources = (
	targets: readonly PushTarget[],
	base: string | undefined,
): ((digest: string) => readonly string[]) => {
	const [own, left] = [createShelves(), createShelves()];
	for (const target of targets) {
		const before = base === undefined ? undefined : baseRepository(target, base);
		for (const {digest, omitted} of target.image.blobs) {
			own.add(digest, target.repository);
			if (omitted && before !== undefined) left.add(digest, before);
		}
	}
	return (digest) => [...own.of(digest), ...left.of(digest)];
};
