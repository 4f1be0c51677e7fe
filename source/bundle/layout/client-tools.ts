import type {Image} from '../../oci/image.ts';
import type {BundleIndex} from './index-file.ts';

/** Engines whose programs an image of client tools may have, as databases call themselves in the answers. */
export const clientToolsEngines = ['postgresql', 'mysql'] as const;

export type ClientToolsEngine = (typeof clientToolsEngines)[number];

/** What lies in a bundle, as far as roles of images are told by it. */
type Held = {
	readonly images: readonly Image[];
	readonly index?: Pick<BundleIndex, 'images'> | undefined;
};

/** The words `client-tools` between signs that part words: `client-tools`, `zenml-client-tools`, `client-tools-mysql`. */
const clientToolsName = /(?:^|[-_.])client[-_]tools(?:$|[-_.])/u;

const engineNames: Readonly<Record<ClientToolsEngine, RegExp>> = {
	postgresql: /(?:^|[-_.])(?:postgres(?:ql)?|pg)(?:$|[-_.\d])/u,
	mysql: /(?:^|[-_.])(?:mysql|mariadb)(?:$|[-_.\d])/u,
};

/**
 * The engines that an image of client tools is for, told by its repository's last part: the one that it names, else both.
 * @param name e.g. `mysql-client-tools`
 */
export const enginesInName = (name: string): readonly ClientToolsEngine[] => {
	const named = clientToolsEngines.filter((engine) => engineNames[engine].test(name));
	return named.length === 0 ? clientToolsEngines : named;
};

/**
 * The engines whose programs an image has: what `bundle.json` says of it, else what its name says. Empty for an image that is none
 * of client tools.
 */
export const clientToolsEnginesOf = (
	{index}: Pick<Held, 'index'>,
	{name, tag}: Pick<Image, 'name' | 'tag'>,
): readonly ClientToolsEngine[] => {
	const listed = index?.images.find((one) => one.name === name && one.tag === tag);
	if (listed?.role === 'client-tools') return listed.engines ?? enginesInName(name);
	return clientToolsName.test(name) ? enginesInName(name) : [];
};

/**
 * The image of the bundle from which this engine's dump and restore run in the cluster: one for that engine alone before one for
 * both, then the first as the bundle has them.
 * @param bundle as it was opened @returns undefined where the bundle carries none for it
 */
export const clientToolsOf = (bundle: Held, engine: ClientToolsEngine): Image | undefined => {
	const fitting = bundle.images
		.map((image) => ({image, engines: clientToolsEnginesOf(bundle, image)}))
		.filter(({engines}) => engines.includes(engine));
	return (fitting.find(({engines}) => engines.length === 1) ?? fitting[0])?.image;
};
