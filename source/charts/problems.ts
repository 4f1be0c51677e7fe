import {declareProblems} from '../base/problem-table.ts';

const otherBundle = 'Use a bundle with supported chart versions; nothing was changed.';

/** Problems of the charts in a bundle, told before anything is installed from them. */
export const chartsProblems = declareProblems({
	'chart-keys-unknown': {
		area: 'bundle',
		who: 'vendor',
		cause: 'Helm would ignore these keys without a word, and the installed system would be a wrong one.',
		fix: otherBundle,
		cases: {
			one: {message: 'The chart {chart} does not know a key that the answers need: {keys}'},
			several: {message: 'The chart {chart} does not know {count} keys that the answers need: {keys}'},
		},
	},
	'chart-key-without-effect': {
		area: 'bundle',
		who: 'vendor',
		message: 'Nothing that the chart {chart} renders depends on {keys}.',
		cause:
			'The chart names the key, but another value there renders the same: Helm would take it without a word, and the installed system would be a wrong one.',
		fix: otherBundle,
	},
	'chart-unreadable': {
		area: 'bundle',
		who: 'vendor',
		message: 'The Helm chart {chart} cannot be read.',
		fix: 'Verify the bundle, and copy it anew if it is damaged.',
		cases: {
			'no metadata': {cause: 'It has no Chart.yaml with a name and a version.'},
			damaged: {cause: 'It is damaged, or no chart: {words}'},
		},
	},
	'chart-versions-do-not-fit': {
		area: 'bundle',
		who: 'vendor',
		message: 'The charts of the bundle do not fit each other: {pair}.',
		fix: 'Ask for a bundle in which control plane and workspace server were released together.',
		cases: {
			'workspace server before 0.85.0': {
				cause: "By the vendor's release notes a control plane from 0.12.0 on needs workspace servers from 0.85.0 on.",
			},
		},
	},
	'database-not-set': {
		area: 'bundle',
		who: 'vendor',
		message: 'The rendered workspace server does not use the database of the answers.',
		cause: 'No Secret has ZENML_STORE_URL; the server would fall back to a file that is lost with its pod.',
		fix: otherBundle,
	},
	'image-from-outside': {
		area: 'bundle',
		who: 'vendor',
		message: 'The chart would pull from outside the internal registry {registry}.',
		cause: 'An image of the chart is not set by the answers; behind an air gap such a pod never starts.',
		fix: otherBundle,
	},
	'image-not-in-bundle': {
		area: 'bundle',
		who: 'vendor',
		message: 'The bundle has no image {image}.',
		cause: 'It has {images}.',
		fix: 'Ask for a complete bundle.',
	},
	'kubernetes-version-unfit': {
		area: 'prerequisites',
		who: 'cluster admin',
		message: 'The chart {chart} does not support Kubernetes {version}.',
		cause: 'It asks for Kubernetes {wanted}.',
		fix: 'Upgrade the cluster, or ask for a bundle whose charts support it.',
	},
	'migration-missing': {
		area: 'bundle',
		who: 'vendor',
		message: 'The rendered workspace server has no Job that migrates its database.',
		cause:
			'The chart did not take the database settings; the server would fall back to a file that is lost with its pod.',
		fix: otherBundle,
	},
	'public-control-plane': {
		area: 'bundle',
		who: 'vendor',
		message: "The rendered workspace server would call the vendor's public service.",
		cause: "The chart did not take the control plane's addresses.",
		fix: otherBundle,
	},
	'rendered-not-yaml': {
		area: 'bundle',
		who: 'vendor',
		cause: 'The chart is damaged.',
		fix: otherBundle,
		cases: {
			'no YAML': {message: 'The chart renders something that is not YAML.'},
			'no object': {message: 'The chart renders something that is no object of Kubernetes.'},
		},
	},
	'resources-missing': {
		area: 'bundle',
		who: 'vendor',
		message: 'The chart did not take the CPU and memory of the answers: {objects}.',
		cause: 'Its key for resources is another one.',
		fix: otherBundle,
	},
	'workspace-not-enrolled': {
		area: 'bundle',
		who: 'vendor',
		message: 'The rendered workspace server is not a member of the control plane.',
		cause: 'The chart did not take the identity from the enrolment: organization and workspace must be UUIDs.',
		fix: otherBundle,
	},
});

declare module '../base/problem.ts' {
	interface ProblemTables {
		readonly charts: typeof chartsProblems.table;
	}
}
