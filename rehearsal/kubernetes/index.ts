/** The rehearsal cluster: an API server and its controllers inside this process. */
export type {Denial} from './api/access.ts';
export {type Environment, missingVolume, resolveEnv} from './controllers/environment.ts';
export type {ContainerRun, Outcome, Pace, RunPod} from './controllers/pods.ts';
export {kindById} from './objects/kinds.ts';
export type {Change, Store} from './objects/store.ts';
export type {Container, KubeObject, Pod} from './objects/types.ts';
export {type KubernetesOptions, type KubernetesServer, type Snapshot, startKubernetes} from './server.ts';
