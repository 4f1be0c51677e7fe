import * as z from 'zod';
import {type ClientToolsEngine, clientToolsEngines, enginesInName} from '../../layout/client-tools.ts';

/** Vendor's guide, step 1.1 and 1.2: two regions of Amazon's registry, or Google's; charts in Amazon's public registry. */
const vendors = {
	ecr: {
		controlPlane: '715803424590.dkr.ecr.eu-west-1.amazonaws.com',
		workspace: '715803424590.dkr.ecr.eu-central-1.amazonaws.com',
	},
	gar: {
		controlPlane: 'europe-west3-docker.pkg.dev/zenml-cloud/zenml-pro',
		workspace: 'europe-west3-docker.pkg.dev/zenml-cloud/zenml-pro',
	},
} as const;

const version = z
	.string()
	.regex(/^(?!latest$)[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/u, 'must be a version such as 0.13.18; "latest" is none');
const place = z
	.string()
	.regex(/^(?:oci:\/\/)?[^\s@]+[^\s@/]$/u, 'must be a registry, or a registry and a path, without a slash at its end');
const file = z.string().min(1);

/**
 * What `bundle create` is asked for. Paths are relative to the file they stand in. Every key is optional here, because flags may
 * give versions; {@link completeSpec} tells what is missing.
 */
export const specSchema = z.strictObject({
	versions: z
		.strictObject({
			controlPlane: version.optional(),
			workspaces: z.array(version).min(1, 'must name one version at least').optional(),
		})
		.default({}),
	/** Where the vendor's images are pulled from. */
	vendor: z.enum(['ecr', 'gar'], 'must be ecr or gar').default('ecr'),
	/** Mirrors: each takes the place of the vendor's registry. */
	registries: z
		.strictObject({controlPlane: place.optional(), workspace: place.optional(), client: place.optional()})
		.default({}),
	/** `oci://` and the path of a chart, or a folder that holds it packed. */
	charts: z.strictObject({controlPlane: file.optional(), workspace: file.optional()}).default({}),
	platforms: z
		.array(z.string().regex(/^[a-z0-9]+\/[a-z0-9]+(?:\/[a-z0-9]+)?$/u, 'must be OS/ARCHITECTURE, such as linux/amd64'))
		.min(1, 'must name one platform at least')
		.default(['linux/amd64']),
	extraImages: z.array(z.string()).default([]),
	/** Images with the databases' own programs; `mysql=REFERENCE` where the name does not say for which engine. */
	clientTools: z
		.array(
			z
				.string()
				.regex(
					/^(?:(?:postgresql|mysql)=)?[^=\s]+$/u,
					'must be a reference, or postgresql=REFERENCE, or mysql=REFERENCE',
				),
		)
		.default([]),
	/** Images that charts name and that are left out knowingly. */
	ignoredImages: z.array(z.string()).default([]),
	unlistedImages: z.enum(['add', 'refuse'], 'must be add or refuse').default('add'),
	releaseNotes: file.optional(),
	sboms: z.array(z.strictObject({image: z.string(), file})).default([]),
	/** Take SBOMs that are attached to the images at their registry. */
	attachedSboms: z.boolean('must be true or false').default(true),
	tools: z
		.strictObject({
			/** A Linux helm to carry along; false for none. By default the one that pulls the charts. */
			helm: z.union([file, z.literal(false)], 'must be a path, or false').optional(),
			/** Executables of this tool, or the folder of a release with all of them. */
			executables: z.array(file).default([]),
			/** A folder with the program built for Node; false for none. By default the program that runs, where no executable comes along. */
			program: z.union([file, z.literal(false)], 'must be a path, or false').optional(),
		})
		.default({executables: []}),
	/** Registries that are reached in another way, by host and port. */
	hosts: z
		.record(
			z.string(),
			z.strictObject({plainHttp: z.boolean('must be true or false').default(false), ca: file.optional()}),
		)
		.default({}),
});

export type BundleSpec = z.infer<typeof specSchema>;

/** A spec whose versions are known. */
export type CompleteSpec = Omit<BundleSpec, 'versions'> & {
	readonly versions: {readonly controlPlane: string; readonly workspaces: readonly string[]};
};

const unique = <T>(values: readonly T[]): readonly T[] => [...new Set(values)];

/** `client-tools` of `registry.corp:5000/tools/client-tools:1.0`. */
const lastPartOf = (image: string): string => image.replace(/@.*$/u, '').replace(/^.*\//u, '').replace(/:.*$/u, '');

/** An image of client tools that is asked for, and the engines whose programs it has. */
export type ListedClientTools = {readonly image: string; readonly engines: readonly ClientToolsEngine[]};

/** The images of client tools; of one that stands there for each engine alone, both count. */
export const listedClientTools = ({clientTools}: Pick<CompleteSpec, 'clientTools'>): readonly ListedClientTools[] => {
	const engines = new Map<string, readonly ClientToolsEngine[]>();
	for (const text of clientTools) {
		const [, said, image = text] = /^(postgresql|mysql)=(.*)$/u.exec(text) ?? [];
		const own = said === undefined ? enginesInName(lastPartOf(image)) : [said as ClientToolsEngine];
		engines.set(image, [...(engines.get(image) ?? []), ...own]);
	}
	return [...engines].map(([image, found]) => ({
		image,
		engines: clientToolsEngines.filter((engine) => found.includes(engine)),
	}));
};

/** The images of the vendor's guide (step 1.1) for these versions, then client tools and the extra ones; each once. */
export const listedImages = (spec: CompleteSpec): readonly string[] => {
	const {versions, vendor, registries, extraImages} = spec;
	const controlPlane = registries.controlPlane ?? vendors[vendor].controlPlane;
	const workspace = registries.workspace ?? vendors[vendor].workspace;
	const client = registries.client ?? 'docker.io/zenmldocker';
	return unique([
		`${controlPlane}/zenml-pro-api:${versions.controlPlane}`,
		`${controlPlane}/zenml-pro-dashboard:${versions.controlPlane}`,
		...versions.workspaces.flatMap((of) => [`${workspace}/zenml-pro-server:${of}`, `${client}/zenml:${of}`]),
		...listedClientTools(spec).map(({image}) => image),
		...extraImages,
	]);
};

/** A chart to be fetched. `location` is `oci://HOST/PATH`, or a folder with `NAME-VERSION.tgz` in it. */
export type WantedChart = {
	readonly kind: 'control-plane' | 'workspace';
	readonly name: string;
	readonly version: string;
	readonly location: string;
};

/** The charts for these versions (guide, step 1.2). */
export const listedCharts = ({versions, charts}: CompleteSpec): readonly WantedChart[] => [
	{
		kind: 'control-plane',
		name: 'zenml-pro',
		version: versions.controlPlane,
		location: charts.controlPlane ?? 'oci://public.ecr.aws/zenml/zenml-pro',
	},
	...unique(versions.workspaces).map((of) => ({
		kind: 'workspace' as const,
		name: 'zenml',
		version: of,
		location: charts.workspace ?? 'oci://public.ecr.aws/zenml/zenml',
	})),
];
