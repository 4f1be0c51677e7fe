import {testRepair} from './repair-suite.ts';

// The older one: ../helm/older-helm.long.test.ts.
testRepair('4.2.3');
