import type {ComponentPath} from '../../../answers/component-path.ts';
import type {Chart} from '../../../bundle/types.ts';
import type {ChartContents} from '../../../charts/index.ts';

/** A Helm release as the answers want it. `values` hold secrets: they go to helm's standard input and nowhere else. */
export type WantedRelease = {
	/** Whose release it is: problems name the answers below this path. */
	readonly component: ComponentPath;
	readonly name: string;
	readonly namespace: string;
	readonly chart: Chart;
	readonly contents: ChartContents;
	readonly values: Readonly<Record<string, unknown>>;
	readonly warnings: readonly string[];
};

/** Label selector of all that belongs to a release. */
export const selectorOf = (release: string): string => `app.kubernetes.io/instance=${release}`;

/** `release zenml-pro/zenml-pro`. */
export const labelOf = ({name, namespace}: Pick<WantedRelease, 'name' | 'namespace'>): string =>
	`release ${namespace}/${name}`;
