import type {SecretSource} from '../../../steps/shared/secret-sources.ts';
import type {Context} from '../../base/context.ts';
import {appProblems} from '../../base/problems.ts';
import type {AddCommand, Work} from '../command.ts';
import {withExamples} from '../shared-options.ts';
import {Interrupted, stoppable} from '../stopped.ts';
import {type SecretsOptions, withInstallOptions} from './options.ts';

type ShowOptions = SecretsOptions & {readonly name: string | undefined; readonly yes: boolean};

const isYes = (answer: string): boolean => /^\s*y(?:es)?\s*$/iu.test(answer);

/** Asks once more: whoever looks over the shoulder, or at a recorded session, sees the password too. */
const confirm = async (context: Context, name: string): Promise<void> => {
	if (context.stdin.isTTY !== true || context.stdout.isTTY !== true)
		throw appProblems.error('secret-not-shown', {case: 'no terminal', name});
	const {openLines} = await import('../lines-on-stderr.ts');
	const stop = new AbortController();
	const lines = openLines(context, () => stop.abort(new Interrupted()));
	try {
		const signal = AbortSignal.any([stop.signal, context.signal]);
		const answer = await lines.ask(`Show the password ${name} on this screen? [y/N] `, {signal});
		if (!isYes(answer)) throw appProblems.error('secret-not-shown', {case: 'refused', name});
	} finally {
		lines.close();
	}
};

/** The name of a password, and the answer that it stands for where that is called otherwise. */
const namesOf = ({generated, answer}: SecretSource): string =>
	generated === answer ? generated : `${generated} (${answer})`;

/** The password of that name, as either column of `secrets list` tells it. @throws ProblemError `secret-unknown-name` */
const sourceOf = (sources: readonly SecretSource[], name: string | undefined): SecretSource => {
	const source = sources.find(({generated}) => generated === name) ?? sources.find(({answer}) => answer === name);
	if (source) return source;
	const names = sources.map(namesOf).join(', ') || 'no password';
	throw appProblems.error(
		'secret-unknown-name',
		name === undefined ? {case: 'none', names} : {case: 'unknown', name, names},
	);
};

/** The value goes to standard output and nowhere else: this command writes no log and no state. */
const work: Work<ShowOptions> = async (context, {name, yes, ...options}) => {
	const {generatedOf} = await import('./generated.ts');
	const {sources, require} = await generatedOf(context, options);
	const source = sourceOf(sources, name);
	if (!yes) await confirm(context, name ?? source.generated);
	context.out(`${await require(source)}\n`);
	return 0;
};

/** `secrets show`: a generated password, on the terminal. */
export const show: AddCommand = ({secrets}, ask) => {
	const command = secrets
		.command('show')
		.description('show a generated password, after one more question')
		.argument('[name]', 'as `secrets list` names it, or the answer that it stands for')
		.option('--yes', 'ask nothing, also where the password goes to a file or a pipe', false);
	withExamples(withInstallOptions(command), ['zenml-airgap secrets show controlPlane.admin.password']).action(
		(name: string | undefined, options: SecretsOptions & {readonly yes: boolean}) =>
			ask(stoppable(work, 'Nothing was shown.'), {...options, name}),
	);
};
