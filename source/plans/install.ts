import {artifactsStep} from '../steps/artifacts/index.ts';
import {bundleStep} from '../steps/bundle.ts';
import {caStep} from '../steps/ca.ts';
import {controlPlaneStep} from '../steps/control-plane/index.ts';
import {databasesStep} from '../steps/databases/index.ts';
import {dnsStep} from '../steps/dns.ts';
import {imagesStep} from '../steps/images/index.ts';
import {namespacesStep} from '../steps/namespaces.ts';
import {onboardingStep} from '../steps/onboarding/index.ts';
import {installPrerequisitesStep} from '../steps/prerequisites/index.ts';
import {secretsStep} from '../steps/secrets/index.ts';
import {siteFacts} from '../steps/site-facts.ts';
import {verificationStep} from '../steps/verification/index.ts';
import {workloadManagerStep} from '../steps/workload-manager.ts';
import {workspacesStep} from '../steps/workspaces/index.ts';
import type {Plan} from '../steps/world.ts';

/** From the bundle that was carried in to the verified servers: this list is the runbook. */
export const installPlan: Plan = {
	id: 'install',
	title: 'Installing',
	command: 'zenml-airgap install',
	steps: [
		bundleStep,
		installPrerequisitesStep,
		imagesStep,
		namespacesStep,
		secretsStep,
		databasesStep,
		controlPlaneStep,
		onboardingStep,
		workspacesStep,
		dnsStep,
		caStep,
		workloadManagerStep,
		artifactsStep,
		verificationStep,
	],
	facts: siteFacts,
};
