import type {Work} from '../command.ts';
import type {BackupOptions} from './options.ts';
import {lineOf} from './words.ts';

/** `backup list`: every backup in the folder, newest first. */
export const listWork: Work<BackupOptions> = async (context, options) => {
	const {backupsOf} = await import('./folder.ts');
	const port = await backupsOf(context, options);
	const backups = await port.list(context.signal);
	if (options.json) {
		for (const backup of backups) context.out(`${JSON.stringify(backup)}\n`);
		return 0;
	}
	context.out(`${port.folder}: ${backups.length === 0 ? 'no backup' : 'newest first'}\n`);
	for (const backup of backups) context.out(`  ${lineOf(backup, context.clock.now())}\n`);
	return 0;
};
