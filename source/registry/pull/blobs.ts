import {ProblemError} from '../../base/problem.ts';
import type {RemoteRepository} from '../../bundle/create/source.ts';
import type {Descriptor} from '../../oci/descriptor.ts';
import {badRedirect, type Context, refusal} from '../problems.ts';
import type {Answer} from '../refusals.ts';
import {withRetry} from '../retry.ts';
import {bridge, type Receive} from './bridge.ts';
import type {Host} from './hosts.ts';
import {asPull} from './problems.ts';

const redirects: readonly number[] = [301, 302, 303, 307, 308];
const mostRedirects = 5;
/** A line that moved this many bytes between its breaks is worth the whole table of retries again. */
const progressBytes = 1024 * 1024;

/** Where a redirect leads. The target is told by its host alone: its query is a key to the blob. */
const follow = (host: Host, from: URL, answer: Answer, context: Context): URL => {
	const header = answer.headers.location;
	if (typeof header !== 'string' || !URL.canParse(header, from.href)) {
		throw badRedirect(context, 'It sends the download on, but does not say where.');
	}
	const to = new URL(header, from);
	if (
		to.protocol !== 'https:' &&
		!(to.protocol === 'http:' && to.host === host.origin.host && host.origin.protocol === 'http:')
	) {
		throw badRedirect(context, `It sends the download on to ${to.origin}, which is not protected by TLS.`);
	}
	return to;
};

/** What a storage host behind a registry answered, where it was neither bytes nor another redirect. */
const storageRefused = (context: Context, url: URL, status: number) =>
	refusal(
		context,
		{
			code: 'registry-storage-refused',
			cause: `It sends the download on to ${url.host}, which answers ${status}.`,
			fix: `Check that this machine may reach ${url.host}; a proxy may let the registry through, but not its storage.`,
			who: 'network team',
		},
		[`HTTP ${status}`],
	);

const missing = (context: Context, blob: Descriptor) =>
	refusal(
		context,
		{
			code: 'image-blob-missing',
			cause: `A manifest names the layer ${blob.digest}, but the registry does not have it: it was cleaned up, or the image was pushed in part.`,
			fix: 'Have the image pushed to that registry again, or pull it from another one.',
		},
		['HTTP 404'],
	);

const wrongSize = (context: Context, blob: Descriptor, cause: string) =>
	refusal(
		context,
		{
			code: 'registry-blob-size',
			cause: `${blob.digest} has ${blob.size} bytes by its manifest. ${cause}`,
			fix: 'Start again. If it comes back, the registry or a proxy before it changes what passes.',
		},
		[],
	);

/** First byte of a 206 (RFC 9110 section 14.4). */
const startOf = (answer: Pick<Answer, 'headers'>): number | undefined => {
	const match = /^bytes (\d+)-\d*\/(?:\d+|\*)$/u.exec(String(answer.headers['content-range'] ?? ''));
	return match ? Number(match[1]) : undefined;
};

/** One attempt to read a blob from `from` on; `receive` gets no byte twice. */
const attempt = async (
	host: Host,
	at: RemoteRepository,
	blob: Descriptor,
	task: {readonly from: number; readonly receive: Receive; readonly signal: AbortSignal},
): Promise<void> => {
	const {from, receive, signal} = task;
	const what = `pull ${at.repository}`;
	const context = host.contextOf(what, at.repository);
	let url = new URL(`/v2/${at.repository}/blobs/${blob.digest}`, host.origin);
	for (let hops = 0; hops <= mostRedirects; hops++) {
		let position = 0;
		let first = true;
		const take = (chunk: Buffer, answer: Pick<Answer, 'status' | 'headers'>): void | Promise<void> => {
			if (first) {
				first = false;
				const start = answer.status === 206 ? startOf(answer) : 0;
				if (start === undefined || start > from) {
					throw wrongSize(context, blob, `Bytes from ${from} on were asked for; it sends others.`);
				}
				position = start;
			}
			const skip = Math.min(chunk.length, Math.max(0, from - position));
			position += chunk.length;
			if (position > blob.size) throw wrongSize(context, blob, 'It sends more.');
			return skip === chunk.length ? undefined : receive(chunk.subarray(skip));
		};
		const home = url.origin === host.origin.origin;
		const answer = await host.send({
			method: 'GET',
			url,
			repository: at.repository,
			what,
			...(from === 0 ? {} : {headers: {range: `bytes=${from}-`}}),
			receive: take,
			signal,
			accept: [200, 206, 404, 416, ...redirects, ...(home ? [] : [400, 401, 403, 405, 410])],
		});
		if (redirects.includes(answer.status)) {
			url = follow(host, url, answer, context);
			continue;
		}
		if (answer.status === 200 || answer.status === 206) {
			if (position < blob.size) throw wrongSize(context, blob, `It sends ${position}.`);
			return;
		}
		if (answer.status === 416) throw wrongSize(context, blob, `It has no bytes from ${from} on.`);
		throw home ? missing(context, blob) : storageRefused(context, url, answer.status);
	}
	throw badRedirect(context, `It sends the download on more than ${mostRedirects} times.`);
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
		const count: Receive = (chunk) => {
			done += chunk.length;
			return receive(chunk);
		};
		for (;;) {
			const before = done;
			try {
				await withRetry(host.retries, signal, () => attempt(host, at, blob, {from: done, receive: count, signal}));
				return;
			} catch (error) {
				const again = error instanceof ProblemError && error.problem.code in host.retries;
				if (!again || done - before < progressBytes) throw asPull(error);
			}
		}
	}, options.signal);
