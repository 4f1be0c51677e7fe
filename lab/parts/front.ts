import {existsSync} from 'node:fs';
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {LabAuthority, Pair} from '../certificates.ts';
import {openLabAuthority} from '../certificates.ts';
import type {Debian} from '../debian.ts';
import {listening, type Part, script} from '../part.ts';
import {type LabPaths, net} from '../paths.ts';
import {zoneFolder} from './services.ts';

export const ingressClass = 'nginx';

/** The lab's ingress: a controller that writes configuration and status, and Debian's nginx that serves. In this order. */
export const frontParts = async (paths: LabPaths, debian: Debian, kubeconfig: string): Promise<readonly Part[]> => {
	const folder = join(paths.data, 'nginx');
	await mkdir(folder, {recursive: true});
	// As ingress controllers do: a certificate that nobody trusts where no Secret fits.
	const stranger = join(paths.pki, 'stranger');
	await mkdir(stranger, {recursive: true});
	const fallback: Pair = await (await openLabAuthority(stranger)).issue('fake', {
		user: 'Ingress Controller Fake Certificate',
		hosts: ['ingress.local'],
	});
	const settings = join(paths.config, 'ingress.json');
	const nginx = join(debian.root, 'usr/sbin/nginx');
	const text = {
		kubeconfig,
		className: ingressClass,
		address: net.node,
		folder,
		hosts: join(zoneFolder(paths), '10-services'),
		nginx,
		env: debian.env,
		fallback,
	};
	await writeFile(settings, JSON.stringify(text), {mode: 0o600});
	const file = join(folder, 'nginx.conf');
	const controller: Part = {
		name: 'ingress-controller',
		...script(new URL('../ingress.ts', import.meta.url), settings),
		env: {PATH: process.env.PATH ?? '', HOME: '/root'},
		ready: async () => {
			if (!existsSync(join(folder, 'tested'))) throw new Error('it has written and tested no configuration yet');
		},
	};
	const server: Part = {
		name: 'nginx',
		program: nginx,
		args: ['-c', file, '-p', folder, '-e', 'stderr', '-g', 'daemon off;'],
		env: debian.env,
		ports: [80, 443],
		ready: () => listening(net.node, 443),
	};
	return [controller, server];
};

/** Host names of the product in the lab and their certificate. */
export const labHosts = {controlPlane: `zenml-pro.${net.zone}`, workspace: `zenml-workspace.${net.zone}`} as const;

/** The certificate for the product's names, and the answers of an operator for this lab; YAML text has no secret in it. */
export const labAnswers = async (
	paths: LabPaths,
	authority: LabAuthority,
	bundle: string,
	programs: {readonly kubeconfig: string; readonly helm: string},
	passwords: {readonly registry: string; readonly postgres: string; readonly username: string},
) => {
	const pair = await authority.issue('product', {user: labHosts.controlPlane, hosts: Object.values(labHosts)});
	const trustStore = join(paths.config, 'ca-certificates.crt');
	if (!existsSync(trustStore)) await writeFile(trustStore, await readFile(authority.ca, 'utf8'));
	return {
		pair,
		answers: {
			version: 1,
			bundle: {path: bundle},
			kubernetes: {kubeconfig: programs.kubeconfig},
			helm: {binary: programs.helm},
			registry: {
				host: net.registry,
				username: passwords.username,
				password: `file:${passwords.registry}`,
				ca: authority.ca,
			},
			tls: {certificate: pair.cert, key: pair.key, ca: authority.ca},
			database: {
				engine: 'postgresql',
				host: net.postgres,
				admin: {username: 'postgres', password: `file:${passwords.postgres}`},
			},
			controlPlane: {
				host: labHosts.controlPlane,
				resources: {requests: {cpu: '50m', memory: '64Mi'}, limits: {cpu: '1', memory: '512Mi'}},
			},
			workspaces: [
				{
					name: 'default',
					host: labHosts.workspace,
					resources: {requests: {cpu: '50m', memory: '64Mi'}, limits: {cpu: '1', memory: '512Mi'}},
				},
			],
			network: {nameServer: `${net.node}:53`, trustStore},
		},
	};
};
