import {z} from 'zod';
import type {ImageSource, RemoteRepository} from '../../bundle/create/source.ts';
import type {Answer} from '../refusals.ts';
import {nextPage} from './catalog.ts';
import type {Host} from './hosts.ts';
import {contentsOf} from './manifest-form.ts';
import {findManifest} from './manifests.ts';

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

/** More pages than any image has attachments. */
const mostPages = 50;

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
	const found: Referrers[number][] = [];
	let url: URL | undefined = new URL(`/v2/${at.repository}/referrers/${digest}`, host.origin);
	for (let page = 0; url !== undefined && page < mostPages; page++) {
		const answer: Answer = await host.ask({
			method: 'GET',
			url,
			repository: at.repository,
			what: `list what is attached to ${at.repository}@${digest}`,
			headers: {accept: 'application/vnd.oci.image.index.v1+json'},
			signal,
			// Registries without this API answer in many ways; some refuse even who may read everything else.
			accept: [200, 400, 401, 403, 404, 405, 406, 501],
		});
		const list = answer.status === 200 ? parse(answer) : undefined;
		if (!list) return undefined;
		found.push(...list.manifests.map(plain));
		url = nextPage(host, answer);
	}
	return found;
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
