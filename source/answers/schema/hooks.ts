import * as z from 'zod';
import {wordsOf} from '../../base/shell.ts';
import {path, secretRefSchema, text} from '../parts.ts';

const command = text
	.max(4000, 'be 4000 characters at most')
	.regex(/^\//, 'begin with the absolute path of a program, such as /usr/local/bin/tell-the-room')
	.refine((value) => wordsOf(value) !== undefined, 'have each quote closed, and a backslash only within quotes')
	.optional();

/** A URL with a login in it would stand in journals and messages: who is calling is told by a header. */
const url = text
	.max(2000, 'be 2000 characters at most')
	.regex(
		/^https:\/\/[a-z0-9.:[\]-]+([/?][!-"$-~]*)?$/,
		'be an https:// URL with a host in lower case, without a login, spaces or #',
	)
	.refine((value) => URL.canParse(value), 'be a URL, such as https://chat.internal.mycompany.com/hooks/zenml')
	.optional();

const hook = (when: string, program: string) =>
	z
		.strictObject({
			command: command
				.describe(
					`Program that is run ${when}, by its absolute path, and its arguments; no shell reads it, and the news is on its standard input`,
				)
				.meta({examples: [`/usr/local/bin/${program}`]}),
			url: url
				.describe(`Address that the news is posted to as JSON ${when}`)
				.meta({examples: ['https://chat.internal.mycompany.com/hooks/zenml']}),
		})
		.prefault({})
		.describe(`Called ${when}`);

/** Whom a run tells of itself. */
export const hooks = z
	.strictObject({
		started: hook('when a run starts', 'tell-the-room --quietly'),
		waiting: hook('when a run waits for people', 'tell-the-room --loudly'),
		problem: hook('when a run meets a problem', 'page-the-night-shift'),
		finished: hook('when a run has ended, however it ended', 'tell-the-room --quietly'),
		ca: path
			.optional()
			.describe('Certificate of the CA of those addresses (PEM), the only one they are trusted by; by default tls.ca')
			.meta({examples: ['/etc/pki/chat/ca.crt']}),
		header: z
			.string()
			.regex(/^[A-Za-z0-9-]{1,100}$/u, 'be the name of a header')
			.default('Authorization')
			.describe('Header of a post in which it is told who is calling'),
		headerValue: secretRefSchema
			.optional()
			.describe('Value of that header; without it none is sent')
			.meta({examples: ['env:HOOKS_AUTHORIZATION']}),
		timeoutSeconds: z
			.int()
			.min(1)
			.max(60)
			.default(10)
			.describe('Seconds that one call may take; at its end a run waits for no hook longer than that'),
	})
	.prefault({})
	.describe('Programs and addresses that a run tells of itself; one that fails never stops it');
