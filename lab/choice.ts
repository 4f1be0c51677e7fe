import {readFile, writeFile} from 'node:fs/promises';
import type {LabPaths} from './paths.ts';
import {LabError} from './report.ts';

/** What a lab is started as; a running one keeps its minor. */
export type LabChoice = {
	/** Kubernetes minor, such as `1.34`. */
	readonly minor: string;
	/** Without a node nothing runs: enough for suites that only talk to the API. */
	readonly node: boolean;
};

const always = [
	...['dnsmasq', 'docker-registry', 'token-server', 'token-registry', 'postgres', 'mysql', 'mariadb'],
	...['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'],
] as const;
const ofNode = ['containerd', 'kubelet', 'kube-proxy', 'ingress-controller', 'nginx'] as const;

/** Every part of a lab by name, in the order of their start: what is not there is missing, started or not. */
export const partNames = ({node}: LabChoice): readonly string[] => (node ? [...always, ...ofNode] : always);

/** What the running lab was started as; undefined before it is chosen. */
export const readChoice = async (paths: LabPaths): Promise<LabChoice | undefined> => {
	const text = await readFile(paths.choice, 'utf8').catch(() => undefined);
	return text === undefined ? undefined : (JSON.parse(text) as LabChoice);
};

export const writeChoice = (paths: LabPaths, choice: LabChoice): Promise<void> =>
	writeFile(paths.choice, JSON.stringify(choice), {mode: 0o600});

/**
 * What to start, from what is asked for and what runs: a node is added to a lab without one, never taken away.
 * @param minors the minors that the lab can build
 * @throws LabError when the minor is none of those, or another one than runs
 */
export const choose = (
	asked: Partial<LabChoice>,
	running: LabChoice | undefined,
	minors: readonly string[],
): LabChoice => {
	if (asked.minor !== undefined && !minors.includes(asked.minor))
		throw new LabError(`Kubernetes '${asked.minor}' is not one of the lab's: ${minors.join(', ')}.`);
	if (running && asked.minor !== undefined && asked.minor !== running.minor)
		throw new LabError(`The lab that is up runs Kubernetes ${running.minor}. End it first: npm run lab -- down`);
	return {
		minor: asked.minor ?? running?.minor ?? '1.34',
		node: running?.node === true || (asked.node ?? true),
	};
};
