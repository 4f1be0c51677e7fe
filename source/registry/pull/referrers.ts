import * as z from 'zod';
import {plainDescriptor} from '../../oci/descriptor.ts';
import type {ImageSource, RemoteRepository} from '../../oci/image-source.ts';
import {descriptorSchema} from '../../oci/manifest.ts';
import {answers} from '../quirks.ts';
import {refuse} from '../refuse.ts';
import type {Host} from './hosts.ts';
import {jsonOf} from './json.ts';
import {contentsOf} from './manifest-form.ts';
import {findManifest} from './manifests.ts';
import {followPages} from './pages.ts';

/** Signatures, attestations and lists of contents of one image. */
const most = 10_000;

type Referrers = Awaited<ReturnType<ImageSource['referrers']>>;

const listed = z.object({manifests: z.array(descriptorSchema.extend({artifactType: z.string().optional()}))});

const plain = ({artifactType, ...descriptor}: z.infer<typeof listed>['manifests'][number]): Referrers[number] => ({
	...plainDescriptor(descriptor),
	...(artifactType === undefined ? {} : {artifactType}),
});

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
			accept: answers.referrers.statuses,
		});
		const page = answers.referrers.of(answer.status) === 'list' ? jsonOf(listed, answer) : undefined;
		return page && {answer, page};
	};
	const end = await followPages(host, {
		first: `/v2/${at.repository}/referrers/${digest}`,
		read,
		take: ({manifests}) => {
			for (const manifest of manifests) found.set(manifest.digest, plain(manifest));
			return found.size;
		},
		most,
	});
	if (end === 'many') {
		throw refuse(host.contextOf(what, at.repository), 'registry-not-a-registry', {case: 'too many attached'});
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
