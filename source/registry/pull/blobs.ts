import type {Answer, Call, Head} from '../../http/types.ts';
import type {Descriptor} from '../../oci/descriptor.ts';
import type {RemoteRepository} from '../../oci/image-source.ts';
import {answers} from '../quirks.ts';
import {type Context, refuse} from '../refuse.ts';
import {bridge, type Receive} from './bridge.ts';
import type {Host} from './hosts.ts';
import {refusePull} from './problems.ts';

const mostRedirects = 5;
/** A line that moved this many bytes before it broke is worth the whole table of retries again. */
const progressBytes = 256 * 1024;

/** A blob that is pulled. */
type Download = {
	readonly host: Host;
	readonly at: RemoteRepository;
	readonly blob: Descriptor;
	readonly context: Context;
	readonly signal: AbortSignal;
};

/** Where a redirect leads. The target is told by its host alone: its query is a key to the blob. */
const follow = ({host, context}: Download, from: URL, {headers: {location}}: Answer): URL => {
	if (typeof location !== 'string' || !URL.canParse(location, from.href)) {
		throw refuse(context, 'registry-redirects', {case: 'download nowhere'});
	}
	const to = new URL(location, from);
	const isHome = to.host === host.origin.host && host.origin.protocol === 'http:';
	if (to.protocol === 'https:' || (to.protocol === 'http:' && isHome)) return to;
	throw refuse(context, 'registry-redirects', {case: 'download in clear', place: to.origin});
};

/** First byte of an answer (RFC 9110 section 14.4). @returns undefined where a part does not say which it is */
const startOf = ({status, headers}: Head): number | undefined => {
	if (status !== 206) return 0;
	const match = /^bytes (\d+)-\d*\/(?:\d+|\*)$/u.exec(String(headers['content-range'] ?? ''));
	return match ? Number(match[1]) : undefined;
};

/** Takes the bytes of an answer for a reader who has all before `from`; it gets none twice, and none that is too much. */
const createIntake = ({blob, context}: Download, from: number, receive: Receive) => {
	const {digest, size} = blob;
	let position: number | undefined;
	const begin = (head: Head): number => {
		const start = startOf(head);
		if (start !== undefined && start <= from) return start;
		throw refusePull(context, 'registry-blob-size', {case: 'others', digest, size, from});
	};
	const take: NonNullable<Call['receive']> = (chunk, head) => {
		const start = position ?? begin(head);
		position = start + chunk.length;
		if (position > size) throw refusePull(context, 'registry-blob-size', {case: 'more', digest, size});
		const known = Math.min(chunk.length, Math.max(0, from - start));
		return known === chunk.length ? undefined : receive(chunk.subarray(known));
	};
	return {take, position: () => position ?? 0};
};

/** Asks for a blob at one address. @returns the address that it is sent on to; undefined when all bytes came */
const ask = async (download: Download, url: URL, from: number, receive: Receive): Promise<URL | undefined> => {
	const {host, at, blob, context, signal} = download;
	const {digest, size} = blob;
	const means = url.origin === host.origin.origin ? answers.download : answers.storage;
	const intake = createIntake(download, from, receive);
	const answer = await host.send({
		method: 'GET',
		url,
		repository: at.repository,
		what: context.what,
		headers: from === 0 ? {} : {range: `bytes=${from}-`},
		receive: intake.take,
		signal,
		accept: means.statuses,
	});
	const {status} = answer;
	switch (means.of(status)) {
		case 'elsewhere':
			return follow(download, url, answer);
		case 'too short':
			throw refusePull(context, 'registry-blob-size', {case: 'none', digest, size, from});
		case 'absent':
			throw refusePull(context, 'image-blob-missing', {digest}, {evidence: [`HTTP ${status}`]});
		case 'refused':
			throw refusePull(context, 'registry-storage-refused', {host: url.host, status}, {evidence: [`HTTP ${status}`]});
		case 'bytes': {
			const sent = intake.position();
			if (sent >= size) return undefined;
			throw refusePull(context, 'registry-blob-size', {case: 'fewer', digest, size, sent});
		}
	}
};

/** One attempt to read a blob from `from` on, wherever it is sent. */
const attempt = async (download: Download, from: number, receive: Receive): Promise<void> => {
	const {host, at, blob, context} = download;
	let url: URL | undefined = new URL(`/v2/${at.repository}/blobs/${blob.digest}`, host.origin);
	for (let hops = 0; hops <= mostRedirects; hops++) {
		url = await ask(download, url, from, receive);
		if (url === undefined) return;
	}
	throw refuse(context, 'registry-redirects', {case: 'download in circles', count: mostRedirects});
};

/**
 * The bytes of a blob from `from` on. A line that breaks, stalls or is refused for a while is gone on with where it ended.
 * @throws ProblemError area `registry`
 */
export const readBlob = (
	hostOf: () => Promise<Host>,
	at: RemoteRepository,
	blob: Descriptor,
	options: {readonly from: number; readonly signal: AbortSignal},
): AsyncIterable<Buffer> =>
	bridge(async (receive, signal) => {
		let done = options.from;
		if (done >= blob.size && blob.size > 0) return;
		const host = await hostOf();
		const context = host.contextOf(`pull ${at.repository}`, at.repository);
		const download = {host, at, blob, context, signal};
		await host.retries.run(signal, (advance) => {
			const from = done;
			return attempt(download, from, (chunk) => {
				done += chunk.length;
				if (done - from >= progressBytes) advance();
				return receive(chunk);
			});
		});
	}, options.signal);
