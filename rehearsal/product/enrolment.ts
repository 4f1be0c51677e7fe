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

/**
 * What a Pro server does at its start (zenml 0.93, `zen_server_api.py` and `cloud_utils.py`): log in at the control
 * plane with its workspace id and enrolment key, then report its status.
 * @throws EnrolmentError when the name, the trust, the key or the control plane is not as it must be: the pod does not
 * start.
 */
export const reportToControlPlane = async (options: {
	readonly environment: Readonly<Record<string, string>>;
	readonly trust: readonly string[];
	readonly network: PodNetwork;
	readonly serverUrl: string;
	readonly version: string;
	readonly signal: AbortSignal;
}): Promise<void> => {
	const {environment, trust, network, serverUrl, version, signal} = options;
	const api = (environment.ZENML_SERVER_PRO_API_URL ?? 'https://cloudapi.zenml.io').replace(/\/$/u, '');
	const send = async (method: string, path: string, headers: Readonly<Record<string, string>>, body: string) => {
		const {host, pathname} = new URL(`${api}${path}`);
		const answer = await network
			.request({method, url: `${api}${path}`, trust, signal, headers, body})
			.catch((error: unknown) => {
				signal.throwIfAborted();
				throw new EnrolmentError(
					traceback(
						`requests.exceptions.ConnectionError: HTTPSConnectionPool(host='${host}'): Max retries exceeded with url: ${pathname} (Caused by ${pythonReason(error)})`,
					),
				);
			});
		if (answer.status >= 300)
			throw new EnrolmentError(
				traceback(`requests.exceptions.HTTPError: ${answer.status} Client Error for url: ${api}${path}`),
			);
		return answer.body;
	};
	const form = new URLSearchParams({
		grant_type: 'client_credentials',
		client_id: environment.ZENML_SERVER_PRO_WORKSPACE_ID ?? '',
		client_secret: environment.ZENML_SERVER_PRO_OAUTH2_CLIENT_SECRET ?? '',
	});
	const granted = await send(
		'POST',
		'/auth/login',
		{'content-type': 'application/x-www-form-urlencoded'},
		form.toString(),
	);
	const {access_token: token} = JSON.parse(granted) as {access_token?: string};
	await send(
		'PATCH',
		'/workspace_status',
		{'content-type': 'application/json', authorization: `Bearer ${token}`},
		JSON.stringify({status: 'available', server_url: serverUrl, server_version: version}),
	);
};
