import {readFileSync} from 'node:fs';
import type {LabFacts} from '../../lab/facts.ts';

/** The lab that this suite runs in. @throws Error outside of it: the suite needs its network. */
export const labFacts = (): LabFacts => {
	const file = process.env.ZENML_AIRGAP_LAB;
	if (!file)
		throw new Error('This suite runs inside the lab: npm run lab -- exec npx vitest run --config vitest.lab.config.ts');
	return JSON.parse(readFileSync(file, 'utf8')) as LabFacts;
};
