import * as z from 'zod';
import {text} from '../parts.ts';

/** How an upgrade goes through the workspaces. */
export const upgrade = z
	.strictObject({
		canary: text
			.optional()
			.describe('Name of the workspace that is upgraded first, alone; by default the first one')
			.meta({examples: ['default']}),
		atOnce: z.int().min(1).max(20).default(4).describe('Workspaces that are upgraded at the same time after it'),
	})
	.prefault({})
	.describe('The way of an upgrade through the workspaces');
