import type {PodNetwork} from './pod-network.ts';
import {pythonReason} from './pod-network.ts';

/** The server could not report to its control plane; `lines` end the log as Python would. */
export class EnrolmentError extends Error {
	readonly lines: readonly string[];
	constructor(lines: readonly string[]) {
		super(lines.at(-1) ?? 'enrolment failed');
		this.name = 'EnrolmentError';
		this.lines = lines;
	}
}

const traceback = (last: string): readonly string[] => [
	'Traceback (most recent call last):',
	'  File "/opt/venv/lib/python3.12/site-packages/zenml/zen_server/zen_server_api.py", line 170, in initialize',
	'    cloud_connection().patch("/workspace_status")',
	'  File "/opt/venv/lib/python3.12/site-packages/zenml/zen_server/cloud_utils.py", line 300, in _login',
	'    response = self.session.post(login_url, data=login_payload, timeout=self._timeout)',
	last,
	'ERROR:    Application startup failed. Exiting.',
];

const failed = (last: string): EnrolmentError => new EnrolmentError(traceback(last));

/** A server that enrols itself, and what it has for that. */
export type Enrolment = {
	readonly environment: Readonly<Record<string, string>>;
	readonly trust: readonly string[];
	readonly network: PodNetwork;
	readonly serverUrl: string;
	readonly version: string;
	readonly signal: AbortSignal;
};

type Message = {
	readonly method: string;
	readonly path: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
};

const apiOf = ({environment}: Enrolment): string =>
	(environment.ZENML_SERVER_PRO_API_URL ?? 'https://cloudapi.zenml.io').replace(/\/$/u, '');

/** Sends a message to the control plane; answers the body. */
const send = async (enrolment: Enrolment, {path, ...message}: Message): Promise<string> => {
	const {network, trust, signal} = enrolment;
	const url = `${apiOf(enrolment)}${path}`;
	const {host, pathname} = new URL(url);
	const answer = await network.request({...message, url, trust, signal}).catch((error: unknown) => {
		signal.throwIfAborted();
		const why = `HTTPSConnectionPool(host='${host}'): Max retries exceeded with url: ${pathname}`;
		throw failed(`requests.exceptions.ConnectionError: ${why} (Caused by ${pythonReason(error)})`);
	});
	if (answer.status < 300) return answer.body;
	throw failed(`requests.exceptions.HTTPError: ${answer.status} Client Error for url: ${url}`);
};

/** The bearer token that a workspace buys with its id and key. */
const login = async (enrolment: Enrolment): Promise<string | undefined> => {
	const {environment} = enrolment;
	const form = new URLSearchParams({
		grant_type: 'client_credentials',
		client_id: environment.ZENML_SERVER_PRO_WORKSPACE_ID ?? '',
		client_secret: environment.ZENML_SERVER_PRO_OAUTH2_CLIENT_SECRET ?? '',
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
 * What a Pro server does at its start (zenml 0.93, `zen_server_api.py` and `cloud_utils.py`): log in at the control
 * plane with its workspace id and enrolment key, then report its status.
 * @throws EnrolmentError when the name, the trust, the key or the control plane is not as it must be: the pod does not
 * start.
 */
export const reportToControlPlane = async (enrolment: Enrolment): Promise<void> => {
	const {serverUrl, version} = enrolment;
	const token = await login(enrolment);
	await send(enrolment, {
		method: 'PATCH',
		path: '/workspace_status',
		headers: {'content-type': 'application/json', authorization: `Bearer ${token}`},
		body: JSON.stringify({status: 'available', server_url: serverUrl, server_version: version}),
	});
};
