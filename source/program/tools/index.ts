import {createTool} from './create.ts';
import {custody} from './custody.ts';
import {inventory} from './inventory.ts';
import {keygen} from './keygen.ts';
import {sign} from './sign.ts';
import type {Tool} from './tool.ts';

/** Every command of the groups `bundle` and `registry`, in the order of the help page. */
export const tools: readonly Tool[] = [createTool, keygen, sign, custody, inventory];
