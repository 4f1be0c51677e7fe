import {bundleStep} from './bundle.ts';
import {caStep} from './ca.ts';
import {controlPlaneStep} from './control-plane.ts';
import {databasesStep} from './databases.ts';
import {dnsStep} from './dns.ts';
import {imagesStep} from './images.ts';
import {namespacesStep} from './namespaces.ts';
import {onboardingStep} from './onboarding.ts';
import {prerequisitesStep} from './prerequisites.ts';
import {secretsStep} from './secrets.ts';
import {verificationStep} from './verification.ts';
import {workloadManagerStep} from './workload-manager.ts';
import {workspacesStep} from './workspaces.ts';
import type {Step} from './world.ts';

/** The install, in order: this list is the runbook. */
export const installSteps: readonly Step[] = [
	bundleStep,
	prerequisitesStep,
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
	verificationStep,
];
