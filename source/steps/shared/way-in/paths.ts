import {isMap} from '../../../base/text.ts';
import type {RenderedObject} from '../../../charts/index.ts';

/** A path of a host, and the Service behind it, as the chart's Ingress has them. */
export type ServedPath = {
	readonly path: string;
	readonly exact: boolean;
	readonly service: string;
	/** Port of the Service. */
	readonly port: number;
	/** What the pods call that port: its name in the Service, else its number there. */
	readonly targetPort: string | number;
};

type Json = Readonly<Record<string, unknown>>;

const mapOf = (value: unknown): Json => (isMap(value) ? value : {});
const mapsOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isMap) : []);

/** A port of a rendered Service, by the name or number that an Ingress gives it. */
const portOf = (services: readonly RenderedObject[], name: string, wanted: Json) => {
	const service = services.find(({metadata}) => metadata.name === name);
	const found = mapsOf(mapOf(service?.spec).ports).find((one) =>
		wanted.name === undefined ? one.port === wanted.number : one.name === wanted.name,
	);
	if (typeof found?.port !== 'number') return undefined;
	const own = typeof found.name === 'string' ? found.name : found.targetPort;
	return {port: found.port, targetPort: typeof own === 'string' || typeof own === 'number' ? own : found.port};
};

const pathIn = (services: readonly RenderedObject[], entry: Json): readonly ServedPath[] => {
	const backend = mapOf(mapOf(entry.backend).service);
	const service = String(backend.name ?? '');
	const port = portOf(services, service, mapOf(backend.port));
	if (!port) return [];
	const path = typeof entry.path === 'string' && entry.path !== '' ? entry.path : '/';
	return [{path, exact: entry.pathType === 'Exact', service, ...port}];
};

/** The paths of every Ingress among what a chart renders, the longest first; those whose Service it does not render are left out. */
export const servedPaths = (objects: readonly RenderedObject[]): readonly ServedPath[] => {
	const services = objects.filter(({kind}) => kind === 'Service');
	return objects
		.filter(({kind}) => kind === 'Ingress')
		.flatMap(({spec}) => mapsOf(mapOf(spec).rules))
		.flatMap(({http}) => mapsOf(mapOf(http).paths))
		.flatMap((entry) => pathIn(services, entry))
		.sort((left, right) => right.path.length - left.path.length || left.path.localeCompare(right.path));
};
