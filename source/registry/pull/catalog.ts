import {z} from 'zod';
import {notARegistry} from '../problems.ts';
import {type Answer, wordsOf} from '../refusals.ts';
import type {Host} from './hosts.ts';

const pageSize = 1000;
/** A registry that leads in a circle must not be followed for ever: ten million names. */
const mostPages = 10_000;

/** The next page (`Link: <...>; rel="next"`, RFC 8288), on the same registry only. */
export const nextPage = (host: Host, answer: Answer): URL | undefined => {
	const header = [answer.headers.link ?? ''].flat().join(', ');
	const target = /<([^>]*)>\s*;[^,]*rel="?next"?/iu.exec(header)?.[1];
	if (target === undefined || !URL.canParse(target, host.origin.href)) return undefined;
	const url = new URL(target, host.origin);
	// Behind a proxy a registry may name itself by another protocol or port; the path is what counts.
	return new URL(`${url.pathname}${url.search}`, host.origin);
};

const repositories = z.object({repositories: z.array(z.string()).nullable()});
const tagList = z.object({tags: z.array(z.string()).nullish()});

const parsed = <T>(schema: z.ZodType<T>, answer: Answer): T | undefined => {
	try {
		return schema.safeParse(JSON.parse(answer.body.toString('utf8'))).data;
	} catch {
		return undefined;
	}
};

/** Names, or why the registry does not tell them. */
export type Catalog = {readonly names: readonly string[]} | {readonly refused: string};

/** Repositories by the catalogue (distribution specification's extension `_catalog`), page by page. @throws ProblemError */
export const readCatalog = async (host: Host, signal: AbortSignal): Promise<Catalog> => {
	const names: string[] = [];
	let url: URL | undefined = new URL(`/v2/_catalog?n=${pageSize}`, host.origin);
	for (let page = 0; url !== undefined && page < mostPages; page++) {
		const answer: Answer = await host.ask({
			method: 'GET',
			url,
			scopes: ['registry:catalog:*'],
			what: 'list its repositories',
			signal,
			// Many registries have no catalogue, or keep it to administrators.
			accept: [200, 400, 401, 403, 404, 405, 501],
		});
		const list = answer.status === 200 ? parsed(repositories, answer) : undefined;
		if (!list) {
			const [words = ''] = wordsOf(answer).lines;
			const said = answer.status === 200 ? 'it answers with something else' : `it answers ${answer.status}`;
			return {refused: words === '' || answer.status === 200 ? said : `${said}: ${words}`};
		}
		names.push(...(list.repositories ?? []));
		url = nextPage(host, answer);
	}
	return {names};
};

/** Tags of a repository, page by page (specification 1.1, "Listing Tags"). @returns undefined when there is no such repository */
export const readTags = async (
	host: Host,
	repository: string,
	signal: AbortSignal,
): Promise<readonly string[] | undefined> => {
	const tags = new Set<string>();
	const what = `list the tags of ${repository}`;
	let url: URL | undefined = new URL(`/v2/${repository}/tags/list?n=${pageSize}`, host.origin);
	for (let page = 0; url !== undefined && page < mostPages; page++) {
		const answer: Answer = await host.ask({method: 'GET', url, repository, what, signal, accept: [200, 404]});
		if (answer.status === 404) return undefined;
		const list = parsed(tagList, answer);
		if (!list) throw notARegistry(host.contextOf(what, repository), 'It answers without a list of tags.');
		for (const tag of list.tags ?? []) tags.add(tag);
		url = nextPage(host, answer);
	}
	return [...tags];
};
