export type ZenmlUser = {
	readonly id: string;
	readonly username: string;
	readonly superuser: boolean;
	readonly active: boolean;
};
export type ZenmlOrganization = {readonly id: string; readonly name: string};
export type ZenmlRole = {readonly id: string; readonly name: string; readonly level: string};
export type ZenmlTeam = {readonly id: string; readonly name: string};
export type ZenmlWorkspace = {
	readonly id: string;
	readonly name: string;
	readonly organizationId: string;
	readonly status: string;
};

/** `GET /api/v1/info` of a workspace server, without login. */
export type WorkspaceInfo = {
	readonly version: string;
	readonly deploymentType: string;
	readonly databaseType: string;
	readonly secretsStoreType: string;
	readonly serverUrl: string;
	readonly analyticsEnabled: boolean;
	readonly proApiUrl: string | undefined;
	readonly proOrganizationId: string | undefined;
	readonly proWorkspaceId: string | undefined;
};

/** A session of the control plane API (root `https://HOST/api/v1`). All calls throw ProblemError area `verification`. */
export type ZenmlSession = {
	readonly me: () => Promise<ZenmlUser>;
	readonly users: () => Promise<readonly ZenmlUser[]>;
	readonly setSuperuser: (userId: string, superuser: boolean) => Promise<void>;
	readonly createUser: (user: {
		readonly username: string;
		readonly password: string;
		readonly superuser: boolean;
	}) => Promise<ZenmlUser>;
	readonly organizations: () => Promise<readonly ZenmlOrganization[]>;
	readonly createOrganization: (name: string) => Promise<ZenmlOrganization>;
	readonly roles: (organizationId: string) => Promise<readonly ZenmlRole[]>;
	/** User ids that hold the role in the organization. */
	readonly members: (
		organizationId: string,
	) => Promise<readonly {readonly userId: string; readonly roles: readonly string[]}[]>;
	readonly assignRole: (roleId: string, userId: string) => Promise<void>;
	readonly takeRole: (roleId: string, userId: string) => Promise<void>;
	readonly teams: (organizationId: string) => Promise<readonly ZenmlTeam[]>;
	readonly createTeam: (team: {readonly name: string; readonly organizationId: string}) => Promise<ZenmlTeam>;
	readonly teamMembers: (teamId: string) => Promise<readonly {readonly userId: string}[]>;
	readonly joinTeam: (teamId: string, userId: string) => Promise<void>;
	readonly leaveTeam: (teamId: string, userId: string) => Promise<void>;
	readonly workspaces: (organizationId: string) => Promise<readonly ZenmlWorkspace[]>;
	/** The enrollment key is told only here: store it before anything else. */
	readonly enroll: (options: {
		readonly name: string;
		readonly organizationId: string;
	}) => Promise<{readonly id: string; readonly organizationName: string; readonly enrollmentKey: string}>;
	readonly deleteWorkspace: (id: string) => Promise<void>;
};

/** The page that users open, and the script that it loads first. */
export type Dashboard = {readonly title: string; readonly part: string};

/** Where a server of the product answers. `address` is the ingress, used before DNS is handed over. */
export type ZenmlEndpoint = {
	readonly host: string;
	readonly port: number;
	readonly address?: string | undefined;
	readonly ca: string;
};

export type ZenmlPort = {
	/** Does the control plane API answer as itself? 401 JSON from `/users/me` counts, dashboard HTML does not. */
	readonly apiAnswers: (endpoint: ZenmlEndpoint, signal: AbortSignal) => Promise<void>;
	/** `POST /auth/login`; @throws ProblemError `zenml-login-refused`. */
	readonly login: (
		endpoint: ZenmlEndpoint,
		credentials: {readonly username: string; readonly password: string},
		signal: AbortSignal,
	) => Promise<ZenmlSession>;
	/** Fetches the dashboard as a browser does. @throws ProblemError `zenml-dashboard-broken` */
	readonly dashboard: (endpoint: ZenmlEndpoint, signal: AbortSignal) => Promise<Dashboard>;
	readonly workspaceInfo: (endpoint: ZenmlEndpoint, signal: AbortSignal) => Promise<WorkspaceInfo>;
	/** `GET /health`; throws when it is not 200. */
	readonly health: (endpoint: ZenmlEndpoint, signal: AbortSignal) => Promise<void>;
};
