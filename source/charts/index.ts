export {auditProblem, auditValues, type UnknownKey} from './audit.ts';
export {type ChartContents, type ChartMetadata, readChart} from './contents.ts';
export {type ControlPlaneSecrets, controlPlaneValues} from './control-plane.ts';
export {type DatabaseEngine, type DatabaseSupport, databasesAnnotation, supportedDatabases} from './databases.ts';
export {type KeyTree, knows} from './keys.ts';
export {type Inspection, inspectRendered, type RenderedObject} from './rendered.ts';
export {
	apiUrl,
	type ChartValues,
	httpsUrl,
	type ImagePlaces,
	imageOf,
	imagePlaces,
	type SecretKey,
} from './shared.ts';
export {kubeVersionFits, type Verdict, versionsFit} from './versions.ts';
export {workloadManagerEnvironment} from './workload-manager.ts';
export {type Enrollment, serverPool, type WorkspaceSecrets, workspaceRoot, workspaceValues} from './workspace.ts';
