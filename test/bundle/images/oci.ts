import {indexTar} from '../../../source/archive/tar-index.ts';
import {tarTree} from '../../../source/archive/tree.ts';
import {type ReadOptions, readImages} from '../../../source/bundle/images/read-archive.ts';
import {sliceOf} from '../../archive/helpers.ts';
import {configOf, hex, layer, type Member, never, tarOf} from '../helpers.ts';

export const types = {
	index: 'application/vnd.oci.image.index.v1+json',
	manifest: 'application/vnd.oci.image.manifest.v1+json',
	config: 'application/vnd.oci.image.config.v1+json',
	layer: 'application/vnd.oci.image.layer.v1.tar',
} as const;

export type At = {readonly mediaType: string; readonly digest: string; readonly size: number};
type Entry = At & {readonly platform?: object; readonly annotations?: Readonly<Record<string, string>>};

export const archive = 'images/x.tar';

/** An OCI layout that is put together piece by piece. */
export const ociLayout = () => {
	const members: Record<string, Member> = {};
	const put = (content: Buffer | object, mediaType: string): At => {
		const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
		members[`blobs/sha256/${hex(bytes)}`] = bytes;
		return {mediaType, digest: `sha256:${hex(bytes)}`, size: bytes.length};
	};
	const manifest = (config: At, layers: readonly At[]): At =>
		put({schemaVersion: 2, mediaType: types.manifest, config, layers}, types.manifest);
	return {
		members,
		put,
		manifest,
		index: (manifests: readonly Entry[]): At => put({schemaVersion: 2, mediaType: types.index, manifests}, types.index),
		/** An image of one raw layer. */
		image: async (content: string, architecture = 'amd64') => {
			const layers = [await layer(content)];
			const config = put(configOf({reference: '', layers, architecture}), types.config);
			const layersAt = layers.map((bytes) => put(bytes, types.layer));
			return {config, layers: layersAt, at: manifest(config, layersAt)};
		},
		drop: ({digest}: At): void => {
			delete members[`blobs/${digest.replace(':', '/')}`];
		},
		/** One byte of a blob, flipped. */
		flip: ({digest}: At): void => {
			const name = `blobs/${digest.replace(':', '/')}`;
			const bytes = Buffer.from(members[name] as Buffer);
			bytes[10] = (bytes[10] ?? 0) ^ 1;
			members[name] = bytes;
		},
		/** Its archive with `index.json`. */
		with: (manifests: readonly Entry[]): Record<string, Member> => ({
			...members,
			'oci-layout': '{"imageLayoutVersion":"1.0.0"}',
			'index.json': JSON.stringify({schemaVersion: 2, manifests}),
		}),
	};
};

/** As skopeo and crane name an image in a layout. */
export const called = <T extends object>(at: T, name: string) => ({
	...at,
	annotations: {'org.opencontainers.image.ref.name': name},
});

export const readMembers = async (members: Record<string, Member>, options?: ReadOptions) =>
	readImages(tarTree(archive, await indexTar(await sliceOf(await tarOf(members)), never)), never, options);

export const keysOf = ({images}: Awaited<ReturnType<typeof readMembers>>): readonly string[] =>
	images.map(({name, tag}) => `${name}:${tag}`);
