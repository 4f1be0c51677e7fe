import {storeOf} from './database/index.ts';
import {type Answer, dashboardPage, type Request} from './messages.ts';

type Environment = Readonly<Record<string, string>>;

const truthy = (value: string | undefined, otherwise: boolean): boolean =>
	value === undefined ? otherwise : ['1', 'true', 'yes', 'on'].includes(value.toLowerCase());

/** True when the server was told to enrol itself at a control plane. */
export const isPro = (environment: Environment): boolean =>
	environment.ZENML_SERVER_DEPLOYMENT_TYPE === 'cloud' || Boolean(environment.ZENML_SERVER_PRO_WORKSPACE_ID);

/** What only a server with a control plane tells. */
const proInfo = (environment: Environment) => ({
	pro_api_url: environment.ZENML_SERVER_PRO_API_URL ?? null,
	pro_dashboard_url: environment.ZENML_SERVER_PRO_DASHBOARD_URL ?? null,
	pro_organization_id: environment.ZENML_SERVER_PRO_ORGANIZATION_ID ?? null,
	pro_organization_name: environment.ZENML_SERVER_PRO_ORGANIZATION_NAME ?? null,
	pro_workspace_id: environment.ZENML_SERVER_PRO_WORKSPACE_ID ?? null,
	pro_workspace_name: environment.ZENML_SERVER_PRO_WORKSPACE_NAME ?? null,
});

const deploymentOf = (environment: Environment) =>
	isPro(environment)
		? {deployment_type: 'cloud', auth_scheme: 'EXTERNAL', ...proInfo(environment)}
		: {
				deployment_type: environment.ZENML_SERVER_DEPLOYMENT_TYPE ?? 'kubernetes',
				auth_scheme: 'OAUTH2_PASSWORD_BEARER',
			};

/**
 * `GET /api/v1/info` from the environment that the pod really has (`server_endpoints.py`, zenml 0.93). `version` is the
 * tag of the pod's image.
 */
const workspaceInfo = (environment: Environment, version: string) => ({
	id: environment.ZENML_SERVER_ID ?? environment.ZENML_SERVER_PRO_WORKSPACE_ID ?? null,
	name: environment.ZENML_SERVER_PRO_WORKSPACE_NAME ?? null,
	version,
	active: true,
	debug: truthy(environment.ZENML_DEBUG, false),
	database_type: storeOf(environment, {trust: []})?.driver ?? 'sqlite',
	secrets_store_type: environment.ZENML_SECRETS_STORE_TYPE ?? 'sql',
	server_url: environment.ZENML_SERVER_SERVER_URL ?? environment.ZENML_SERVER_BASE_URL ?? '',
	dashboard_url: environment.ZENML_SERVER_PRO_DASHBOARD_URL ?? '',
	analytics_enabled: truthy(environment.ZENML_ANALYTICS_OPT_IN, true),
	metadata: {},
	...deploymentOf(environment),
});

/**
 * Answers a request to a workspace server. `/health` is static and proves nothing about the database, as in the
 * product.
 */
export const answerWorkspace = (request: Request, environment: Environment, version: string): Answer => {
	const {path} = request;
	if (path === '/health' || path === '/ready') return {status: 200, json: 'OK'};
	if (path === '/api/v1/info') return {status: 200, json: workspaceInfo(environment, version)};
	if (path.startsWith('/api/'))
		return {status: 401, json: {detail: ['AuthorizationException', 'Authentication error: no token provided.']}};
	return {status: 200, html: dashboardPage('ZenML Dashboard', version)};
};
