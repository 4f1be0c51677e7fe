export {createClientToolPods} from './client-tools.ts';
export {type Front, startFront} from './front.ts';
export {createPodNetwork} from './network/pod-network.ts';
export type {Cluster} from './pod-view.ts';
export {createProduct, type Interference, type Product} from './product.ts';
export {ingressHosts, isServed} from './routing.ts';
