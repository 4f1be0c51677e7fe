import {randomBytes} from 'node:crypto';
import type {Readable} from 'node:stream';
import {text} from 'node:stream/consumers';
import {requireSignature} from './signature.ts';
import type {S3Store} from './store.ts';
import {type S3Deed, S3Error, type S3Request, type S3Site} from './types.ts';

/** What is answered. */
export type S3Answer = {
	readonly status: number;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string | Readable;
};

type Asked = S3Request & {readonly key: string; readonly query: URLSearchParams; readonly sum: string | undefined};

const escaped = (value: string): string =>
	value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const xml = (name: string, inner: string): string =>
	`<?xml version="1.0" encoding="UTF-8"?>\n<${name}>${inner}</${name}>`;
const tag = (name: string, value: string | number): string => `<${name}>${escaped(String(value))}</${name}>`;

/** An error in the words of S3. */
export const errorAnswer = ({status, code, message, more}: S3Error): S3Answer => ({
	status,
	headers: {'content-type': 'application/xml'},
	body: xml(
		'Error',
		[tag('Code', code), tag('Message', message), ...Object.entries(more).map(([name, value]) => tag(name, value))].join(
			'',
		),
	),
});

/** Most keys of one answer (ListObjectsV2). */
const mostKeys = 1000;

const list = async ({query}: Asked, store: S3Store): Promise<S3Answer> => {
	if (query.get('list-type') !== '2') throw new S3Error(501, 'NotImplemented', 'This server has no other list.');
	const most = Math.min(Number(query.get('max-keys') ?? mostKeys), mostKeys);
	const after = Buffer.from(query.get('continuation-token') ?? '', 'base64url').toString('utf8');
	const all = (await store.list(query.get('prefix') ?? '')).filter(({key}) => !key.startsWith('.part/') && key > after);
	const shown = all.slice(0, most);
	const isCut = shown.length < all.length && shown.length > 0;
	const token = Buffer.from(shown.at(-1)?.key ?? '').toString('base64url');
	const items = shown.map(
		({key, size, modified}) =>
			`<Contents>${tag('Key', key)}${tag('LastModified', modified.toISOString())}${tag('Size', size)}</Contents>`,
	);
	const head = [
		tag('KeyCount', shown.length),
		tag('IsTruncated', String(isCut)),
		...(isCut ? [tag('NextContinuationToken', token)] : []),
	];
	return {
		status: 200,
		headers: {'content-type': 'application/xml'},
		body: xml('ListBucketResult', [...head, ...items].join('')),
	};
};

const read = async ({key, method}: Asked, store: S3Store): Promise<S3Answer> => {
	const found = await store.find(key);
	if (!found) throw new S3Error(404, 'NoSuchKey', 'The specified key does not exist.', {Key: key});
	const headers = {'content-length': String(found.size), 'last-modified': found.modified.toUTCString()};
	return {status: 200, headers, ...(method === 'GET' && {body: store.read(key)})};
};

const partKey = (upload: string, part: string): string => `.part/${upload}/${part.padStart(5, '0')}`;

const put = async ({key, query, body, sum}: Asked, store: S3Store, {quota}: S3Site): Promise<S3Answer> => {
	const [upload, part] = [query.get('uploadId'), query.get('partNumber')];
	const at = upload !== null && part !== null ? partKey(upload, part) : key;
	const etag = await store.put(at, body, {sum, most: quota ?? Number.MAX_SAFE_INTEGER});
	return {status: 200, headers: {etag: `"${etag}"`}};
};

/** An upload in parts: begun, or put together. */
const post = async ({key, query, body}: Asked, store: S3Store): Promise<S3Answer> => {
	if (query.has('uploads')) {
		const id = tag('UploadId', randomBytes(12).toString('hex'));
		return {status: 200, body: xml('InitiateMultipartUploadResult', `${tag('Key', key)}${id}`)};
	}
	const upload = query.get('uploadId');
	if (upload === null) throw new S3Error(501, 'NotImplemented', 'This server knows no such request.');
	const numbers = [...(await text(body)).matchAll(/<PartNumber>(\d{1,5})<\/PartNumber>/gu)].map(
		([, number = '']) => number,
	);
	const parts = numbers.map((number) => partKey(upload, number));
	const there = await Promise.all(parts.map((part) => store.find(part)));
	if (parts.length === 0 || there.includes(undefined))
		throw new S3Error(400, 'InvalidPart', 'A part could not be found.');
	await store.join(key, parts);
	return {status: 200, body: xml('CompleteMultipartUploadResult', tag('Key', key))};
};

const remove = async ({key, query}: Asked, store: S3Store): Promise<S3Answer> => {
	const upload = query.get('uploadId');
	const keys = upload === null ? [key] : (await store.list(`.part/${upload}/`)).map((one) => one.key);
	for (const one of keys) await store.remove(one);
	return {status: 204};
};

const deedOf = (method: string, key: string): S3Deed | undefined => {
	if (method === 'GET' || method === 'HEAD') return key === '' ? 'list' : 'read';
	if (method === 'PUT' || method === 'POST') return key === '' ? undefined : 'write';
	return method === 'DELETE' && key !== '' ? 'remove' : undefined;
};

const deeds: Readonly<Record<S3Deed, (asked: Asked, store: S3Store, site: S3Site) => Promise<S3Answer>>> = {
	list,
	read,
	write: (asked, store, site) => (asked.method === 'PUT' ? put(asked, store, site) : post(asked, store)),
	remove,
};

/** Answers a request to a path-style address. @throws S3Error */
export const answerS3 = async (request: S3Request, store: S3Store, site: S3Site): Promise<S3Answer> => {
	const sum = requireSignature(request, site);
	const [path = '', query = ''] = request.target.split('?', 2);
	const [, bucket = '', ...rest] = decodeURIComponent(path).split('/');
	if (bucket !== site.bucket)
		throw new S3Error(404, 'NoSuchBucket', 'The specified bucket does not exist', {BucketName: bucket});
	const key = rest.join('/');
	const deed = deedOf(request.method, key);
	if (!deed) throw new S3Error(501, 'NotImplemented', 'This server knows no such request.');
	if (site.denied?.includes(deed)) throw new S3Error(403, 'AccessDenied', 'Access Denied.');
	return deeds[deed]({...request, key, query: new URLSearchParams(query), sum}, store, site);
};
