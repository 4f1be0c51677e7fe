import {createHash} from 'node:crypto';
import {readdir, readFile} from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {onTestFinished} from 'vitest';
import {type RegistryOptions, type RehearsalRegistry, startRegistry} from '../../../rehearsal/registry/index.ts';
import {packChart} from '../../../rehearsal/sample-bundle/index.ts';
import type {ChartPort} from '../../../source/bundle/create/charts/charts.ts';
import {type CompleteSpec, specSchema} from '../../../source/bundle/create/spec/spec.ts';
import {completeSpec} from '../../../source/bundle/create/spec/spec-file.ts';
import type {Image} from '../../../source/oci/image.ts';
import type {ImageSource} from '../../../source/oci/image-source.ts';
import {createRegistry} from '../../../source/registry/registry.ts';
import {imageOf, noise, push, quick} from '../../registry/helpers.ts';
import {temporary} from '../helpers.ts';

export {noise} from '../../registry/helpers.ts';
export {never, problemOf, temporary} from '../helpers.ts';

export const sha256 = (bytes: Buffer | string): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
export const versions = {controlPlane: '0.13.18', workspace: '0.95.1'} as const;
const root = fileURLToPath(new URL('../../..', import.meta.url));
export const chartFolder = (name: string): string => path.join(root, 'rehearsal/charts', name);

/** An image under another name, tag and platform. */
export const image = (name: string, tag: string, layers: readonly Buffer[]): Image => ({...imageOf(name, layers), tag});

/** The four images of the vendor's guide; two layers are shared. */
export const productImages = (size = 200_000): readonly Image[] => {
	const base = noise('base', size);
	return [
		image('zenml-pro-api', versions.controlPlane, [base, noise('api', size)]),
		image('zenml-pro-dashboard', versions.controlPlane, [base, noise('dashboard', size)]),
		image('zenml-pro-server', versions.workspace, [base, noise('server', size)]),
		image('zenml', versions.workspace, [base, noise('client', size)]),
	];
};

/** A rehearsal registry with images below `zenml/`. */
export const vendorRegistry = async (
	images: readonly Image[],
	options: Partial<RegistryOptions> = {},
): Promise<RehearsalRegistry> => {
	const server = await startRegistry({dataDirectory: await temporary(), ...options});
	onTestFinished(() => server.stop());
	const [user] = options.users ?? [];
	const client = createRegistry({
		host: server.host,
		plainHttp: true,
		retries: quick,
		...(user ? {username: user.username, password: async () => user.password} : {}),
	});
	onTestFinished(client.close);
	for (const one of images) await push(client, one, `zenml/${one.name}`);
	return server;
};

const get = (host: string, target: string, headers: Record<string, string> = {}): Promise<http.IncomingMessage> =>
	new Promise((resolve, reject) => {
		http.get(`http://${host}${target}`, {headers, agent: false}, resolve).on('error', reject);
	});

/** Asked for every blob: what to do with its stream. */
export type Tamper = (digest: string, from: number, chunks: AsyncIterable<Buffer>) => AsyncIterable<Buffer>;

/** The plainest source there can be, over a registry without a login. */
export const plainSource = (
	tamper: Tamper = (_digest, _from, chunks) => chunks,
): ImageSource & {readonly asked: string[]} => {
	const asked: string[] = [];
	return {
		asked,
		readManifest: async ({host, repository, reference}) => {
			const response = await get(host, `/v2/${repository}/manifests/${reference}`);
			const parts: Buffer[] = [];
			for await (const chunk of response) parts.push(chunk as Buffer);
			if (response.statusCode !== 200) throw new Error(`${response.statusCode} for ${repository}:${reference}`);
			const bytes = Buffer.concat(parts);
			return {mediaType: response.headers['content-type'] ?? '', digest: sha256(bytes), bytes};
		},
		readBlob: ({host, repository}, {digest}, {from}) => {
			asked.push(`${digest} ${from}`);
			const whole = (async function* () {
				const response = await get(host, `/v2/${repository}/blobs/${digest}`);
				if (response.statusCode !== 200) throw new Error(`${response.statusCode} for ${digest}`);
				let skip = from;
				for await (const chunk of response as AsyncIterable<Buffer>) {
					if (chunk.length > skip) yield chunk.subarray(skip);
					skip = Math.max(0, skip - chunk.length);
				}
			})();
			return tamper(digest, from, whole);
		},
		referrers: async () => [],
	};
};

/** Charts of the rehearsal, packed in a folder. */
export const chartsIn = async (folder: string): Promise<void> => {
	const {writeFile} = await import('node:fs/promises');
	for (const [name, version] of [
		['zenml-pro', versions.controlPlane],
		['zenml', versions.workspace],
	] as const) {
		const {fileName, bytes} = await packChart(chartFolder(name), version);
		await writeFile(path.join(folder, fileName), bytes);
	}
};

/** A chart port without Helm: charts lie in a folder and render to what the test says. */
export const quietCharts = (rendered = ''): ChartPort => ({
	pull: async () => {
		throw new Error('no chart is pulled here');
	},
	render: async () => rendered,
	values: async () => '',
});

export const specOf = (host: string, charts: string, more: Record<string, unknown> = {}): CompleteSpec =>
	completeSpec(
		specSchema.parse({
			versions: {controlPlane: versions.controlPlane, workspaces: [versions.workspace]},
			registries: {controlPlane: `${host}/zenml`, workspace: `${host}/zenml`, client: `${host}/zenml`},
			charts: {controlPlane: charts, workspace: charts},
			...more,
		}),
	);

/** Every file of a folder with its bytes, by path. */
export const filesOf = async (folder: string): Promise<ReadonlyMap<string, string>> => {
	const found = new Map<string, string>();
	for (const entry of await readdir(folder, {recursive: true, withFileTypes: true})) {
		if (!entry.isFile()) continue;
		const file = path.join(entry.parentPath, entry.name);
		found.set(file.slice(folder.length + 1), sha256(await readFile(file)));
	}
	return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
};
