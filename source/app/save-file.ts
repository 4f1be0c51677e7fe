import path from 'node:path';

/** Where "Save answers" writes, in the folder that the operator is in. */
export const answersFile = (workingDirectory: string): string =>
	path.join(workingDirectory, 'zenml-airgap-answers.yaml');
