import * as z from 'zod';
import {optional} from '../optional.ts';
import {clusterProblems} from '../problems.ts';
import type {Entry} from './files.ts';

const text = optional(z.string());

/** What travels in a header of HTTP; YAML may read a token of digits as a number. */
const headerValue = z
	.union([z.string(), z.number()])
	.transform((value) => String(value).trim())
	.refine((value) => /^[\t\x20-\x7e\x80-\xff]*$/u.test(value), 'holds characters that no HTTP header may hold');
const headerText = optional(headerValue);

const isAddress = (protocols: RegExp) => (value: string) =>
	protocols.test(value) && URL.canParse(value) && new URL(value).hostname !== '';

/** client-go `clientcmd/api/v1` Cluster, and the proxies of `net/http`. */
export const clusterSchema = z.looseObject({
	server: z.string().refine(isAddress(/^https?:\/\/[^/]/u), 'is not an address such as https://host:6443'),
	'certificate-authority': text,
	'certificate-authority-data': text,
	'insecure-skip-tls-verify': optional(z.boolean()),
	'tls-server-name': text,
	'proxy-url': optional(
		z.string().refine(isAddress(/^(?:https?|socks5h?):\/\/[^/]/u), 'is not an address such as http://proxy:3128'),
	),
	extensions: optional(z.array(z.looseObject({name: z.string(), extension: z.unknown()}))),
});

/** client-go `exec` plug-ins (`clientcmd/api/v1` ExecConfig). */
export const execSchema = z.looseObject({
	command: z.string().min(1),
	args: optional(z.array(z.string())),
	env: optional(z.array(z.object({name: z.string().min(1), value: z.string()}))),
	apiVersion: text,
	installHint: text,
	provideClusterInfo: optional(z.boolean()),
	interactiveMode: optional(z.enum(['Never', 'IfAvailable', 'Always'])),
});

/** client-go `clientcmd/api/v1` AuthInfo; of its providers only OIDC is left since Kubernetes 1.26. */
export const userSchema = z.looseObject({
	token: headerText,
	tokenFile: text,
	username: headerText,
	password: headerText,
	'client-certificate': text,
	'client-certificate-data': text,
	'client-key': text,
	'client-key-data': text,
	as: headerText,
	'as-uid': headerText,
	'as-groups': optional(z.array(headerValue)),
	'as-user-extra': optional(z.record(z.string(), z.array(headerValue))),
	'auth-provider': optional(
		z.looseObject({
			name: z.literal('oidc', 'is not oidc, the only one that Kubernetes still has'),
			config: optional(z.record(z.string(), z.string())),
		}),
	),
	exec: optional(execSchema),
});
export const contextSchema = z.looseObject({cluster: text, user: text});

export type ClusterEntry = z.output<typeof clusterSchema>;
export type UserEntry = z.output<typeof userSchema>;
export type ExecEntry = z.output<typeof execSchema>;

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
	if (read.success) return {name, file: entry.file, value: read.data};
	const words = wordsOf(read.error);
	throw clusterProblems.error('kubeconfig-incomplete', {case: 'not usable', name, words, ...about}, at(entry.file));
};

/** The same refusal for what only several keys together make wrong. */
export const notUsable = (
	context: Entry,
	{what, name, words}: {readonly what: 'cluster' | 'user'; readonly name: string; readonly words: string},
) =>
	clusterProblems.error(
		'kubeconfig-incomplete',
		{case: 'not usable', what, name, words, context: context.name, file: context.file},
		{location: {file: context.file}},
	);
