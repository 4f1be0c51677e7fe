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
const patterns = {
	tags: new RegExp(`^/v2/${name}/tags/list$`, 'u'),
	manifest: new RegExp(`^/v2/${name}/manifests/([A-Za-z0-9_][A-Za-z0-9._-]{0,127}|sha256:[0-9a-f]{64})$`, 'u'),
	blob: new RegExp(`^/v2/${name}/blobs/(sha256:[0-9a-f]{64})$`, 'u'),
	begin: new RegExp(`^/v2/${name}/blobs/uploads/?$`, 'u'),
	upload: new RegExp(`^/v2/${name}/blobs/uploads/([0-9a-f-]{36})$`, 'u'),
} as const;

/** @returns undefined for a path that a registry does not have */
export const routeOf = (path: string): Route | undefined => {
	if (path === '/v2/' || path === '/v2') return {kind: 'root'};
	if (path === '/v2/_catalog') return {kind: 'catalog'};
	const find = (kind: keyof typeof patterns) => patterns[kind].exec(path);
	const [, repository = '', rest = ''] =
		find('tags') ?? find('manifest') ?? find('blob') ?? find('upload') ?? find('begin') ?? [];
	if (repository === '') return undefined;
	if (find('tags')) return {kind: 'tags', repository};
	if (find('manifest')) return {kind: 'manifest', repository, reference: rest};
	if (find('blob')) return {kind: 'blob', repository, digest: rest};
	return find('upload') ? {kind: 'upload', repository, id: rest} : {kind: 'begin', repository};
};

/** The rights a request needs, as `repository:<name>:<action>`. */
export const accessOf = (route: Route, method: string, url: URL): readonly string[] => {
	if (!('repository' in route)) return [];
	const writes = route.kind === 'begin' || route.kind === 'upload' || method === 'PUT' || method === 'DELETE';
	const from = url.searchParams.get('from');
	return [
		`repository:${route.repository}:${writes ? 'push' : 'pull'}`,
		...(from !== null && url.searchParams.has('mount') ? [`repository:${from}:pull`] : []),
	];
};
