/** Problems of upgrades. */
export const upgradeTable = {
	'downgrade-refused': {
		area: 'prerequisites',
		message: '{chart} is older than what is installed: {live} in {label}.',
		cause:
			'Revision {revision} ({status}) has migrated the databases, or may have. They are migrated forward only: an older server fails on them or damages them.',
		fix: 'Use a bundle with that version or a newer one.',
		// Release and database come back together, or neither does.
		nextSteps: ['To go back all the same, release and database together: zenml-airgap back {component}'],
		answers: ['bundle.path'],
	},
	'release-under-other-name': {
		area: 'usage',
		message: 'The {label} is installed in namespace {namespace} as release {live}; the answers call it {release}.',
		cause: 'A second server would be made beside it, on the same database and for the same host.',
		fix: 'Set {answer} to {live}, or uninstall that release first.',
	},
	'release-in-other-namespace': {
		area: 'usage',
		message:
			'The {label} is installed in namespace {live} as release {release}; the answers name namespace {namespace}.',
		cause: 'A second server would be made there, for the same host, and nothing is moved between namespaces.',
		fix: 'Set {answer} to {live}.',
	},
	'administrator-renamed': {
		area: 'usage',
		message: 'The administrator of the control plane is "{live}"; the answers call it "{username}".',
		cause:
			'The installed control plane was made with that administrator, and a name in the answers does not rename it.',
		fix: 'Set controlPlane.admin.username to {live}; name further administrators in organization.users, as superuser.',
		answers: ['controlPlane.admin.username'],
	},
	'upgrade-not-installed': {
		area: 'prerequisites',
		cases: {
			nothing: {
				message: 'There is nothing to upgrade: no release {release} is in namespace {namespace}.',
				cause: 'Helm knows no revision of the control plane there.',
				fix: 'Install it with "zenml-airgap install", or name the namespace and release that it has.',
				answers: ['controlPlane.namespace', 'controlPlane.release'],
			},
			workspace: {
				message: 'Not installed: {labels}.',
				cause: 'The answers name them, and Helm knows no revision of them. An upgrade makes no new workspace.',
				fix: 'Install them first with the bundle that is installed and "zenml-airgap install", or take them out of the answers for the upgrade.',
				answers: ['workspaces'],
			},
		},
	},
	'upgrade-order': {
		area: 'prerequisites',
		message: 'The control plane would be older than {labels}.',
		cause:
			'It is to have version {version}, and what is installed of the workspaces needs a newer one: {why} A control plane is as new as its workspaces, or newer.',
		fix: 'Use a bundle whose control plane is as new as these workspaces.',
		answers: ['bundle.path'],
	},
	'upgrade-canary-unknown': {
		area: 'usage',
		message: 'There is no workspace "{name}" to be upgraded first.',
		cause: 'The answers have: {names}.',
		fix: 'Name one of these in upgrade.canary, or leave it out: then it is the first.',
		answers: ['upgrade.canary'],
	},
	'upgrade-conflict': {
		area: 'usage',
		message: '{count} of {label} were set by hand, and the upgrade would change them too.',
		cause:
			'Somebody changed them since this tool wrote the release, and the answers or the new chart want something else there: {paths}. Both sides stand below.',
		fix: 'Say for each whether it is kept or replaced: list its path in upgrade.keep or upgrade.replace, or decide for all in upgrade.conflicts.',
		answers: ['upgrade.keep', 'upgrade.replace', 'upgrade.conflicts'],
	},
	'upgrade-unverified': {
		area: 'verification',
		message: '{count} of {checks} checks of the {component} failed after its upgrade: {shares}.',
		cause: 'They are: {list}',
		fix: 'Mend each of them, or have it mended, then try again.',
	},
	'handover-clients': {
		area: 'people',
		message: '{title}: not confirmed {when}.',
		cause: 'Still to come: {missing}.',
		fix: 'Give the page to your users, then start the same command again and confirm it; or say upgrade.clients: tell.',
		answers: ['upgrade.clients'],
	},
} as const;
