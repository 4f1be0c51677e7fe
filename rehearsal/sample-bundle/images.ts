import {type SampleImage, writeClassic, writeModern} from './archives.ts';
import type {Layer} from './layers.ts';

/** Versions of the charts, which are also the tags of their images. */
export type Versions = {readonly controlPlane: string; readonly workspace: string};

/** Parts of the layers' sizes; `base` is in every image, `python` in three. */
const weights = {base: 4, python: 5, 'control-plane-api': 3, dashboard: 3, server: 5, client: 4} as const;
const ofClientTools = {'client-tools': 2} as const;
export type LayerName = keyof typeof weights | keyof typeof ofClientTools | 'empty';

/** The parts of a bundle with or without the image of client tools. */
export const weightsOf = (clientTools: boolean): Readonly<Partial<Record<LayerName, number>>> =>
	clientTools ? {...weights, ...ofClientTools} : weights;

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

/** What the databases' own programs come from in a real bundle; in a rehearsal the kubelet plays it. */
const clientTools: Recipe = {
	file: 'images/client-tools.tar',
	reference: 'registry.example.com/tools/client-tools:1.0',
	entrypoint: '/bin/sh',
	layers: ['base', 'client-tools'],
	write: writeModern,
};

const recipesFor = (versions: Versions, made: ReadonlyMap<LayerName, Layer>): readonly Recipe[] => [
	...recipes(versions),
	...(made.has('client-tools') ? [clientTools] : []),
];

/** The images of a bundle, made of these layers: the product's four, and the client tools where they have a layer. */
export const imagesOf = (versions: Versions, made: ReadonlyMap<LayerName, Layer>): readonly ArchivedImage[] =>
	recipesFor(versions, made).map(({file, reference, entrypoint, layers, write}) => ({
		file,
		write,
		image: {
			reference,
			entrypoint: [entrypoint],
			layers: layers.map((name) => made.get(name)).filter((layer) => layer !== undefined),
		},
	}));
