import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {stringify} from 'yaml';
import {fetchHelm} from '../scripts/fetch-helm.mjs';
import {type LabAuthority, openLabAuthority} from './certificates.ts';
import type {LabChoice} from './choice.ts';
import {clientToolsRoot} from './client-tools.ts';
import {type Debian, debianPrograms} from './debian.ts';
import type {LabFacts} from './facts.ts';
import {earlierVersions, labBundle, productVersions} from './image-bundle.ts';
import {type KubernetesBinary, kubernetesBinary} from './kubernetes-build.ts';
import {mysqlServer} from './mysql-packages.ts';
import {seedCluster} from './objects.ts';
import {ensurePart, type Part} from './part.ts';
import {apiUrl, type ControlPlane, controlPlane} from './parts/control-plane.ts';
import {frontParts, ingressClass, labAnswers} from './parts/front.ts';
import {mariadbPart} from './parts/mariadb.ts';
import {mysqlPart} from './parts/mysql.ts';
import {containerdPart, importPauseImage, kubeletPart, proxyPart} from './parts/node.ts';
import {postgresPart} from './parts/postgres.ts';
import {readerUser, registryPart, registryUser, tokenLifeFile, tokenParts} from './parts/registries.ts';
import {nameServerPart, passwordFile, zoneFolder} from './parts/services.ts';
import {type LabPaths, net} from './paths.ts';
import {LabError, type Say, timed} from './report.ts';
import {zenmlServer} from './zenml-server.ts';

type Site = {
	readonly paths: LabPaths;
	readonly debian: Debian;
	readonly kubernetes: KubernetesBinary;
	readonly authority: LabAuthority;
	readonly cluster: ControlPlane;
};

/** A helm from the cache or the npm registry; by default that of `npm start`: the operator's answers name it, for none need be on PATH. */
const labHelm = async (version: Parameters<typeof fetchHelm>[0] = '4.2.3'): Promise<string> => {
	try {
		return (await fetchHelm(version)).helm;
	} catch (error) {
		throw new LabError(`Helm for the lab: ${error instanceof Error ? error.message : String(error)}`);
	}
};

/** Fetches what Debian and PyPI have for the lab, once. @throws LabError with the last words of apt or pip */
export const fetchPackages = async (paths: LabPaths): Promise<Debian> => {
	await mysqlServer(paths);
	const debian = await debianPrograms(paths);
	for (const {workspace} of [productVersions, earlierVersions]) await zenmlServer(paths, debian, workspace);
	await clientToolsRoot(paths);
	return debian;
};

/** Downloads, builds and makes what the lab needs; called outside, where package sources can be reached. */
export const prepare = async (paths: LabPaths, {minor, node}: LabChoice, say: Say): Promise<void> => {
	const debian = await timed(say, 'Packages of Debian and PyPI', 'about 3 min, once', () => fetchPackages(paths));
	await kubernetesBinary(paths, minor, say);
	if (!node) return;
	await timed(say, 'Helm', 'about 10 s, once', async () => {
		await labHelm();
		// The suite of journeys compares this one too, and inside there is no way to fetch it.
		await labHelm('3.18.0');
	});
	await labBundle(paths, debian, net.registry, say);
	await labBundle(paths, debian, net.registry, say, earlierVersions);
};

// What fails is told last, when nothing else is on its way that would push it off the screen.
const allOf = async (works: readonly (() => Promise<void>)[]): Promise<void> => {
	for (const result of await Promise.allSettled(works.map((work) => work())))
		if (result.status === 'rejected') throw result.reason;
};

const startNode = async (site: Site, ensure: (part: Part, expected: string) => Promise<void>): Promise<void> => {
	const {paths, authority, debian, kubernetes, cluster} = site;
	await ensure(await containerdPart(paths, authority, debian), 'about 1 s');
	await importPauseImage(paths, debian);
	await allOf([
		async () => ensure(await kubeletPart(paths, authority, debian, kubernetes, cluster.admin), '5 to 20 s'),
		async () => ensure(await proxyPart(paths, authority, debian, kubernetes), 'a few seconds'),
	]);
};

/**
 * Starts every part that does not run and waits for it; called inside the lab's namespaces.
 * @throws LabError with the part's name and log for the first one that does not come up.
 */
export const up = async (paths: LabPaths, options: LabChoice, say: Say): Promise<LabFacts> => {
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
	const tokens = await tokenParts(paths, authority, debian);
	await allOf([
		async () => ensure(await registryPart(paths, authority, debian), 'about 1 s'),
		() => ensure(tokens.server, 'about 1 s'),
		() => ensure(tokens.registry, 'about 1 s'),
		async () => ensure(await postgresPart(paths, authority, debian), 'about 2 s'),
		async () => ensure(await mysqlPart(paths, authority, await mysqlServer(paths)), 'about 10 s'),
		async () => ensure(await mariadbPart(paths, authority, debian), 'about 3 s'),
		async () => {
			for (const part of cluster.parts)
				await ensure(part, part.name === 'kube-apiserver' ? '5 to 20 s' : 'a few seconds');
		},
	]);
	const kubeconfig = cluster.adminKubeconfig;
	await seedCluster(kubeconfig, ingressClass);
	const registry = {host: net.registry, username: registryUser, passwordFile: await passwordFile(paths, 'registry')};
	const postgres = {
		url: `postgresql://postgres@${net.postgres}:5432/postgres?sslmode=verify-full&sslrootcert=${authority.ca}`,
		passwordFile: await passwordFile(paths, 'postgres'),
	};
	let facts: LabFacts = {
		kubernetes: {version: kubernetes.version, kubeconfig, url: apiUrl, node: options.node},
		registry,
		tokenRegistry: {
			host: net.tokenRegistry,
			username: registryUser,
			passwordFile: await passwordFile(paths, 'tokens'),
			reader: {username: readerUser, passwordFile: await passwordFile(paths, 'reader')},
			server: `https://${net.tokenServer}/token`,
			lifeFile: tokenLifeFile(paths),
		},
		postgres,
		mysql: {host: net.mysql, port: 3306, passwordFile: await passwordFile(paths, 'mysql')},
		mariadb: {host: net.mariadb, port: net.mariadbPort, passwordFile: await passwordFile(paths, 'mariadb')},
		ca: authority.ca,
		nameServer: `${net.node}:53`,
		zone: zoneFolder(paths),
		zoneName: net.zone,
		logs: paths.logs,
		parts: started,
	};
	if (options.node) {
		await startNode({paths, debian, kubernetes, authority, cluster}, ensure);
		for (const part of await frontParts(paths, debian, kubeconfig)) await ensure(part, 'about 1 s');
		const passwords = {
			registry: registry.passwordFile,
			postgres: postgres.passwordFile,
			mysql: await passwordFile(paths, 'mysql'),
			username: registryUser,
		};
		const {pair, answers} = await labAnswers(
			paths,
			authority,
			await labBundle(paths, debian, net.registry, say),
			{kubeconfig, helm: await labHelm()},
			passwords,
		);
		const answersFile = join(paths.config, 'answers.yaml');
		await writeFile(answersFile, stringify(answers), {mode: 0o600});
		facts = {
			...facts,
			ingress: {address: net.node, httpsPort: 443, className: ingressClass},
			tls: {certificate: pair.cert, key: pair.key},
			answers: answersFile,
			earlierBundle: await labBundle(paths, debian, net.registry, say, earlierVersions),
		};
	}
	await writeFile(paths.facts, `${JSON.stringify(facts, null, '\t')}\n`, {mode: 0o600});
	return facts;
};
