import {create} from './create.ts';
import {custody} from './custody.ts';
import {diff} from './diff.ts';
import {inventory} from './inventory.ts';
import {keygen} from './keygen.ts';
import {push} from './push.ts';
import {sign} from './sign.ts';
import {split} from './split.ts';
import type {Tool} from './tool.ts';
import {verify} from './verify.ts';

/** Every command of the groups `bundle` and `registry`, in the order of the help page. */
export const tools: readonly Tool[] = [create, verify, split, diff, keygen, sign, custody, push, inventory];
