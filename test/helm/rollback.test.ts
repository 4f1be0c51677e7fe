import {testRollback} from './rollback-suite.ts';

// The older one: older-helm.long.test.ts.
testRollback('4.2.3');
