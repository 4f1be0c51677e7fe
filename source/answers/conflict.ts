import {firstOf} from '../base/text.ts';
import type {Issue} from './issue.ts';
import {answersProblems} from './problems.ts';
import type {CrossFieldIssue, Path} from './rules/rules.ts';
import {formatPath} from './tree.ts';

type Told = Issue['problem'];

const sameName = (
	{path, other, what, value}: Extract<CrossFieldIssue, {kind: 'same'}>,
	isDefault: boolean,
	proposed?: string,
): Told => {
	const facts = {path: formatPath(path), other: formatPath(other), what, value};
	if (isDefault && proposed !== undefined && proposed !== value)
		return (answer, more) =>
			answersProblems.problem(
				'answers-conflict',
				{case: 'same by default, proposed', answer, ...facts, proposed},
				more,
			);
	return (answer, more) =>
		answersProblems.problem('answers-conflict', {case: isDefault ? 'same by default' : 'same', answer, ...facts}, more);
};

const sharedNamespace = (
	which: 'runner namespace' | 'namespace of runners',
	{path, other, value}: Extract<CrossFieldIssue, {kind: 'runner namespace'}>,
): Told => {
	const facts = {path: formatPath(path), other: formatPath(other), value};
	return (answer, more) => answersProblems.problem('answers-conflict', {case: which, answer, ...facts}, more);
};

/** A conflict whose words need nothing but the two answers. */
const betweenTwo = (
	which:
		| 'over limit'
		| 'over default limit'
		| 'below request'
		| 'needed'
		| 'key needed'
		| 'gateway needed'
		| 'not for this kind'
		| 'clear text'
		| 'no use without TLS'
		| 'leaves without use'
		| 'too long for MySQL'
		| 'MySQL and too long',
	path: Path,
	other: Path,
): Told => {
	const facts = {path: formatPath(path), other: formatPath(other)};
	return (answer, more) => answersProblems.problem('answers-conflict', {case: which, answer, ...facts}, more);
};

/** The components that need the server of all are named, and where each could name one of its own. */
const neededBy = ({path, places}: Extract<CrossFieldIssue, {kind: 'server needed'}>): Told => {
	const facts = {
		path: formatPath(path),
		components: firstOf(
			places.map((place) => formatPath(place.slice(0, -2))),
			4,
		),
		places: firstOf(places.map(formatPath), 4),
	};
	return (answer, more) => answersProblems.problem('answers-missing', {case: 'server needed', answer, ...facts}, more);
};

/**
 * A broken rule between answers in words.
 * @param isGiven tells whether an answer was given, or its default counts
 * @param propose a name that no other has, where there is one
 */
export const conflictOf = (
	rule: CrossFieldIssue,
	isGiven: (path: Path) => boolean,
	propose: (path: Path) => string | undefined,
): Issue => {
	const {path, other} = rule;
	const conflict = {path, other, code: 'answers-conflict'} as const;
	switch (rule.kind) {
		case 'same':
			return {
				...conflict,
				problem: sameName(rule, !isGiven(path), propose(path)),
				mirrored: sameName({...rule, path: rule.other, other: path}, !isGiven(rule.other)),
			};
		case 'over limit':
			return {
				...conflict,
				problem: betweenTwo(isGiven(rule.other) ? 'over limit' : 'over default limit', path, rule.other),
				mirrored: betweenTwo('below request', rule.other, path),
			};
		case 'runner namespace':
			return {
				...conflict,
				problem: sharedNamespace('runner namespace', rule),
				mirrored: sharedNamespace('namespace of runners', {...rule, path: rule.other, other: path}),
			};
		case 'cannot be made':
		case 'kept in the cluster':
		case 'namespace of the cluster':
		case 'namespace of drills':
			return {
				...conflict,
				problem: (answer, more) =>
					answersProblems.problem('answers-conflict', {case: rule.kind, answer, path: formatPath(path)}, more),
			};
		case 'too long for MySQL':
			return {
				...conflict,
				problem: betweenTwo(rule.kind, path, rule.other),
				mirrored: betweenTwo('MySQL and too long', rule.other, path),
			};
		case 'no use without TLS':
			return {
				...conflict,
				problem: betweenTwo(rule.kind, path, rule.other),
				mirrored: betweenTwo('leaves without use', rule.other, path),
			};
		case 'server needed':
			return {path, other, code: 'answers-missing', problem: neededBy(rule)};
		case 'needed':
		case 'key needed':
		case 'gateway needed':
		case 'not for this kind':
		case 'clear text':
			return {...conflict, problem: betweenTwo(rule.kind, path, rule.other)};
	}
};
