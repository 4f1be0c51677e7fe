import * as z from 'zod';
import {text} from '../parts.ts';

/** How an upgrade goes through the workspaces. */
export const upgrade = z
	.strictObject({
		canary: text
			.optional()
			.describe('Name of the workspace that is upgraded first, alone; by default the first one')
			.meta({examples: ['default']}),
		conflicts: z
			.enum(['ask', 'theirs', 'ours'])
			.default('ask')
			.describe(
				'Values of a release that were changed by hand and that the upgrade changes too: ask: stop and name them; theirs: keep what was set by hand; ours: take what the answers say',
			),
		keep: text
			.max(2000, 'be 2000 characters at most')
			.optional()
			.describe('Paths of such values that are kept as they were set by hand, with commas between them')
			.meta({examples: ['server.replicaCount, server.debug']}),
		replace: text
			.max(2000, 'be 2000 characters at most')
			.optional()
			.describe('Paths of such values that are replaced by what the answers say, with commas between them')
			.meta({examples: ['server.replicaCount']}),
		clients: z
			.enum(['confirm', 'tell'])
			.default('confirm')
			.describe(
				'What users must change after an upgrade: confirm: somebody confirms that they were told; tell: the page is saved and the upgrade ends',
			),
		atOnce: z.int().min(1).max(20).default(4).describe('Workspaces that are upgraded at the same time after it'),
	})
	.prefault({})
	.describe('The way of an upgrade through the workspaces');
