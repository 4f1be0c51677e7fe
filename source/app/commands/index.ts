import {create} from './bundle/create.ts';
import {custody} from './bundle/custody.ts';
import {diff} from './bundle/diff.ts';
import {keygen} from './bundle/keygen.ts';
import {sign} from './bundle/sign.ts';
import {split} from './bundle/split.ts';
import {verify} from './bundle/verify.ts';
import {inventory} from './registry/inventory.ts';
import {push} from './registry/push.ts';
import type {Tool} from './tool.ts';

/** Every command of the groups `bundle` and `registry`, in the order of the help page. */
export const tools: readonly Tool[] = [create, verify, split, diff, keygen, sign, custody, push, inventory];
