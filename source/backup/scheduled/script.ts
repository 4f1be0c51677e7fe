import {ownText} from '../../base/self/assets.ts';

/** The name of the script that the cluster runs; it belongs to this program. */
export const scheduledScriptName = 'scheduled-backup.sh';

/** The text of that script. */
export const scheduledScript = (): Promise<string> => ownText(scheduledScriptName, import.meta.url);
