import * as z from 'zod';
import {clusterProblems} from '../problems.ts';
import type {Entry} from './files.ts';

export const clusterSchema = z.looseObject({
	server: z.string().regex(/^https?:\/\/[^/]/u, 'is not an address such as https://host:6443'),
	'certificate-authority': z.string().optional(),
});
/** client-go `exec` plug-ins. */
export const execSchema = z.looseObject({
	command: z.string().min(1),
	apiVersion: z.string().optional(),
	installHint: z.string().optional(),
	env: z.array(z.object({name: z.string(), value: z.string()})).nullish(),
});
export const userSchema = z.looseObject({
	token: z.coerce.string().optional(),
	tokenFile: z.string().optional(),
	'client-certificate': z.string().optional(),
	'client-certificate-data': z.string().optional(),
	'client-key': z.string().optional(),
	exec: execSchema.optional(),
});
export const contextSchema = z.looseObject({cluster: z.string().optional(), user: z.string().optional()});

/** What a context must lead to: the entry of this name in this list, of this form. */
export type Need<Value> = {
	readonly what: 'content' | 'cluster' | 'user';
	readonly name: string | undefined;
	readonly list: readonly Entry[];
	readonly schema: z.ZodType<Value>;
};

const wordsOf = ({issues: [issue]}: z.ZodError): string =>
	`${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim();

/** The entry that a context needs, read. @throws ProblemError `kubeconfig-incomplete` */
export const pick = <Value>({what, name, list, schema}: Need<Value>, context: Entry) => {
	const about = {what, context: context.name, file: context.file};
	const at = (file: string) => ({location: {file}});
	if (!name) throw clusterProblems.error('kubeconfig-incomplete', {case: 'not named', ...about}, at(context.file));
	const entry = list.find((candidate) => candidate.name === name);
	if (!entry)
		throw clusterProblems.error('kubeconfig-incomplete', {case: 'not defined', name, ...about}, at(context.file));
	// A user who needs no login may stand there without a value.
	const read = schema.safeParse(entry.value ?? (what === 'user' ? {} : undefined));
	if (read.success) return {file: entry.file, value: read.data};
	const words = wordsOf(read.error);
	throw clusterProblems.error('kubeconfig-incomplete', {case: 'not usable', name, words, ...about}, at(entry.file));
};
