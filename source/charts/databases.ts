import type {ChartMetadata} from './contents.ts';

export type DatabaseEngine = 'postgresql' | 'mysql';

export type DatabaseSupport = {
	readonly engines: readonly DatabaseEngine[];
	/** Set when the chart is not known to work with PostgreSQL. */
	readonly warning?: string;
};

/** A chart says here which engines it works with, separated by commas: `postgresql,mysql`. */
export const databasesAnnotation = 'zenml-airgap.io/databases';

const engines: readonly DatabaseEngine[] = ['postgresql', 'mysql'];

type Chart = Pick<ChartMetadata, 'name' | 'version' | 'annotations'>;

/** The engines that a chart itself says it works with; undefined where it says nothing. */
const declaredEngines = ({annotations}: Chart): readonly DatabaseEngine[] | undefined => {
	const names = annotations[databasesAnnotation]?.split(',').map((name) => name.trim().toLowerCase());
	return names && engines.filter((engine) => names.includes(engine));
};

/**
 * The database engines a chart works with. Without the annotation: the workspace server (`zenml`) is documented for
 * MySQL 8 alone and raises "Invalid SQL driver value" on a `postgresql://` URL when it starts
 * (zenml/zen_stores/sql_zen_store.py, 0.93.0); the control plane (`zenml-pro`) for both.
 */
export const supportedDatabases = (chart: Chart): DatabaseSupport => {
	const {name, version} = chart;
	const declared = declaredEngines(chart);
	const supported = declared ?? (name === 'zenml' ? ['mysql' as const] : engines);
	if (supported.includes('postgresql')) return {engines: supported};
	const warning = declared
		? `The chart ${name} ${version} declares that it works with ${declared.join(', ') || 'no database this tool knows'}, not with PostgreSQL.`
		: `The workspace server of ${name} ${version} is documented for MySQL 8 only. With PostgreSQL its chart renders and installs, but the server stops at its start with "Invalid SQL driver value". Ask the vendor for a version that supports PostgreSQL before you go on.`;
	return {engines: supported, warning};
};
