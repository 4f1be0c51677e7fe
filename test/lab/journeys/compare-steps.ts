import {callsOf, type Replacement} from './call.ts';
import {compareCalls, type Found} from './compare-calls.ts';
import type {Step} from './helm-journey.ts';
import {compareVocabulary} from './vocabulary.ts';

/** A difference, with the step of the journey in which it was seen. */
export type Line = Found & {readonly step: string};

const short = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text);

/** A difference in one line. */
export const inShort = ({step, call, path, lab, rehearsal}: Line): string =>
	`${step} | ${call} | ${path} | lab ${short(lab)} | rehearsal ${short(rehearsal)}`;

/** What one world is called, and what it did. */
export type Journey = {readonly steps: readonly Step[]; readonly world: readonly Replacement[]};

/** Every difference between a journey in the lab and the same one in the rehearsal. */
export const compareJourneys = (lab: Journey, rehearsal: Journey): readonly Line[] => {
	const calls = [lab, rehearsal].map(({steps, world}) => {
		// All at once: names that the cluster made must have the same meaning in every step.
		const all = callsOf(
			steps.flatMap(({exchanges, look = []}) => [...exchanges, ...look]),
			world,
		);
		let at = 0;
		const next = (count: number) => {
			at += count;
			return all.slice(at - count, at);
		};
		return {
			all,
			steps: steps.map(({name, code, exchanges, look = []}) => ({
				name,
				code,
				made: next(exchanges.length),
				look: next(look.length),
			})),
		};
	});
	const [left, right] = calls;
	if (!left || !right) return [];
	return [
		...left.steps.flatMap(({name, code, made, look}, index): readonly Line[] => {
			const other = right.steps[index];
			if (!other) return [];
			const ends = {call: 'exit', path: 'code', lab: `${code}`, rehearsal: `${other.code}`};
			return [
				...(code === other.code ? [] : [ends]),
				...compareCalls([made, other.made]),
				...compareCalls([look, other.look], true).map((found) => ({...found, call: `at rest: ${found.call}`})),
			].map((found) => ({...found, step: name}));
		}),
		...compareVocabulary(left.all, right.all).map((found) => ({...found, step: 'all'})),
	];
};
