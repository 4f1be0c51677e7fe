import {join} from 'node:path';

/** Where the lab keeps things. `cache` outlives it (downloads, builds); `run` is the running lab and goes with `down`. */
export type LabPaths = {
	readonly cache: string;
	readonly run: string;
	readonly logs: string;
	readonly data: string;
	readonly pki: string;
	readonly config: string;
	/** The lab's addresses and files, for people and suites: `LabFacts` as JSON, mode 0600. */
	readonly facts: string;
	/** What the running lab was started as: `LabChoice` as JSON. */
	readonly choice: string;
	/** Process id, on the host, of the process that holds the namespaces. */
	readonly anchor: string;
};

/**
 * Folders from the environment: `XDG_CACHE_HOME` for the cache, `ZENML_AIRGAP_LAB_RUN` for the running lab (by default
 * `/var/tmp/zenml-airgap-lab`: the database server runs as another user and must be able to pass through).
 */
export const labPaths = (env: NodeJS.ProcessEnv): LabPaths => {
	const cache = join(env.XDG_CACHE_HOME || join(env.HOME ?? '/root', '.cache'), 'zenml-airgap', 'lab');
	const run = env.ZENML_AIRGAP_LAB_RUN || '/var/tmp/zenml-airgap-lab';
	return {
		cache,
		run,
		logs: join(run, 'logs'),
		data: join(run, 'data'),
		pki: join(run, 'pki'),
		config: join(run, 'config'),
		facts: join(run, 'lab.json'),
		choice: join(run, 'choice.json'),
		anchor: join(run, 'anchor.pid'),
	};
};

/** Addresses inside the lab's network namespace; nothing outside can reach them, so the usual ports are free. */
export const net = {
	node: '10.99.0.1',
	nodeName: 'lab-node',
	prefix: 24,
	bridge: 'lab0',
	services: '10.96.0.0/16',
	firstService: '10.96.0.1',
	pods: '10.244.0.0/24',
	zone: 'lab.internal',
	registry: 'registry.lab.internal:5000',
	tokenRegistry: 'tokens.lab.internal:5001',
	tokenServer: 'login.lab.internal:5002',
	postgres: 'postgres.lab.internal',
	mysql: 'mysql.lab.internal',
	mariadb: 'mariadb.lab.internal',
	/** Beside MySQL, which has the usual one. */
	mariadbPort: 3307,
} as const;
