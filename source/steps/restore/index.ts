import {verificationStep as oneVerified} from '../back/verification.ts';
import {bundleStep} from '../bundle.ts';
import {caStep} from '../ca.ts';
import {controlPlaneStep} from '../control-plane/index.ts';
import {databasesStep as databasesMade} from '../databases/index.ts';
import {dnsStep} from '../dns.ts';
import {imagesStep} from '../images/index.ts';
import {namespacesStep} from '../namespaces.ts';
import {prerequisitesStep} from '../prerequisites/index.ts';
import {secretsStep as secretsMade} from '../secrets/index.ts';
import {verificationStep} from '../verification/index.ts';
import {workloadManagerStep} from '../workload-manager.ts';
import {workspacesStep} from '../workspaces/index.ts';
import type {Step} from '../world.ts';
import {backupStep} from './backup.ts';
import {databasesStep} from './databases.ts';
import {keysStep} from './keys.ts';
import type {RestoreOptions} from './options.ts';
import {restoredStep} from './restored.ts';
import {afterKeys, secretsStep} from './secrets.ts';
import {serversStep} from './servers.ts';
import {createSource, type Source} from './source.ts';
import {startingFirst, startStep} from './start.ts';

/** Data alone, under the servers that are installed. */
const ofDatabase = (source: Source, name: string): readonly Step[] => [
	backupStep(source),
	namespacesStep,
	serversStep(source),
	databasesStep(source),
	keysStep(source),
	startStep(source),
	oneVerified(name),
	restoredStep(source),
];

/** The steps of the install, with keys and data put back where the install would make new ones. */
const ofComponents = (source: Source): readonly Step[] => [
	backupStep(source),
	bundleStep,
	prerequisitesStep,
	imagesStep,
	namespacesStep,
	secretsStep(source),
	afterKeys(source, secretsMade),
	databasesMade,
	serversStep(source),
	databasesStep(source),
	keysStep(source),
	startingFirst(source, controlPlaneStep, 'controlPlane'),
	startingFirst(source, workspacesStep, 'workspaces'),
	dnsStep,
	caStep,
	workloadManagerStep,
	verificationStep,
	restoredStep(source),
];

/**
 * A restore as steps. In their order no server ever runs on a part of the data, or on data that its key does not open; a kill in between is
 * gone on with by the same command, and refused by every install and upgrade until then.
 */
export const restoreSteps = (options: RestoreOptions): readonly Step[] => {
	const source = createSource(options);
	return options.only.kind === 'database' ? ofDatabase(source, options.only.name) : ofComponents(source);
};
