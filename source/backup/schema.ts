import * as z from 'zod';
import type {BackupManifest, BackupUse} from './types.ts';

/** Text of somebody else: one line of bounded length that cannot steer a terminal. */
const words = z
	.string()
	.max(1000)
	.regex(/^\P{C}*$/u, 'has letters that cannot be printed');
const time = z.iso.datetime();
const count = z.int().nonnegative();

/** A plain name in the backup's folder: no way leads out of it. */
const fileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/u, 'is not the name of a part');

const database = z.object({
	engine: z.enum(['postgresql', 'mysql']),
	product: words,
	version: words,
	name: words,
	revision: words.optional(),
	tables: z.array(z.object({name: words, rows: count})).max(100_000),
	tool: words,
});

const part = z.object({
	kind: z.enum(['database', 'secrets', 'values', 'certificates', 'answers', 'journal', 'inventory']),
	name: words,
	file: fileName,
	bytes: count,
	plainBytes: count,
	sha256: z.string().regex(/^[0-9a-f]{64}$/u, 'is not 64 hex digits'),
	database: database.optional(),
	startedAt: time,
	endedAt: time,
});

const component = z.object({
	name: words,
	release: words,
	namespace: words,
	chart: words,
	revision: count,
	images: z.array(words).max(1000),
});

/** The format of backups that this version of the tool understands. */
export const backupFormat = 1;

/** `manifest.json`, format 1. Keys that a later tool adds without a new format are passed over. */
export const manifestSchema: z.ZodType<BackupManifest> = z
	.object({
		format: z.literal(backupFormat),
		id: words,
		purpose: words,
		run: words,
		tool: words,
		createdAt: time,
		finishedAt: time.optional(),
		encryption: z.enum(['age', 'none']),
		recipients: z.array(words).max(1000),
		lacks: z.array(words).max(10_000).optional(),
		components: z.array(component).max(10_000),
		parts: z.array(part).max(10_000),
	})
	.refine(({parts}) => new Set(parts.map(({file}) => file)).size === parts.length, 'names a file twice');

/** The notes of when a backup was restored or drilled. */
export const usesSchema: z.ZodType<readonly BackupUse[]> = z
	.array(z.object({kind: z.enum(['restore', 'drill']), at: time, run: words, note: words}))
	.max(1000);
