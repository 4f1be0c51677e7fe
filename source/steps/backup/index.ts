import type {Step} from '../world.ts';
import {databasesStep} from './databases.ts';
import {finishStep} from './finish.ts';
import {readyStep} from './ready.ts';
import {secretsStep} from './secrets.ts';
import type {BackupOptions} from './standing.ts';

/** The steps of a backup, for any plan that needs one: keys and settings, then databases, then the proof. */
export const backupSteps = (options: BackupOptions): readonly Step[] => [
	readyStep(options),
	secretsStep(options),
	databasesStep(options),
	finishStep(options),
];
