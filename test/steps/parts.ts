import {fileURLToPath} from 'node:url';
import {type Problem, type ProblemCode, ProblemError} from '../../source/base/problem.ts';
import type {Bundle, Chart} from '../../source/bundle/types.ts';
import type {Reference} from '../../source/cluster/kinds.ts';
import type {ClusterPort, KubeObject, PodView} from '../../source/cluster/types.ts';
import type {DatabaseFacts} from '../../source/database/types.ts';
import type {Release} from '../../source/helm/types.ts';
import type {TlsPair} from '../../source/network/types.ts';
import type {Image} from '../../source/oci/image.ts';
import type {WorkspaceInfo, ZenmlSession} from '../../source/zenml/types.ts';

/** A refusal of a room below, with words of its own. */
export const refusal = (
	code: ProblemCode,
	message = `${code} happened.`,
	more: Partial<Problem> & {readonly facts?: Readonly<Record<string, string>>} = {},
): ProblemError => {
	const {facts = {}, ...problem} = more;
	const words = {area: 'cluster', message, cause: `Why ${code}.`, fix: `Mend ${code}.`} as const;
	return new ProblemError({code, ...words, ...problem}, {facts});
};

const chartOf = (name: string, version: string): Chart => ({
	name,
	version,
	annotations: {'zenml-airgap.io/databases': 'postgresql,mysql'},
	kubeVersion: '>=1.24.0-0',
	path: fileURLToPath(new URL(`../../rehearsal/charts/${name}`, import.meta.url)),
	digest: 'sha256:chart',
});

/** An image as far as steps look at it; it cannot be read. */
export const imageOf = (name: string, more: Partial<Image> = {}): Image => ({
	name,
	tag: '1.0',
	source: `vendor/${name}:1.0`,
	archive: `images/${name}.tar`,
	manifest: {mediaType: 'application/json', digest: `sha256:${name}`, bytes: Buffer.from('{}')},
	blobs: [],
	platform: {os: 'linux', architecture: 'amd64'},
	...more,
});

/** A bundle with the charts of the rehearsal. */
export const bundle: Bundle = {
	directory: '/bundle',
	manifest: {images: [], charts: [], registries: [], checksums: new Map()},
	images: ['zenml-pro-api', 'zenml-pro-dashboard', 'zenml-pro-server', 'zenml'].map((name) => imageOf(name)),
	controlPlaneChart: chartOf('zenml-pro', '0.13.18'),
	workspaceChart: chartOf('zenml', '0.95.1'),
	digest: 'sha256:bundle',
	warnings: [],
};
/** The port of a bundle that was opened. */
export const carried = (more: Partial<Bundle> = {}) => ({open: async () => ({...bundle, ...more})});

const nameOf = ({kind, namespace = '', name}: Pick<Reference, 'kind' | 'namespace' | 'name'>) =>
	`${kind} ${namespace}/${name}`;
const keyOf = ({kind, metadata: {namespace, name}}: KubeObject) => nameOf({kind, name, ...(namespace && {namespace})});

/** Groups that a plain cluster does not have. */
const added = /^(?:gateway\.networking\.k8s\.io|route\.openshift\.io)\//u;

/** A cluster that keeps objects, knows the kinds of added groups only where it has objects of them, and counts every write in their resourceVersion. */
export const kept = (...objects: readonly KubeObject[]) => {
	const all = new Map(objects.map((object) => [keyOf(object), object]));
	let version = 0;
	const put = (object: KubeObject): KubeObject => {
		version += 1;
		const stored = {...object, metadata: {...object.metadata, resourceVersion: String(version)}};
		all.set(keyOf(object), stored);
		return stored;
	};
	const port = {
		get: async (reference) => all.get(nameOf(reference)),
		list: async ({apiVersion, kind}) => {
			const found = [...all.values()].filter((object) => object.kind === kind);
			if (found.length === 0 && added.test(apiVersion)) throw refusal('kubernetes-no-such-kind');
			return found;
		},
		delete: async (reference) => {
			all.delete(nameOf(reference));
		},
		create: async (object) => (all.has(keyOf(object)) ? undefined : put(object)),
		replace: async (object) => (all.has(keyOf(object)) ? put(object) : undefined),
		// A dry run is answered and not kept.
		apply: async (object: KubeObject, options?: {readonly dryRun?: boolean | undefined}) =>
			options?.dryRun ? object : put(object),
		patch: async (reference, steps) => {
			const live = all.get(nameOf(reference));
			const [test, ...additions] = steps.map((step) => ({value: undefined, ...step}));
			if (!live || JSON.stringify(live.data) !== JSON.stringify(test?.value)) return undefined;
			const more = additions.map(({path, value}) => [path.replace('/data/', ''), value]);
			return put({...live, data: {...(live.data as object), ...Object.fromEntries(more)}});
		},
		diff: async ({data, ...object}) => {
			const live = all.get(keyOf(object as KubeObject));
			return JSON.stringify(live?.data) === JSON.stringify(data) ? [] : ['data'];
		},
	} satisfies Partial<ClusterPort>;
	return {...port, all};
};

