import type {Tool} from './tool.ts';

/** Every command of the groups `bundle` and `registry`, in the order of the help page. */
export const tools: readonly Tool[] = [];
