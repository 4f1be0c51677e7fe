import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {openLabAuthority} from './certificates.ts';
import {debianPrograms} from './debian.ts';
import type {LabFacts} from './facts.ts';
import {kubernetesBinary} from './kubernetes-build.ts';
import {ensurePart, type Part} from './part.ts';
import {apiUrl, controlPlane} from './parts/control-plane.ts';
import {postgresPart} from './parts/postgres.ts';
import {nameServerPart, passwordFile, registryPart, registryUser, zoneFolder} from './parts/services.ts';
import {type LabPaths, net} from './paths.ts';
import {type Say, timed} from './report.ts';

export type UpOptions = {
	/** Kubernetes minor, such as `1.34`. */
	readonly minor: string;
};

/**
 * Starts every part that does not run and waits for it; called inside the lab's namespaces.
 * @throws LabError with the part's name and log for the first one that does not come up.
 */
export const up = async (paths: LabPaths, options: UpOptions, say: Say): Promise<LabFacts> => {
	const debian = await debianPrograms(paths);
	const kubernetes = await kubernetesBinary(paths, options.minor, say);
	const authority = await openLabAuthority(paths.pki);
	const cluster = await controlPlane(paths, authority, kubernetes);
	const started: string[] = [];
	const ensure = async (part: Part, expected: string): Promise<void> => {
		await timed(say, part.name, expected, () => ensurePart(paths, part));
		started.push(part.name);
	};
	await ensure(await nameServerPart(paths, debian), 'less than 1 s');
	const [etcd, ...rest] = cluster.parts;
	await Promise.all([
		ensure(await registryPart(paths, authority, debian), 'about 1 s'),
		ensure(await postgresPart(paths, authority, debian), 'about 2 s'),
		(async () => {
			if (etcd) await ensure(etcd, 'about 1 s');
			for (const part of rest) await ensure(part, part.name === 'kube-apiserver' ? '5 to 15 s' : 'a few seconds');
		})(),
	]);
	const facts: LabFacts = {
		kubernetes: {version: kubernetes.version, kubeconfig: cluster.adminKubeconfig, url: apiUrl, node: false},
		registry: {host: net.registry, username: registryUser, passwordFile: await passwordFile(paths, 'registry')},
		postgres: {
			url: `postgresql://postgres@${net.postgres}:5432/postgres?sslmode=verify-full&sslrootcert=${authority.ca}`,
			passwordFile: await passwordFile(paths, 'postgres'),
		},
		ca: authority.ca,
		nameServer: `${net.node}:53`,
		zone: zoneFolder(paths),
		zoneName: net.zone,
		logs: join(paths.logs),
		parts: started,
	};
	await writeFile(paths.facts, `${JSON.stringify(facts, null, '\t')}\n`, {mode: 0o600});
	return facts;
};
