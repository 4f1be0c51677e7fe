import {type SampleImage, writeClassic, writeModern} from './archives.ts';
import type {Layer} from './layers.ts';

/** Versions of the charts, which are also the tags of their images. */
export type Versions = {readonly controlPlane: string; readonly workspace: string};

/** Parts of the layers' sizes; `base` is in all four images, `python` in three. */
export const weights = {base: 4, python: 5, 'control-plane-api': 3, dashboard: 3, server: 5, client: 4} as const;
export type LayerName = keyof typeof weights | 'empty';

/** An image of the sample and the archive that it lies in. */
export type ArchivedImage = {
	/** Path in the bundle. */
	readonly file: string;
	readonly image: SampleImage;
	readonly write: (file: string, image: SampleImage) => Promise<void>;
};

type Recipe = {
	readonly file: string;
	readonly reference: string;
	readonly entrypoint: string;
	readonly layers: readonly LayerName[];
	readonly write: ArchivedImage['write'];
};

const ecr = (region: string): string => `715803424590.dkr.ecr.${region}.amazonaws.com`;

const recipes = ({controlPlane, workspace}: Versions): readonly Recipe[] => [
	{
		file: 'images/zenml-pro-api.tar',
		reference: `${ecr('eu-west-1')}/zenml-pro-api:${controlPlane}`,
		entrypoint: '/opt/api',
		layers: ['base', 'python', 'control-plane-api'],
		write: writeModern,
	},
	{
		file: 'images/zenml-pro-dashboard.tar',
		reference: `${ecr('eu-west-1')}/zenml-pro-dashboard:${controlPlane}`,
		entrypoint: '/opt/dashboard',
		layers: ['base', 'dashboard'],
		write: writeClassic,
	},
	{
		file: 'images/zenml-pro-server.tar',
		reference: `${ecr('eu-central-1')}/zenml-pro-server:${workspace}`,
		entrypoint: '/opt/server',
		layers: ['base', 'python', 'server'],
		write: writeModern,
	},
	{
		file: 'images/zenml-client.tar',
		reference: `zenmldocker/zenml:${workspace}`,
		entrypoint: '/opt/client',
		layers: ['base', 'empty', 'python', 'client', 'empty'],
		write: writeClassic,
	},
];

/** The four images of a bundle, made of these layers. */
export const imagesOf = (versions: Versions, made: ReadonlyMap<LayerName, Layer>): readonly ArchivedImage[] =>
	recipes(versions).map(({file, reference, entrypoint, layers, write}) => ({
		file,
		write,
		image: {
			reference,
			entrypoint: [entrypoint],
			layers: layers.map((name) => made.get(name)).filter((layer) => layer !== undefined),
		},
	}));
