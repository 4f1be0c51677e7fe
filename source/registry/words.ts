import {cutTo, isMap, oneLine} from '../base/text.ts';
import type {Answer} from '../http/types.ts';
import {mostShown, wordsOfPage} from '../http/words.ts';

/** A registry's own words, each line without control characters. */
export type Words = {readonly codes: readonly string[]; readonly lines: readonly string[]};

/** More of them than any answer has; a page is read to its end all the same. */
const mostErrors = 5;

/** Where servers beside registries put their words: Harbor's token server, Quay, OAuth2 (RFC 6749 section 5.2), gateways. */
const usualKeys = ['code', 'error', 'message', 'error_description', 'msg', 'details', 'detail', 'reason'] as const;

const textOf = (value: unknown): string => {
	if (value === undefined || value === null || value === '') return '';
	return typeof value === 'string' ? value : JSON.stringify(value);
};

/** The `detail` has what an unknown error was: of a full disk `{"DriverName":"filesystem","Enclosed":{…,"Err":28}}`. */
const entryOf = (entry: unknown): {readonly code: string; readonly line: string} => {
	if (!isMap(entry)) return {code: '', line: textOf(entry)};
	const [code, message, detail] = [textOf(entry.code), textOf(entry.message), textOf(entry.detail)];
	const told = detail === '' || detail === '{}' || detail === '[]' || message.includes(detail) ? '' : ` (${detail})`;
	return {code, line: `${code}: ${message}${told}`};
};

const shown = (text: string): string => cutTo(oneLine(text), mostShown);

const wordsOfMap = (value: Readonly<Record<string, unknown>>): Words => {
	if (Array.isArray(value.errors)) {
		const entries = value.errors.slice(0, mostErrors).map(entryOf);
		return {codes: entries.map(({code}) => code), lines: entries.map(({line}) => shown(line))};
	}
	const parts = usualKeys.map((key) => textOf(value[key])).filter((text) => text !== '');
	return {codes: [], lines: parts.length === 0 ? [] : [shown(parts.join(': '))]};
};

/** `errors[].{code,message,detail}` of the OCI distribution specification 1.1, "Error Codes", other JSON, or the text of a page. */
export const wordsOf = ({body}: Pick<Answer, 'body'>): Words => {
	try {
		const value: unknown = JSON.parse(body.toString('utf8'));
		if (isMap(value)) return wordsOfMap(value);
		const text = textOf(value);
		return {codes: [], lines: text === '' ? [] : [shown(text)]};
	} catch {
		const text = wordsOfPage(body);
		return {codes: [], lines: text === '' ? [] : [text]};
	}
};

/** Is it a page for people, as proxies and firewalls answer with? */
export const isPage = ({headers, body}: Pick<Answer, 'headers' | 'body'>): boolean =>
	body.length > 0 &&
	(String(headers['content-type'] ?? '').includes('html') ||
		/^\s*<(?:!doctype|html|head|body|h1|p)\b/iu.test(body.subarray(0, 512).toString('latin1')));
