/**
 * The one value of the library that is used. Named here, so that a build takes this part along and leaves the other 14
 * MB out.
 */
export {KubeConfig} from '@kubernetes/client-node';
