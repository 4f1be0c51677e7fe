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
			'control plane older than workspace': {
				cause:
					'A control plane is as new as its workspaces or newer: 0.13.13 came with workspace servers 0.94.4, 0.13.15 with 0.94.5, 0.13.18 with 0.95.1.',
			},
			'workspace server before 0.85.0': {
				cause: "By the vendor's release notes a control plane from 0.12.0 on needs workspace servers from 0.85.0 on.",
			},
		},
	},
	'database-engine-unfit': {
		area: 'usage',
		cause: 'It cannot run so. {why}',
		cases: {
			workspaces: {
				message: 'These workspaces cannot keep their data in {engine}, as {at} asks: {names}. They take {taken}.',
				fix: 'Workspaces take {taken} only: name such a server in workspaces.N.database.server, or set database.engine to mysql and give the control plane a server of its own in controlPlane.database.server.',
			},
			'workspace of its own': {
				message: 'Workspace {names} cannot keep its data in {engine}, as {at} asks. It takes {taken}.',
				fix: 'Name a {taken} server there, or leave it out and have database name one.',
			},
			'control plane': {
				message: 'The control plane cannot keep its data in {engine}, as {at} asks. It takes {taken}.',
				fix: 'Give it a {taken} server of its own in controlPlane.database.server.',
			},
		},
	},
	'client-newer-than-server': {
		area: 'bundle',
		who: 'vendor',
		message: 'The client images of the bundle are newer than its server: {clients}.',
		cause: 'The vendor supports no client that is newer than its server, which is {server}; runners start from it.',
		fix: 'Ask for a bundle with a client image of the version of the server.',
	},
	'database-not-set': {
		area: 'bundle',
		who: 'vendor',
		message: 'The rendered workspace server does not use the database of the answers.',
		cause: 'No Secret has ZENML_STORE_URL; the server would fall back to a file that is lost with its pod.',
		fix: otherBundle,
	},
	'environment-undoes-answers': {
		area: 'usage',
		message: 'The environment in {answer} sets what other answers decide: {names}.',
		cause: 'The server would take these variables instead of what the chart sets, without a word.',
		fix: 'Take them out, and change the answers that they are made from.',
	},
	'environment-contradicts-runners': {
		area: 'usage',
		message: 'The environment in {answer} says something else than workloadManager: {names}.',
		cause: 'The server would take these variables instead of those that are made from the answers: {decided}.',
		fix: 'Take them out of {answer}, and change {decided}.',
	},
	'helm-values-unfit': {
		area: 'usage',
		cases: {
			undone: {
				message: '{file} changes what other answers decide, or what this tool promises: {keys}.',
				cause:
					'The values of {answer} are laid over those that are made from the answers. Each of these keys is made from another answer, or keeps what this tool promises: address and way in, database, membership, images, keys, telemetry.',
				fix: 'Take them out of {file}, and change the answers that they are made from.',
			},
			variables: {
				message: '{file} sets variables that other answers decide: {keys}.',
				cause: 'The server would take them instead of what the chart sets, without a word.',
				fix: 'Take them out of {file}, and change the answers that they are made from.',
			},
			secret: {
				message: 'A secret stands in {file}: {keys}.',
				cause: 'Helm keeps all values in the cluster, and whoever reads the file reads it too.',
				fix: "Put it into a Secret of the release's namespace, and name that with the key of the chart that ends in SecretRef or SecretKeyRefs.",
			},
			'old section': {
				message: '{file} has the section {keys}, which the chart calls server now.',
				cause: 'The chart still takes the old one, and lets it win over what is made from the answers.',
				fix: 'Write these keys below server.',
			},
			'unknown keys': {
				message: 'The chart does not know keys of {file}: {keys}.',
				cause: 'Helm would ignore them without a word.',
				fix: 'Correct them in {file} ({answer}), or take them out.',
			},
			'no effect': {
				message: 'Keys of {file} change nothing of what the chart renders: {keys}.',
				cause: 'Helm would take them without a word.',
				fix: 'Correct them in {file} ({answer}), or take them out.',
			},
		},
	},
	'helm-values-unreadable': {
		area: 'usage',
		message: 'The file of values {file} cannot be read.',
		fix: 'Correct the file, or name another one.',
		cases: {
			'no file': {cause: 'The system says: {reason}'},
			'too large': {cause: 'It has more than {most}.'},
			'no YAML': {cause: 'Line {line} is no YAML, or gives a key twice.'},
			'no map': {cause: 'It holds no map of keys and values.'},
			'too much': {
				cause: 'Its aliases repeat too much or name nothing, or its lists and maps stand too deep in each other.',
				fix: 'Write the values out, without anchors and aliases.',
			},
		},
	},
	'image-from-outside': {
		area: 'bundle',
		who: 'vendor',
		message: 'The chart would pull from outside the internal registry {registry}.',
		cause: 'An image of the chart is not set by the answers; behind an air gap such a pod never starts.',
		fix: otherBundle,
	},
	'image-older-than-chart': {
		area: 'bundle',
		who: 'vendor',
		message: 'The image {image} is older than the chart {chart} can use.',
		cause: 'From {since} on the chart starts the migration of the database in a way that older images do not know.',
		fix: 'Ask for a bundle in which chart and image have the same version.',
	},
	'image-not-carried': {
		area: 'bundle',
		who: 'vendor',
		message: 'The chart would pull images that the bundle does not hold: {images}.',
		cause: 'The registry will have the images of the bundle only; a pod with another one never starts.',
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
	// Helm itself reads what a chart renders, and fails on what is none: so it was not Helm that answered.
	'rendered-not-yaml': {
		area: 'prerequisites',
		message: 'The helm program {program} did not answer "helm template" with manifests.',
		fix: 'Name Helm itself in helm.binary; a script in its place must print what Helm prints, and nothing else.',
		answers: ['helm.binary'],
		cases: {
			'no YAML': {cause: 'What it printed is not YAML.'},
			'no object': {cause: 'What it printed holds something that is no object of Kubernetes.'},
		},
	},
	'resources-missing': {
		area: 'bundle',
		who: 'vendor',
		message: 'The chart did not take the CPU and memory of the answers: {objects}.',
		cause: 'Its key for resources is another one.',
		fix: otherBundle,
	},
	'upgrade-jump-unfit': {
		area: 'prerequisites',
		message: 'The control plane cannot go from {from} to {to} in one step, because of its workspaces: {workspaces}.',
		cause:
			"By the vendor's release notes a control plane from 0.12.0 on needs workspace servers from 0.85.0 on. It is upgraded first, and these could not log in to it; those before 0.80.0 still speak of tenants.",
		fix: 'Upgrade by a bundle in between, with a control plane before 0.12.0 and workspace servers from 0.85.0 to 0.94.3; then use this one.',
		answers: ['bundle.path'],
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
