/** The rehearsal cluster: an API server and its controllers inside this process. */
export type {Denial} from './access.ts';
export {type Environment, missingVolume, resolveEnv} from './controllers/environment.ts';
export type {ContainerRun, Outcome, Pace, RunPod} from './controllers/pods.ts';
export {kindById} from './kinds.ts';
export type {Container, KubeObject, Pod} from './objects.ts';
export {type KubernetesOptions, type KubernetesServer, type Snapshot, startKubernetes} from './server.ts';
export type {Change, Store} from './store.ts';
