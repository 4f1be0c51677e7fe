import * as z from 'zod';
import type {ImageSource, RemoteRepository} from '../../bundle/create/source.ts';
import {notARegistry} from '../problems.ts';
import type {Answer} from '../refusals.ts';
import type {Host} from './hosts.ts';
import {contentsOf} from './manifest-form.ts';
import {findManifest} from './manifests.ts';
import {followPages} from './pages.ts';

/** Signatures, attestations and lists of contents of one image. */
const most = 10_000;

type Referrers = Awaited<ReturnType<ImageSource['referrers']>>;

const listed = z.object({
	manifests: z.array(
		z.object({
			mediaType: z.string(),
			digest: z.string().regex(/^sha256:[0-9a-f]{64}$/u),
			size: z.int().nonnegative(),
			artifactType: z.string().optional(),
		}),
	),
});

const plain = ({
	mediaType,
	digest,
	size,
	artifactType,
}: z.infer<typeof listed>['manifests'][number]): Referrers[number] => ({
	mediaType,
	digest,
	size,
	...(artifactType === undefined ? {} : {artifactType}),
});

const parse = (answer: Answer): z.infer<typeof listed> | undefined => {
	try {
		return listed.safeParse(JSON.parse(answer.body.toString('utf8'))).data;
	} catch {
		return undefined;
	}
};

/** By the API (distribution specification 1.1, "Listing Referrers"). @returns undefined where the registry does not have it */
const byApi = async (
	host: Host,
	at: RemoteRepository,
	digest: string,
	signal: AbortSignal,
): Promise<Referrers | undefined> => {
	const what = `list what is attached to ${at.repository}@${digest}`;
	const found = new Map<string, Referrers[number]>();
	const read = async (url: URL) => {
		const answer = await host.ask({
			method: 'GET',
			url,
			repository: at.repository,
			what,
			headers: {accept: 'application/vnd.oci.image.index.v1+json'},
			signal,
			// Registries without this API answer in many ways; some refuse even who may read everything else.
			accept: [200, 400, 401, 403, 404, 405, 406, 501],
		});
		const page = answer.status === 200 ? parse(answer) : undefined;
		return page && {answer, page};
	};
	const end = await followPages(
		host,
		`/v2/${at.repository}/referrers/${digest}`,
		read,
		({manifests}) => {
			for (const manifest of manifests) found.set(manifest.digest, plain(manifest));
			return found.size;
		},
		most,
	);
	if (end === 'many') {
		throw notARegistry(host.contextOf(what, at.repository), 'It lists more than is ever attached to an image.');
	}
	return end === undefined ? undefined : [...found.values()];
};

/**
 * What is attached to a manifest: by the API, else by the tag `sha256-<hex>` (specification 1.1, "Referrers Tag Schema").
 * Empty where there is neither. @throws ProblemError area `registry`
 */
export const readReferrers = async (
	host: Host,
	at: RemoteRepository,
	digest: string,
	signal: AbortSignal,
): Promise<Referrers> => {
	const listedThere = await byApi(host, at, digest, signal);
	if (listedThere) return listedThere;
	const index = await findManifest(host, {...at, reference: digest.replace(':', '-')}, signal);
	if (!index) return [];
	const contents = contentsOf(host, at, index);
	return 'manifests' in contents ? contents.manifests.map(plain) : [];
};
