import {cutTo, oneLine} from '../base/text.ts';

/** Bytes of a page that are searched for words. */
const mostSearched = 64 * 1024;

/** Characters of a line that is shown. */
export const mostShown = 300;

/** What a page says, as one line without its tags: proxies answer with pages where JSON was asked for. */
export const wordsOfPage = (body: Buffer): string => {
	const text = body.subarray(0, mostSearched).toString('utf8');
	return cutTo(oneLine(text.replace(/<[^<>]*>/gu, ' ')), mostShown);
};
