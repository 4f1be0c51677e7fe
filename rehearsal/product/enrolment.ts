import {longTraceback} from './database/index.ts';
import type {PodNetwork} from './network/pod-network.ts';
import {pythonReason} from './network/pod-network.ts';

/** The server could not report to its control plane; `lines` end the log as Python would. */
export class EnrolmentError extends Error {
	readonly lines: readonly string[];
	constructor(lines: readonly string[]) {
		super(lines.at(-1) ?? 'enrolment failed');
		this.name = 'EnrolmentError';
		this.lines = lines;
	}
}

const failed = (last: string): EnrolmentError =>
	new EnrolmentError([
		...longTraceback(last),
		'ERROR:    Traceback (most recent call last):',
		'  File "/usr/local/lib/python3.12/site-packages/zenml/zen_server/zen_server_api.py", line 170, in initialize',
		`RuntimeError: ${last}`,
		'ERROR:    Application startup failed. Exiting.',
	]);

/** A server that enrols itself, and what it has for that. */
export type Enrolment = {
	readonly environment: Readonly<Record<string, string>>;
	readonly trust: readonly string[];
	readonly network: PodNetwork;
	readonly serverUrl: string;
	readonly version: string;
	readonly signal: AbortSignal;
	/** Takes as long as such work takes, in ms. */
	readonly pause: (ms: number) => Promise<void>;
};

type Message = {
	readonly method: string;
	readonly path: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
};

const apiOf = ({environment}: Enrolment): string =>
	(environment.ZENML_SERVER_PRO_API_URL ?? 'https://cloudapi.zenml.io').replace(/\/$/u, '');

/**
 * How long the server goes on trying, ms at slowness 1. A third of the real figures (zenml 0.98.0: 22 s where nobody
 * answers or the name is unknown, 9 s where the certificate is not trusted), as a rehearsal is looked at by people.
 */
const triesMs = {unreachable: 7000, untrusted: 3000};

const statusWords: Readonly<Record<number, string>> = {
	401: 'Client Error: Unauthorized',
	403: 'Client Error: Forbidden',
	404: 'Client Error: Not Found',
	502: 'Server Error: Bad Gateway',
	503: 'Server Error: Service Unavailable',
};

const noToken = 'Error fetching auth token from the Cloud API:';

/** What the server says when nobody answers it. */
const unreachable = async ({pause}: Enrolment, url: string, error: unknown): Promise<EnrolmentError> => {
	const {host, pathname, port} = new URL(url);
	const reason = pythonReason(error);
	await pause(/CERTIFICATE_VERIFY_FAILED/u.test(reason) ? triesMs.untrusted : triesMs.unreachable);
	const pool = `HTTPSConnectionPool(host='${host.split(':')[0]}', port=${port || 443})`;
	return failed(`${noToken} ${pool}: Max retries exceeded with url: ${pathname} (Caused by ${reason})`);
};

/** Sends a message to the control plane; answers the body. */
const send = async (enrolment: Enrolment, {path, ...message}: Message): Promise<string> => {
	const {network, trust, signal, environment, serverUrl, version} = enrolment;
	const url = `${apiOf(enrolment)}${path}`;
	const headers = {
		...message.headers,
		'zenml-server-id': environment.ZENML_SERVER_PRO_WORKSPACE_ID ?? '',
		'zenml-server-version': version,
		'zenml-server-url': serverUrl,
	};
	const answer = await network.request({...message, headers, url, trust, signal}).catch(async (error: unknown) => {
		signal.throwIfAborted();
		throw await unreachable(enrolment, url, error);
	});
	if (answer.status < 300) return answer.body;
	const what = statusWords[answer.status] ?? 'Server Error: Internal Server Error';
	throw failed(`${noToken} ${answer.status} ${what} for url: ${url}`);
};

/** The bearer token that a workspace buys with its id and key. */
const login = async (enrolment: Enrolment): Promise<string | undefined> => {
	const {environment} = enrolment;
	const form = new URLSearchParams({
		grant_type: 'client_credentials',
		client_id: environment.ZENML_SERVER_PRO_WORKSPACE_ID ?? '',
		client_secret: environment.ZENML_SERVER_PRO_OAUTH2_CLIENT_SECRET ?? '',
		audience: environment.ZENML_SERVER_PRO_OAUTH2_AUDIENCE ?? apiOf(enrolment),
	});
	const granted = await send(enrolment, {
		method: 'POST',
		path: '/auth/login',
		headers: {'content-type': 'application/x-www-form-urlencoded'},
		body: form.toString(),
	});
	return (JSON.parse(granted) as {access_token?: string}).access_token;
};

/**
 * What a Pro server does at its start (zenml 0.98, `zen_server_api.py` and `cloud_utils.py`): log in at the control
 * plane with its workspace id and enrolment key, then report its status, with nothing in the body.
 * @throws EnrolmentError when the name, the trust, the key or the control plane is not as it must be: the pod does not
 * start.
 */
export const reportToControlPlane = async (enrolment: Enrolment): Promise<void> => {
	const token = await login(enrolment);
	await send(enrolment, {
		method: 'PATCH',
		path: '/workspace_status',
		headers: {authorization: `Bearer ${token}`},
		body: '',
	});
};
