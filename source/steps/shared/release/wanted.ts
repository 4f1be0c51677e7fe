import type {ComponentPath} from '../../../answers/component-path.ts';
import type {Problem} from '../../../base/problem.ts';
import type {Chart} from '../../../bundle/types.ts';
import type {ChartContents, ValuesFile} from '../../../charts/index.ts';
import type {KubeObject} from '../../../cluster/types.ts';

/** The operator's own values, which lie over those that are made from the answers. */
export type OperatorValues = ValuesFile & {
	/** What is made from the answers alone. */
	readonly ours: Readonly<Record<string, unknown>>;
	readonly theirs: Readonly<Record<string, unknown>>;
	/** Why they are not taken. */
	readonly problems: readonly Problem[];
};

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
	/** Secrets that its pods read, which this tool keeps beside it. */
	readonly beside?: readonly KubeObject[] | undefined;
	/** References of the bundle's images as they will be at the registry. */
	readonly images?: readonly string[] | undefined;
	/** Names of the environment variables that the answers give. */
	readonly variables?: readonly string[] | undefined;
	/** What others have set in the release by hand and is kept; `values` have it. */
	readonly edits?:
		| {
				/** What is made from the answers, without it. */
				readonly ours: Readonly<Record<string, unknown>>;
				readonly kept: readonly (readonly string[])[];
				/** What the release had; absent where its record says enough. */
				readonly live?: unknown;
		  }
		| undefined;
	/** What the operator's file adds to them, where the answers name one. */
	readonly operator?: OperatorValues | undefined;
};

/** Label selector of all that belongs to a release. */
export const selectorOf = (release: string): string => `app.kubernetes.io/instance=${release}`;

/** `release zenml-pro/zenml-pro`. */
export const labelOf = ({name, namespace}: Pick<WantedRelease, 'name' | 'namespace'>): string =>
	`release ${namespace}/${name}`;
