import type {HttpsPort} from '../network/types.ts';
import {apiError, isHtml, notItself, read} from './answers.ts';
import {createSend, type Send} from './calls.ts';
import {readDashboard} from './dashboard.ts';
import {infoSchema} from './schemas.ts';
import {openSession} from './session.ts';
import type {ZenmlEndpoint, ZenmlPort} from './types.ts';

/**
 * The client of the product: the control plane API below `https://HOST[:PORT]/api/v1`, and `/health` and `/api/v1/info` of
 * workspace servers. `timeoutMs` bounds each single request (default 15 s).
 *
 * Sources: the vendor's pages on user accounts and workspace enrolment; `src/zenml/login/pro` and
 * `src/zenml/zen_server/routers/server_endpoints.py` of zenml 0.93. The control plane's own OpenAPI document is not public.
 */
export const createZenml = (options: {readonly https: HttpsPort; readonly timeoutMs?: number}): ZenmlPort => {
	const {https, timeoutMs = 15_000} = options;
	const bind = (endpoint: ZenmlEndpoint, root: string, signal: AbortSignal): Send =>
		createSend({https, endpoint, root, timeoutMs, signal});

	return {
		// The control plane's /health is a route of the dashboard and answers 200 whatever the API does.
		apiAnswers: async (endpoint, signal) => {
			const exchange = await bind(endpoint, '/api/v1', signal)({method: 'GET', path: '/users/me'});
			const {status} = exchange.response;
			if (isHtml(exchange.response) && status < 500) throw notItself(exchange);
			if (status !== 401 && status !== 403) throw apiError(exchange);
		},
		login: (endpoint, credentials, signal) => openSession(bind(endpoint, '/api/v1', signal), credentials),
		dashboard: (endpoint, signal) => readDashboard({https, endpoint, timeoutMs, signal}),
		workspaceInfo: async (endpoint, signal) => {
			const exchange = await bind(endpoint, '/api/v1', signal)({method: 'GET', path: '/info'});
			if (exchange.response.status !== 200) throw apiError(exchange);
			return read(exchange, infoSchema);
		},
		health: async (endpoint, signal) => {
			const exchange = await bind(endpoint, '', signal)({method: 'GET', path: '/health'});
			if (exchange.response.status !== 200) throw apiError(exchange);
			if (isHtml(exchange.response)) throw notItself(exchange);
		},
	};
};
