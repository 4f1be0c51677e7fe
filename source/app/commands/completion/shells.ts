import {bashScript} from './bash.ts';
import {fishScript} from './fish.ts';
import type {Lists} from './table.ts';
import type {ShellTexts} from './texts.ts';
import {zshScript} from './zsh.ts';

/** Shells that words can be completed in. */
export const shells = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof shells)[number];

const scripts: Readonly<Record<Shell, (texts: ShellTexts) => string>> = {
	bash: bashScript,
	zsh: zshScript,
	fish: fishScript,
};

/** The program, and its executables by the names that they are released under, as an alias or a path leads to them. */
const programs = ['zenml-airgap', 'zenml-airgap-linux-x64', 'zenml-airgap-linux-arm64'] as const;

/** A text as one word of all three shells. fish takes a backslash for more than itself; no text here has one. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** The script by which a shell completes what is typed. @param table what `completionTable` gives */
export const completionScript = (shell: Shell, table: readonly string[], lists: Lists): string =>
	scripts[shell]({
		programs,
		table: quoted(table.join('\n')),
		lists: {
			answers: quoted(lists.answers.join(' ')),
			topics: quoted(lists.topics.join(' ')),
			names: quoted(lists.names.join(' ')),
		},
	});
