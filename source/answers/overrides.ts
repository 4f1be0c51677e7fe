import {parseDocument} from 'yaml';
import type {Problem} from '../base/problem.ts';
import {problem} from '../base/problem.ts';
import {nearest} from './did-you-mean.ts';
import {isSecretReference, parseText} from './draft.ts';
import {allFields, type Field, nodeAt} from './fields.ts';
import {type PathBase, resolveText} from './resolve-paths.ts';
import type {Path} from './rules.ts';
import {type Draft, formatPath, getAt, removeAt, setAt, shownKey, toPath} from './tree.ts';

/** One `--set`: the dotted path of an answer and the text that it is set to. */
export type Override = {readonly path: string; readonly value: string};

const refusal = (
	code: string,
	name: string,
	rest: Pick<Problem, 'message' | 'cause' | 'fix'>,
	answers: readonly string[] = [],
): Problem =>
	problem({
		code,
		area: 'usage',
		...rest,
		message: `--set ${name}: ${rest.message}`,
		...(answers.length > 0 ? {answers} : {}),
	});

/** The name of an argument as it may be shown: never what stands behind the first sign that no path has. */
const shown = (path: string): string =>
	path
		.split('.')
		.slice(0, 8)
		.map((key) => (/^\d{1,9}$/u.test(key) ? key : shownKey(key)))
		.join('.');

/**
 * Splits `path=value` arguments. Returns the overrides and a problem `answers-set-syntax` for each argument that is not
 * so written; the problem names the argument by its position, since what stands there may be a secret.
 */
export const parseOverrides = (
	args: readonly string[],
): {readonly overrides: readonly Override[]; readonly problems: readonly Problem[]} => {
	const parsed = args.map((argument, index) => {
		const at = argument.indexOf('=');
		if (at > 0) return {path: argument.slice(0, at).trim(), value: argument.slice(at + 1)};
		return refusal('answers-set-syntax', `number ${index + 1}`, {
			message: 'is not path=value',
			cause: 'There is no path before an equals sign.',
			fix: 'Write for example --set registry.host=internal-registry.mycompany.com',
		});
	});
	return {
		overrides: parsed.filter((entry): entry is Override => 'path' in entry),
		problems: parsed.filter((entry): entry is Problem => 'code' in entry),
	};
};

/** The path into the values: the keys of a map may have dots themselves. */
const pathIn = (field: Field, path: Path): Path => {
	const outer = path.slice(0, field.path.length + Math.max(0, field.mapDepth - 1));
	const key = path.slice(outer.length).join('.');
	return key === '' ? outer : [...outer, key];
};

const scalar = (field: Field, path: Path, text: string): unknown => {
	const isQuoted = /^(".*"|'.*')$/su.test(text);
	const document = isQuoted ? parseDocument(text, {prettyErrors: false, logLevel: 'silent'}) : undefined;
	const value = document && document.errors.length === 0 ? String(document.toJS()) : text;
	// The keys of a map hold text; so does a quoted value, whatever the answer is.
	return path.length > field.path.length || isQuoted ? value : parseText(field, value);
};

const unknown = (path: string): Problem => {
	const near = nearest(
		path.replaceAll(/\.\d+(?=\.|$)/gu, '.*'),
		allFields.map((field) => field.path.join('.')),
	)?.replaceAll('*', '0');
	const group = nodeAt(path);
	const inside = group
		? allFields.find((field) => formatPath(field.path).startsWith(`${formatPath(group.path)}.`))
		: undefined;
	return refusal('answers-unknown-key', shown(path), {
		message: group
			? 'is a group of answers, not one answer'
			: `is not an answer${near ? `; did you mean ${near}?` : ''}`,
		cause: 'Each --set sets one answer, by its path in the answer file.',
		fix: inside
			? `Set one of its answers, such as ${formatPath(inside.path).replaceAll('*', '0')}.`
			: near
				? `Write --set ${near}=…`
				: 'See the answer file that the init command writes for all paths.',
	});
};

/** How overrides changed a draft. `set` tells which paths now come from the command line. */
export type Overridden = {
	readonly draft: Draft;
	readonly problems: readonly Problem[];
	readonly set: ReadonlySet<string>;
};

/**
 * Sets answers from the command line. Text answers take the value as it is, others read it as YAML does; quotes are taken
 * off; `null` removes the answer. Paths are resolved against `base`. Problems: `answers-unknown-key`,
 * `answers-literal-secret` (arguments are visible to every user of the host), `answers-set-syntax` (a hole in a list).
 */
export const applyOverrides = (start: Draft, overrides: readonly Override[], base: PathBase): Overridden => {
	let draft = start;
	const problems: Problem[] = [];
	const set = new Set<string>();
	for (const {path: written, value} of overrides) {
		const path = toPath(written);
		const field = nodeAt(path);
		if (field?.kind !== 'field' || path.includes('*')) {
			problems.push(unknown(written));
			continue;
		}
		const hole = path.findIndex((key, index) => {
			const list = typeof key === 'number' ? getAt(draft, path.slice(0, index)) : [];
			return typeof key === 'number' && key > (Array.isArray(list) ? list.length : 0);
		});
		if (hole >= 0) {
			problems.push(
				refusal('answers-set-syntax', shown(written), {
					message: 'names an item that would leave a hole in the list',
					cause: 'Items are numbered from 0, and there is none before this one.',
					fix: 'Take the next free number.',
				}),
			);
			continue;
		}
		if (field.type === 'secret' && value !== 'null' && !isSecretReference(value)) {
			problems.push(
				refusal(
					'answers-literal-secret',
					shown(written),
					{
						message: 'must be a reference to a secret, not the secret itself',
						cause: 'Arguments are visible to every user of this host and are kept in the history of the shell.',
						fix: `Write env:NAME, file:PATH, k8s:namespace/name/key, generate or prompt. If a real secret was typed here, change it.`,
					},
					[shown(written)],
				),
			);
			continue;
		}
		const target = pathIn(field, path);
		if (value === 'null') {
			draft = removeAt(draft, target);
			continue;
		}
		const parsed = scalar(field, target, value);
		const next =
			typeof parsed === 'string' && target.length === field.path.length ? resolveText(field, parsed, base) : parsed;
		draft = setAt(draft, target, next as Draft[string] | undefined);
		set.add(formatPath(target));
	}
	return {draft, problems, set};
};
