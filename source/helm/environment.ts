import path from 'node:path';

/**
 * The environment that helm is started with: the given one without its `HELM_*`, and folders of our own below `home`.
 */
export const environmentOf = (options: {
	readonly environment: Readonly<Record<string, string | undefined>>;
	readonly home: string;
}): Readonly<Record<string, string>> => ({
	...Object.fromEntries(
		Object.entries(options.environment).flatMap(([key, value]) =>
			value === undefined || key.startsWith('HELM_') ? [] : [[key, value]],
		),
	),
	HELM_CACHE_HOME: path.join(options.home, 'cache'),
	HELM_CONFIG_HOME: path.join(options.home, 'config'),
	HELM_DATA_HOME: path.join(options.home, 'data'),
	// What it learns of the cluster's kinds; otherwise below the operator's home, or the working folder where HOME is not
	// set.
	KUBECACHEDIR: path.join(options.home, 'kube'),
});
