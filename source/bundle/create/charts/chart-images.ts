import {parseAllDocuments, parse as parseYaml} from 'yaml';
import {isMap} from '../../../base/text.ts';
import {parseReference} from '../reference.ts';
import type {WantedChart} from '../spec/spec.ts';

/** Values of a chart, as Helm merges them. */
export type Values = Readonly<Record<string, unknown>>;

/** An image of the list, as values of a chart name it. */
const imageValue = (images: readonly string[], name: string): Values | undefined => {
	const found = images.map(parseReference).find((one) => one?.name === name);
	return found && {repository: `${found.host}/${found.repository}`, tag: found.tag};
};

/**
 * Values that put the listed images where the installer puts them, so that what else is rendered is what the list lacks. The root of
 * the workspace chart is called `zenml` up to 0.94.1 and `server` since; a chart takes no notice of the other one.
 * @param images references, those of this chart's version
 */
export const imageValues = (kind: WantedChart['kind'], images: readonly string[]): Values => {
	if (kind === 'control-plane') {
		const [api, dashboard] = [imageValue(images, 'zenml-pro-api'), imageValue(images, 'zenml-pro-dashboard')];
		return {zenml: {image: {...(api && {api}), ...(dashboard && {dashboard})}}};
	}
	const image = imageValue(images, 'zenml-pro-server');
	return image ? {zenml: {image}, server: {image}} : {};
};

/** For charts that do not render without them: what every site has to give. */
export const placeholderValues = (kind: WantedChart['kind']): Values => {
	const shared = {
		serverURL: 'https://zenml.example.internal',
		ingress: {enabled: true, annotations: {}, host: 'zenml.example.internal'},
	};
	const access = {
		host: 'db.example.internal',
		port: 5432,
		username: 'zenml',
		password: 'placeholder',
		database: 'zenml',
	};
	const external = {type: 'postgres', ...access};
	const server = {...shared, database: {url: 'mysql://zenml:placeholder@db.example.internal:3306/zenml'}};
	return kind === 'control-plane' ? {zenml: {...shared, database: {external}}} : {zenml: server, server};
};

/** Maps merged, the right one wins. */
export const mergeValues = (left: Values, right: Values): Values =>
	Object.fromEntries(
		[...new Set([...Object.keys(left), ...Object.keys(right)])].map((key) => {
			const [a, b] = [left[key], right[key]];
			return [key, isMap(a) && isMap(b) ? mergeValues(a, b) : (b ?? a)];
		}),
	);

const containerLists: readonly string[] = ['containers', 'initContainers', 'ephemeralContainers'];

const containerImages = (value: unknown): readonly string[] => {
	if (Array.isArray(value)) return value.flatMap(containerImages);
	if (!isMap(value)) return [];
	return Object.entries(value).flatMap(([key, inner]) =>
		containerLists.includes(key) && Array.isArray(inner)
			? inner.flatMap((container) => (isMap(container) && typeof container.image === 'string' ? [container.image] : []))
			: containerImages(inner),
	);
};

const isTest = (object: Values): boolean => {
	const {annotations} = (object.metadata ?? {}) as {readonly annotations?: Values | null};
	return /(?:^|,)\s*test/u.test(String(annotations?.['helm.sh/hook'] ?? ''));
};

const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)].sort();

/** Images of all pods that a rendered chart would make; those of `helm test` apart, because an install never starts them. */
export const renderedImages = (
	rendered: string,
): {readonly images: readonly string[]; readonly tests: readonly string[]} => {
	const documents = parseAllDocuments(rendered);
	const objects = ('empty' in documents ? [] : documents)
		.map((document) => document.toJS({maxAliasCount: 100}) as unknown)
		.filter(isMap);
	const images = unique(objects.filter((object) => !isTest(object)).flatMap(containerImages));
	const tests = unique(objects.filter(isTest).flatMap(containerImages));
	return {images, tests: tests.filter((image) => !images.includes(image))};
};

/** Charts write an image as `repository` and `tag`, some with the `registry` apart; a tag that is empty is the chart's version. */
const imageOf = ({registry, repository, tag}: Values, version: string): string => {
	const host = typeof registry === 'string' && registry !== '' ? `${registry}/` : '';
	return `${host}${repository}:${String(tag ?? '') || version}`;
};

/** Is it an image by its parts, which nobody sets? */
const isNamed = (value: Values, set: Values): boolean =>
	typeof value.repository === 'string' && value.repository !== '' && 'tag' in value && set.repository === undefined;

/** Images of values, by their parts or as `image: NAME:TAG`. @param set values at the same place that the installer sets */
const imagesIn = (value: unknown, set: unknown, version: string): readonly string[] => {
	if (Array.isArray(value)) return value.flatMap((item) => imagesIn(item, undefined, version));
	if (!isMap(value)) return [];
	const own = isMap(set) ? set : {};
	const here = isNamed(value, own) ? [imageOf(value, version)] : [];
	const below = Object.entries(value).flatMap(([key, inner]) =>
		key === 'image' && typeof inner === 'string' && inner.includes(':') ? [inner] : imagesIn(inner, own[key], version),
	);
	return [...here, ...below];
};

/** `artifacthub.io/images` is a YAML list of `{name, image}` (artifacthub.io, Helm annotations). */
const annotatedImages = (text: string): readonly string[] => {
	try {
		const list: unknown = parseYaml(text);
		if (!Array.isArray(list)) return [];
		return list.flatMap((one) => (isMap(one) && typeof one.image === 'string' ? [one.image] : []));
	} catch {
		return [];
	}
};

/**
 * Images that the values or the annotations of a chart name: parts that are off by default. Where `placed` has an image, the
 * installer sets it.
 */
export const namedImages = (
	values: unknown,
	placed: unknown,
	{version, annotations}: {readonly version: string; readonly annotations: Readonly<Record<string, string>>},
): readonly string[] =>
	unique([...imagesIn(values, placed, version), ...annotatedImages(annotations['artifacthub.io/images'] ?? '')]);
