import type {ComponentPath} from '../../answers/component-path.ts';
import type {Answers, ComponentAnswers, WorkspaceAnswers} from '../../answers/schema.ts';
import type {Image} from '../../oci/image.ts';

/** Label that marks every object this tool makes. */
export const managedBy = {'app.kubernetes.io/managed-by': 'zenml-airgap'} as const;

/** What a change of a Secret is told to be of: steps that follow from one know it by this. */
export const secretTarget = (namespace: string, name: string): string => `secret ${namespace}/${name}`;
/** Secret with the CA certificate, key `ca.crt`, in each namespace. */
export const caSecretName = 'zenml-ca';
/** Secret with the database password of the component, and the certificates of its database server. */
export const databaseSecretName = 'zenml-database';
/** Keys in it. */
export const databaseKeys = {
	password: 'password',
	ca: 'ca.pem',
	clientCertificate: 'client-cert.pem',
	clientKey: 'client-key.pem',
} as const;
/** Secret with what the control plane told of a workspace, key `enrollmentKey`, in its namespace. */
export const enrollmentSecretName = 'zenml-enrollment';

/** A component with the word for it in the answers and on screen. */
export type Component = {
	/** Prefix of its generated secrets: by name, so that the order of the list does not matter. */
	readonly id: string;
	/** Where it stands in the answers. */
	readonly path: ComponentPath;
	readonly label: string;
	readonly answers: ComponentAnswers;
};

/** Prefix of the generated secrets of a workspace; by name, so that the order of the list does not matter. */
export const workspaceId = ({name}: WorkspaceAnswers): string => `workspaces.${name}`;

/** The control plane among the components. */
export const controlPlaneOf = ({controlPlane}: Answers): Component => ({
	id: 'controlPlane',
	path: 'controlPlane',
	label: 'control plane',
	answers: controlPlane,
});

/** A workspace of these answers among the components. */
export const workspaceOf = ({workspaces}: Answers, workspace: WorkspaceAnswers): Component => ({
	id: workspaceId(workspace),
	path: `workspaces.${workspaces.indexOf(workspace)}`,
	label: `workspace ${workspace.name}`,
	answers: workspace,
});

/** Control plane first, then each workspace: the order in which things are made. */
export const componentsOf = (answers: Answers): readonly Component[] => [
	controlPlaneOf(answers),
	...answers.workspaces.map((workspace) => workspaceOf(answers, workspace)),
];

/** Namespaces that the install uses, without doubles. */
export const namespacesOf = (answers: Answers): readonly string[] => [
	...new Set([
		...componentsOf(answers).map(({answers: {namespace}}) => namespace),
		...(answers.workloadManager.enabled ? [answers.workloadManager.namespace] : []),
	]),
];

/** Repository of an image in the internal registry, without host: `zenml/zenml-pro-api`. */
export const repositoryOf = ({registry}: Answers, name: string): string =>
	registry.prefix === '' ? name : `${registry.prefix}/${name}`;

/** Full reference of an image in the internal registry. */
export const referenceOf = (answers: Answers, {name, tag}: Pick<Image, 'name' | 'tag'>): string =>
	`${answers.registry.host}/${repositoryOf(answers, name)}:${tag}`;
