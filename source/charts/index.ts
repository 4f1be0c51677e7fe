export {auditProblem, auditValues} from './audit.ts';
export {type ChartContents, readChart} from './contents.ts';
export {type ControlPlaneSecrets, controlPlaneValues} from './control-plane.ts';
export {supportedDatabases} from './databases.ts';
export {type Effects, findEffects, shapeOf} from './effect/find.ts';
export {createEffectMemo, type EffectMemo} from './effect/memo.ts';
export {effectProblem, effectWarnings} from './effect/verdict.ts';
export {knows} from './keys.ts';
export {type Inspection, inspectRendered, type RenderedObject} from './rendered.ts';
export {
	type ImagePlaces,
	imageOf,
	imagePlaces,
} from './shared.ts';
export {kubeVersionFits, versionsFit} from './versions.ts';

export {type Enrollment, type WorkspaceSecrets, workspaceValues} from './workspace.ts';
