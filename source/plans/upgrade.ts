import {artifactsStep} from '../steps/artifacts/index.ts';
import {bundleStep} from '../steps/bundle.ts';
import {caStep} from '../steps/ca.ts';
import {databasesStep} from '../steps/databases/index.ts';
import {dnsStep} from '../steps/dns.ts';
import {clientToolsStep, imagesStep} from '../steps/images/index.ts';
import {namespacesStep} from '../steps/namespaces.ts';
import {upgradePrerequisitesStep} from '../steps/prerequisites/index.ts';
import {secretsStep} from '../steps/secrets/index.ts';
import {siteFacts} from '../steps/site-facts.ts';
import {upgradeBackupSteps} from '../steps/upgrade/backup.ts';
import {clientsStep} from '../steps/upgrade/clients.ts';
import {upgradeControlPlaneStep} from '../steps/upgrade/control-plane.ts';
import {upgradePathStep} from '../steps/upgrade/path.ts';
import {controlPlaneVerifiedStep} from '../steps/upgrade/verified.ts';
import {upgradeWorkspacesStep} from '../steps/upgrade/workspaces.ts';
import {verificationStep} from '../steps/verification/index.ts';
import {workloadManagerStep} from '../steps/workload-manager.ts';
import type {Plan} from '../steps/world.ts';

/** From what is installed to the bundle that was carried in: this list is the runbook. */
export const upgradePlan: Plan = {
	id: 'upgrade',
	title: 'Upgrading',
	command: 'zenml-airgap upgrade',
	steps: [
		bundleStep,
		upgradePathStep,
		upgradePrerequisitesStep,
		clientToolsStep,
		...upgradeBackupSteps,
		imagesStep,
		namespacesStep,
		secretsStep,
		databasesStep,
		upgradeControlPlaneStep,
		controlPlaneVerifiedStep,
		upgradeWorkspacesStep,
		dnsStep,
		caStep,
		workloadManagerStep,
		artifactsStep,
		verificationStep,
		clientsStep,
	],
	facts: siteFacts,
};
