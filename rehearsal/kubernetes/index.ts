/** The rehearsal cluster: an API server, its controllers and one node inside this process. */

export {decodeProtobuf} from './api/protobuf.ts';
export {createAuthority, issueServerCertificate} from './certificates.ts';
export {gatewayId, httpRouteId, listenersOf, pairOf, takesHost} from './controllers/gateways.ts';
export {routeId, routerName} from './controllers/routes.ts';
export {type ExecPod, type ExecRun, noProgram} from './exec/types.ts';
export {inWorld, writeKubeconfig} from './kubeconfig.ts';
export type {ContainerRun, Outcome, Pace, RunPod} from './kubelet/types.ts';
export {isReady} from './objects/conditions.ts';

export {type AddedApi, kindById} from './objects/kinds.ts';
export type {Store} from './objects/store.ts';
export type {Container, KubeObject, Pod} from './objects/types.ts';
export {dict, list, text} from './objects/values.ts';
export {type KubernetesOptions, type KubernetesServer, type Snapshot, startKubernetes} from './server.ts';
