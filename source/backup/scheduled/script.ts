import {readFile} from 'node:fs/promises';
import {fileURLToPath} from 'node:url';

/** The name of the script that the cluster runs; it lies beside this program. */
export const scheduledScriptName = 'scheduled-backup.sh';

/** The text of that script. */
export const scheduledScript = (): Promise<string> =>
	readFile(fileURLToPath(new URL(`./${scheduledScriptName}`, import.meta.url)), 'utf8');
