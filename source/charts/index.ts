export {auditProblem, auditValues} from './audit.ts';
export {type ChartContents, readChart} from './contents.ts';
export {type ControlPlaneSecrets, controlPlaneValues} from './control-plane.ts';
export {type DatabaseCharts, engineProblems} from './databases.ts';
export {knows} from './keys.ts';
export {type Inspection, inspectRendered, type RenderedObject} from './rendered.ts';
export {
	type ImagePlaces,
	imageOf,
	imagePlaces,
} from './shared.ts';
export {kubeVersionFits, versionsFit} from './versions.ts';

export {type Enrollment, type WorkspaceSecrets, workspaceValues} from './workspace.ts';