/** A cluster in which no way back was begun, and no server was stopped for one. */
export const untouched = {get: async () => undefined, list: async () => []} satisfies Partial<ClusterPort>;

/** A cluster that takes what is noted beside a release, and nothing else. */
export const notes = (): Pick<ClusterPort, 'get' | 'apply'> => {
	const noted = new Map<string, KubeObject>();
	return {
		get: async ({name}) => noted.get(name),
		apply: async (object) => {
			noted.set(object.metadata.name, object);
			return object;
		},
	};
};

/** A Secret as the API gives it. */
export const secretObject = (namespace: string, name: string, data: Readonly<Record<string, string>>): KubeObject => ({
	apiVersion: 'v1',
	kind: 'Secret',
	metadata: {namespace, name},
	data: Object.fromEntries(
		Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'utf8').toString('base64')]),
	),
});

export const enrollment = {
	workspaceId: '22222222-2222-4222-8222-222222222222',
	organizationId: '11111111-1111-4111-8111-111111111111',
	organizationName: 'default',
	enrollmentKey: 'enrollment-key',
};

const made = {
	'controlPlane.admin.password': 'admin-password',
	'controlPlane.database.password': 'pro-password',
	'workspaces.default.database.password': 'workspace-password',
	'workspaces.default.encryptionKey': 'e'.repeat(64),
	'workspaces.default.jwtSecretKey': 'f'.repeat(64),
};
/** Everything that is generated for the site of these tests. */
export const generated = (more: Readonly<Record<string, string>> = {}): KubeObject =>
	secretObject('zenml-pro', 'zenml-airgap-generated', {...made, ...more});
/** The same once the workspace is enrolled. */
export const generatedAndEnrolled = (): KubeObject =>
	generated({'workspaces.default.enrollment': JSON.stringify(enrollment)});

/** The Ingress of the control plane, at 10.1.2.3. */
export const ingress = (point: object = {ip: '10.1.2.3'}): KubeObject => ({
	apiVersion: 'networking.k8s.io/v1',
	kind: 'Ingress',
	metadata: {namespace: 'zenml-pro', name: 'zenml-pro'},
	status: {loadBalancer: {ingress: [point]}},
});

export const podOf = (name: string, more: Partial<PodView> = {}): PodView => ({
	name,
	namespace: 'zenml-pro',
	phase: 'Running',
	status: 'Running',
	ready: true,
	containers: {ready: 1, total: 1},
	restarts: 0,
	images: ['registry.corp/zenml/zenml-pro-api:1.0'],
	stuck: false,
	...more,
});

export const releaseOf = (more: Partial<Release> = {}): Release => ({
	name: 'zenml-pro',
	namespace: 'zenml-pro',
	revision: 3,
	status: 'deployed',
	chart: 'zenml-pro-0.13.18',
	appVersion: '0.13.18',
	updated: '',
	description: '',
	...more,
});

