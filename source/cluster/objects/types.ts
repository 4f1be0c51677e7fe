import type {ClusterPort, KubeObject, Selection} from '../types.ts';

/** The calls on single objects and lists: the part of the port that every other part is made of. */
export type ObjectApi = Pick<
	ClusterPort,
	'get' | 'list' | 'apply' | 'diff' | 'create' | 'replace' | 'patch' | 'delete' | 'logs'
> & {
	/** Like `list`, with the version from which a watch goes on. */
	readonly listVersioned: (
		of: Selection,
		signal: AbortSignal,
	) => Promise<{readonly items: readonly KubeObject[]; readonly resourceVersion: string}>;
};
