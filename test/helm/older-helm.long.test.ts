import {testRepair} from '../steps/repair-suite.ts';
import {testCluster} from './cluster-suite.ts';
import {testRollback, testRollbackAcross} from './rollback-suite.ts';

// What both versions of Helm do alike is tried with the newer one in the usual tests.
testCluster('3.18.0');
testRollback('3.18.0');
testRollbackAcross();
testRepair('3.18.0');