/** What both charts render, as far as it is looked at: nothing that is wrong. */
export const rendered = `
apiVersion: batch/v1
kind: Job
metadata: {name: migration, annotations: {helm.sh/hook: pre-install}}
spec: {template: {spec: {containers: [{name: m, image: registry.corp/zenml/zenml-pro-server:1.0}]}}}
---
apiVersion: v1
kind: Secret
metadata: {name: zenml}
data: {ZENML_STORE_URL: eA==}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: zenml}
spec:
  template:
    spec:
      containers:
        - name: server
          image: registry.corp/zenml/zenml-pro-server:1.0
          resources: {limits: {cpu: 1}}
          env:
            - {name: ZENML_SERVER_PRO_ORGANIZATION_ID, value: 11111111-1111-4111-8111-111111111111}
            - {name: ZENML_SERVER_PRO_WORKSPACE_ID, value: 22222222-2222-4222-8222-222222222222}
`;

export const facts: DatabaseFacts = {
	version: '15.18',
	encoding: 'UTF8',
	maxConnections: 100,
	usedConnections: 5,
	canCreate: true,
	tables: 0,
	owner: 'zenml_pro_user',
	tls: 'TLSv1.3',
	isPooled: false,
	product: 'PostgreSQL',
	warnings: [],
};

const certificate = {
	subject: 'CN=zenml',
	issuer: 'CN=ca',
	names: ['zenml-pro.corp.internal', 'zenml.corp.internal'],
	notBefore: 0,
	notAfter: Date.UTC(2030, 0, 2),
	fingerprint: 'AA:BB',
	isCa: false,
};
export const pair: TlsPair = {certificate: 'crt', key: 'key', ca: 'ca', facts: certificate, caFacts: certificate};
export const goodPair = async () => ({pair, warnings: []});

/** Files of the answers hold their own path. */
export const files = {readFile: async (path: string) => `text of ${path}`};

export const info: WorkspaceInfo = {
	version: '0.95.1',
	deploymentType: 'kubernetes',
	databaseType: 'postgresql',
	secretsStoreType: 'sql',
	serverUrl: 'https://zenml.corp.internal',
	analyticsEnabled: false,
	proApiUrl: 'https://zenml-pro.corp.internal/api/v1',
	proOrganizationId: enrollment.organizationId,
	proWorkspaceId: enrollment.workspaceId,
};

/** A session of a control plane in which everything is there; every call is noted. */
export const sessionOf = (more: Partial<ZenmlSession> = {}) => {
	const calls: string[] = [];
	const admin = {id: 'u0', username: 'admin', superuser: true, active: true};
	const session: ZenmlSession = {
		me: async () => admin,
		users: async () => [admin],
		organizations: async () => [{id: enrollment.organizationId, name: 'default'}],
		roles: async () =>
			['Admin', 'Member', 'Viewer'].map((name) => ({
				id: `r-${name}`,
				name: `Organization ${name}`,
				level: 'organization',
			})),
		members: async () => [],
		workspaces: async () => [
			{id: enrollment.workspaceId, name: 'default', organizationId: enrollment.organizationId, status: 'available'},
		],
		createUser: async ({username, superuser}) => {
			calls.push(`create user ${username}`);
			return {id: `id of ${username}`, username, superuser, active: true};
		},
		createOrganization: async (name) => {
			calls.push(`create organization ${name}`);
			return {id: 'o1', name};
		},
		assignRole: async (role, user) => {
			calls.push(`assign ${role} to ${user}`);
		},
		takeRole: async (role, user) => {
			calls.push(`take ${role} from ${user}`);
		},
		setSuperuser: async (user, superuser) => {
			calls.push(`superuser ${user}: ${superuser}`);
		},
		teams: async () => [],
		teamMembers: async () => [],
		createTeam: async ({name}) => {
			calls.push(`create team ${name}`);
			return {id: `t-${name}`, name};
		},
		joinTeam: async (team, user) => {
			calls.push(`${user} joins ${team}`);
		},
		leaveTeam: async (team, user) => {
			calls.push(`${user} leaves ${team}`);
		},
		enroll: async ({name}) => {
			calls.push(`enroll ${name}`);
			const {workspaceId: id, organizationName, enrollmentKey} = enrollment;
			return {id, organizationName, enrollmentKey};
		},
		deleteWorkspace: async (id) => {
			calls.push(`delete workspace ${id}`);
		},
		...more,
	};
	return {calls, login: async () => session};
};
