import type {Answer} from '../../http/types.ts';
import type {Host} from './hosts.ts';

/** Pages in a row without anything new: some registries have empty ones, where they leave out what a user may not see. */
const mostIdle = 20;
const mostPages = 10_000;

/** The next page (`Link: <...>; rel="next"`, RFC 8288), on the same registry only. */
const nextPage = ({origin}: Host, {headers}: Answer): URL | undefined => {
	const header = [headers.link ?? ''].flat().join(', ');
	const target = /<([^<>]*)>\s*;[^,]*rel="?next"?/iu.exec(header)?.[1];
	if (target === undefined || !URL.canParse(target, origin.href)) return undefined;
	const {pathname, search} = new URL(target, origin);
	// Behind a proxy a registry may name itself by another protocol or port; the path is what counts. A path of two slashes is no host.
	return Object.assign(new URL(origin), {pathname, search});
};

/** `circle`: it led on and on without anything new. `many`: the list is longer than any, and was not read to its end. */
export type ListEnd = 'whole' | 'circle' | 'many';

/** A list that comes in pages. */
export type PagedList<Page> = {
	/** Path of the first page. */
	readonly first: string;
	/** Asks for a page; undefined ends everything. */
	readonly read: (url: URL) => Promise<{readonly answer: Answer; readonly page: Page} | undefined>;
	/** Takes what a page has, and tells how many items were kept, of all pages. */
	readonly take: (page: Page) => number;
	/** Items that are kept: they lie in memory, and are asked for one by one. */
	readonly most: number;
};

/** Follows a list over its pages. @returns undefined where a page could not be read */
export const followPages = async <Page>(
	host: Host,
	{first, read, take, most}: PagedList<Page>,
): Promise<ListEnd | undefined> => {
	let url: URL | undefined = new URL(first, host.origin);
	let kept = 0;
	for (let idle = 0, pages = 0; url !== undefined; pages++) {
		const found = await read(url);
		if (!found) return undefined;
		const now = take(found.page);
		if (now > most || pages >= mostPages) return 'many';
		idle = now > kept ? 0 : idle + 1;
		if (idle >= mostIdle) return 'circle';
		kept = now;
		url = nextPage(host, found.answer);
	}
	return 'whole';
};
