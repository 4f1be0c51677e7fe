/**
 * The steps of the install, in order, by the names that go to journals, `--from` and `--until`. They stand apart from the plan, so
 * that the command line can name them without reading what they do.
 */
export const installStepIds = [
	'bundle',
	'prerequisites',
	'images',
	'namespaces',
	'secrets',
	'databases',
	'control-plane',
	'onboarding',
	'workspaces',
	'dns',
	'ca',
	'workload-manager',
	'verification',
] as const;

/** A step of the install. */
export type InstallStepId = (typeof installStepIds)[number];
