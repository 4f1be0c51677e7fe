import * as z from 'zod';
import {cutTo, oneLine} from '../../base/text.ts';
import type {Answer} from '../../http/types.ts';
import {answers} from '../quirks.ts';
import {refuse} from '../refuse.ts';
import {wordsOf} from '../words.ts';
import type {Host} from './hosts.ts';
import {jsonOf} from './json.ts';
import {followPages} from './pages.ts';

const pageSize = 1000;
/** More than any registry has repositories, and any repository tags. */
const most = 500_000;

/** Names of repositories and tags: specification 1.1, "Pulling manifests"; 255 with the host is what clients take. */
const repositoryName =
	/^(?=.{1,255}$)[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/u;
const tagName = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/u;

const repositories = z.object({repositories: z.array(z.string()).nullable()});
const tagList = z.object({tags: z.array(z.string()).nullish()});

/** Names that fit the grammar, each once; of the others, how many there were and the first. */
const sieve = (grammar: RegExp, wanted: (name: string) => boolean) => {
	const names = new Set<string>();
	let odd = 0;
	let example = '';
	return {
		take: (list: readonly string[]): number => {
			for (const name of list) {
				if (!grammar.test(name)) {
					if (odd++ === 0) example = oneLine(JSON.stringify(cutTo(name, 100)));
				} else if (wanted(name)) names.add(name);
			}
			return names.size;
		},
		names: () => [...names],
		notes: (what: string): readonly string[] =>
			odd === 0 ? [] : [`${odd} of them are no names of ${what} and were left out; the first is ${example}.`],
	};
};

const circle = 'It leads from page to page without anything new, so it may not be whole.';

/** Names, each once, and what is odd about the list; or why the registry does not tell them. */
export type Catalog =
	| {readonly names: readonly string[]; readonly notes: readonly string[]}
	| {readonly refused: string};

/** Why a registry does not tell its repositories. */
const refusalOf = (answer: Answer): string => {
	if (answer.status === 200) return 'it answers with something else';
	const [words = ''] = wordsOf(answer).lines;
	return words === '' ? `it answers ${answer.status}` : `it answers ${answer.status}: ${words}`;
};

/**
 * Repositories by the catalogue (distribution specification's extension `_catalog`), page by page; only those at or below the prefix
 * are kept, where there is one. @throws ProblemError
 */
export const readCatalog = async (host: Host, prefix: string, signal: AbortSignal): Promise<Catalog> => {
	const found = sieve(repositoryName, (name) => prefix === '' || name.startsWith(`${prefix}/`));
	let refused = '';
	const read = async (url: URL) => {
		const answer = await host.ask({
			method: 'GET',
			url,
			scopes: ['registry:catalog:*'],
			what: 'list its repositories',
			signal,
			accept: answers.catalog.statuses,
		});
		const page = answers.catalog.of(answer.status) === 'list' ? jsonOf(repositories, answer) : undefined;
		if (!page) refused = refusalOf(answer);
		return page && {answer, page};
	};
	const end = await followPages(host, {
		first: `/v2/_catalog?n=${pageSize}`,
		read,
		take: (page) => found.take(page.repositories ?? []),
		most,
	});
	if (end === undefined) return {refused};
	if (end === 'many') return {refused: 'it lists more of them than can be asked for'};
	return {names: found.names(), notes: [...found.notes('repositories'), ...(end === 'circle' ? [circle] : [])]};
};

/** Tags of a repository, each once, and what is odd about the list. */
export type Tags = {readonly tags: readonly string[]; readonly notes: readonly string[]};

/** Tags of a repository, page by page (specification 1.1, "Listing Tags"). @returns undefined when there is no such repository */
export const readTags = async (host: Host, repository: string, signal: AbortSignal): Promise<Tags | undefined> => {
	const found = sieve(tagName, () => true);
	const what = `list the tags of ${repository}`;
	const context = host.contextOf(what, repository);
	const read = async (url: URL) => {
		const answer = await host.ask({method: 'GET', url, repository, what, signal, accept: [200, 404]});
		if (answer.status === 404) return undefined;
		const page = jsonOf(tagList, answer);
		if (page) return {answer, page};
		throw refuse(context, 'registry-not-a-registry', {case: 'no tags'});
	};
	const first = `/v2/${repository}/tags/list?n=${pageSize}`;
	const end = await followPages(host, {first, read, take: (page) => found.take(page.tags ?? []), most});
	if (end === undefined) return undefined;
	if (end === 'many') throw refuse(context, 'registry-not-a-registry', {case: 'too many tags'});
	return {tags: found.names(), notes: [...found.notes('tags'), ...(end === 'circle' ? [circle] : [])]};
};
