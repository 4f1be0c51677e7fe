import {diff as answersDiff} from './answers/diff.ts';
import {init} from './answers/init.ts';
import {schema} from './answers/schema.ts';
import {show} from './answers/show.ts';
import {validate} from './answers/validate.ts';
import {back} from './back.ts';
import {backup} from './backup/index.ts';
import {create} from './bundle/create.ts';
import {custody} from './bundle/custody.ts';
import {diff} from './bundle/diff.ts';
import {keygen} from './bundle/keygen.ts';
import {sign} from './bundle/sign.ts';
import {split} from './bundle/split.ts';
import {verify as verifyBundle} from './bundle/verify.ts';
import type {AddCommand} from './command.ts';
import {completion} from './completion/index.ts';
import {docs} from './documents/docs.ts';
import {explain} from './documents/explain.ts';
import {report} from './documents/report.ts';
import {drill} from './drill.ts';
import {handover} from './handover.ts';
import {install} from './install.ts';
import {plan} from './plan.ts';
import {inventory} from './registry/inventory.ts';
import {push} from './registry/push.ts';
import {rehearse} from './rehearse.ts';
import {restore} from './restore/index.ts';
import {list as listSecrets} from './secrets/list.ts';
import {show as showSecret} from './secrets/show.ts';
import {selfCheck} from './self/index.ts';
import {status} from './status.ts';
import {upgrade} from './upgrade.ts';
import {verify} from './verify.ts';

/** Commands around the plan, before the groups on the help page. */
export const planCommands: readonly AddCommand[] = [
	install,
	plan,
	verify,
	upgrade,
	backup,
	restore,
	back,
	drill,
	handover,
	status,
	explain,
	docs,
	report,
];

/** Commands of the group `answers`. */
export const answersCommands: readonly AddCommand[] = [init, validate, schema, show, answersDiff];

/** Commands of the group `secrets`. */
export const secretsCommands: readonly AddCommand[] = [listSecrets, showSecret];

/** Commands of the groups `bundle` and `registry`. */
export const carryCommands: readonly AddCommand[] = [
	create,
	verifyBundle,
	split,
	diff,
	keygen,
	sign,
	custody,
	push,
	inventory,
];

export {completion, rehearse, selfCheck};
