import {testCluster} from './cluster-suite.ts';

// The older one: older-helm.long.test.ts.
testCluster('4.2.3');
