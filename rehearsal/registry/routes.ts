/** A path of the OCI distribution specification 1.1, "Endpoints". */
export type Route =
	| {readonly kind: 'root'}
	| {readonly kind: 'catalog'}
	| {readonly kind: 'tags'; readonly repository: string}
	| {readonly kind: 'manifest'; readonly repository: string; readonly reference: string}
	| {readonly kind: 'blob'; readonly repository: string; readonly digest: string}
	| {readonly kind: 'begin'; readonly repository: string}
	| {readonly kind: 'upload'; readonly repository: string; readonly id: string};

const name = '([a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*)';
const tag = '[A-Za-z0-9_][A-Za-z0-9._-]{0,127}';
const digest = 'sha256:[0-9a-f]{64}';

type Form = readonly [RegExp, (repository: string, rest: string) => Route];

const form = (path: string, route: Form[1]): Form => [new RegExp(`^/v2${path}$`, 'u'), route];

const forms: readonly Form[] = [
	form('/?', () => ({kind: 'root'})),
	form('/_catalog', () => ({kind: 'catalog'})),
	form(`/${name}/tags/list`, (repository) => ({kind: 'tags', repository})),
	form(`/${name}/manifests/(${tag}|${digest})`, (repository, reference) => ({kind: 'manifest', repository, reference})),
	form(`/${name}/blobs/(${digest})`, (repository, rest) => ({kind: 'blob', repository, digest: rest})),
	form(`/${name}/blobs/uploads/([0-9a-f-]{36})`, (repository, id) => ({kind: 'upload', repository, id})),
	form(`/${name}/blobs/uploads/?`, (repository) => ({kind: 'begin', repository})),
];

/** @returns undefined for a path that a registry does not have */
export const routeOf = (path: string): Route | undefined => {
	for (const [pattern, route] of forms) {
		const [whole, repository = '', rest = ''] = pattern.exec(path) ?? [];
		if (whole !== undefined) return route(repository, rest);
	}
	return undefined;
};

/** The rights a request needs, as `repository:<name>:<action>`. */
export const accessOf = (route: Route, method: string, query: URLSearchParams): readonly string[] => {
	if (!('repository' in route)) return [];
	const writes = ['begin', 'upload'].includes(route.kind) || ['PUT', 'DELETE'].includes(method);
	const from = query.get('from');
	return [
		`repository:${route.repository}:${writes ? 'push' : 'pull'}`,
		...(from !== null && query.has('mount') ? [`repository:${from}:pull`] : []),
	];
};
