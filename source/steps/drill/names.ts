import {drillNamespace} from '../../answers/drill-namespace.ts';
import {scratchPrefix} from '../../database/scratch/names.ts';
import {managedBy} from '../shared/names.ts';

export {drillNamespace};

/** Says that a namespace was made by a drill, and may go with all that is in it. */
export const drillLabels = {...managedBy, 'zenml-airgap.io/drill': 'scratch'} as const;

/** Hosts of the scratch servers. `.invalid` never resolves (RFC 2606): nobody takes them for the real ones. */
export const scratchHost = (id: string): string => `${id}.drill.invalid`;

/** `zenml_drill_pro`. */
export const scratchDatabase = (id: string): string => `${scratchPrefix}${id}`;

/** `drill-pro`: its Helm release. */
export const scratchRelease = (id: string): string => `drill-${id}`;

export const namespaceReference = {apiVersion: 'v1', kind: 'Namespace', name: drillNamespace} as const;
