import {httpsUrl} from '../base/url.ts';
import type {HttpsPort, HttpsResponse} from '../network/types.ts';
import {apiError, isHtml, wordsOf} from './answers.ts';
import {zenmlProblems} from './problems.ts';
import type {Dashboard, ZenmlEndpoint} from './types.ts';

export type DashboardOptions = {
	readonly https: HttpsPort;
	readonly endpoint: ZenmlEndpoint;
	readonly timeoutMs: number;
	readonly signal: AbortSignal;
};

/** What a page of the dashboard loads first; it is a single-page application, an empty page without it. */
const firstPart = /<script\b[^>]*\bsrc="([^"]{1,500})"/iu;

const ask = async (
	{https, endpoint: {address, ca}, timeoutMs, signal}: DashboardOptions,
	method: 'GET' | 'HEAD',
	url: string,
): Promise<HttpsResponse> => https.request({method, url, address, ca, headers: {accept: '*/*'}, timeoutMs, signal});

/** A script is known by its kind alone: a server that has none of that name gives the start page in its place. */
const isPart = ({status, headers}: HttpsResponse): boolean =>
	status === 200 && !(headers['content-type'] ?? '').includes('text/html');

/**
 * Fetches the page that users open, and asks for what it loads first.
 * @throws ProblemError `zenml-dashboard-broken`, `zenml-not-ready`, `zenml-api-error`
 */
export const readDashboard = async (options: DashboardOptions): Promise<Dashboard> => {
	const url = `${httpsUrl(options.endpoint.host, options.endpoint.port)}/`;
	const response = await ask(options, 'GET', url);
	if (response.status !== 200) throw apiError({method: 'GET', url, response});
	const source = firstPart.exec(response.body)?.[1];
	if (!isHtml(response) || source === undefined || !/zenml/iu.test(response.body))
		throw zenmlProblems.error(
			'zenml-dashboard-broken',
			{case: 'other page', url},
			{evidence: [wordsOf(response)].filter((words) => words !== '')},
		);
	const part = new URL(source, url);
	if (part.origin !== new URL(url).origin)
		throw zenmlProblems.error('zenml-dashboard-broken', {case: 'from outside', url, part: part.origin});
	const answer = await ask(options, 'HEAD', part.href);
	if (!isPart(answer))
		throw zenmlProblems.error('zenml-dashboard-broken', {
			case: 'no part',
			url,
			part: part.pathname,
			status: answer.status,
		});
	return {title: /<title>([^<]{0,100})<\/title>/iu.exec(response.body)?.[1]?.trim() ?? '', part: part.pathname};
};
