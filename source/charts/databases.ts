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

/**
 * The database engines a chart works with. Without the annotation: the workspace server (`zenml`) is documented for
 * MySQL 8 alone and raises "Invalid SQL driver value" on a `postgresql://` URL when it starts
 * (zenml/zen_stores/sql_zen_store.py, 0.93.0); the control plane (`zenml-pro`) for both.
 */
export const supportedDatabases = (chart: Pick<ChartMetadata, 'name' | 'version' | 'annotations'>): DatabaseSupport => {
	const declared = chart.annotations[databasesAnnotation]?.split(',').map((name) => name.trim().toLowerCase());
	const supported: readonly DatabaseEngine[] =
		declared !== undefined
			? engines.filter((engine) => declared.includes(engine))
			: chart.name === 'zenml'
				? ['mysql']
				: engines;
	if (supported.includes('postgresql')) return {engines: supported};
	return {
		engines: supported,
		warning:
			declared === undefined
				? `The workspace server of ${chart.name} ${chart.version} is documented for MySQL 8 only. With PostgreSQL its chart renders and installs, but the server stops at its start with "Invalid SQL driver value". Ask the vendor for a version that supports PostgreSQL before you go on.`
				: `The chart ${chart.name} ${chart.version} declares that it works with ${supported.join(', ') || 'no database this tool knows'}, not with PostgreSQL.`,
	};
};
