import type {Problem} from '../../base/problem.ts';
import {type Circumstances, wordsOf} from '../../base/problem-table.ts';
import {clusterProblems} from '../problems.ts';
import {factsOf} from './facts.ts';
import {admissionReasons} from './reasons-admission.ts';
import {containerReasons} from './reasons-container.ts';
import {imageReasons} from './reasons-image.ts';
import {podReasons} from './reasons-pod.ts';
import type {ComponentAnswer, Row, Subject, Symptom} from './types.ts';

/** States of a normal start; they are no trouble at all. */
const starting: readonly string[] = ['ContainerCreating', 'PodInitializing', 'SchedulingGated', 'Completed'];

const otherwise: Row = {
	code: 'pod-not-ready',
	facts: (facts, _found, {reason, message}) => ({...facts, said: message === '' ? reason : `${reason}: ${message}`}),
	stuck: false,
};

/** All rows; the first that fits a symptom wins. */
const rows: readonly Row[] = [...imageReasons, ...containerReasons, ...podReasons, ...admissionReasons];

/** What a sign of trouble means. */
export type Explanation = {
	readonly symptom: Symptom;
	/** A few words for the row of a table. */
	readonly short: string;
	/** Waiting longer cannot help. */
	readonly stuck: boolean;
	/** Answers of the component whose pods these are that may mend it. */
	readonly answers: readonly ComponentAnswer[];
	/** `lastWords` as in `Symptom`, where the log was read since. */
	readonly problem: (more: Circumstances, lastWords?: string) => Problem;
};

/** What a row's message finds in a symptom: its groups, or undefined where the row is not for it. */
const matchOf = ({reasons, message, when}: Row, symptom: Symptom): readonly string[] | undefined => {
	if (reasons?.includes(symptom.reason) === false || when?.(symptom) === false) return undefined;
	return message === undefined ? [] : message.exec(symptom.message)?.slice(1);
};

const rowFor = (symptom: Symptom): {readonly row: Row; readonly found: readonly string[]} => {
	for (const row of rows) {
		const found = matchOf(row, symptom);
		if (found) return {row, found};
	}
	return {row: otherwise, found: []};
};

/** What a symptom means; undefined for the states of a normal start. */
const explain = (symptom: Symptom, subject: Subject): Explanation | undefined => {
	if (starting.includes(symptom.reason)) return undefined;
	const {row, found} = rowFor(symptom);
	const {code, stuck, answers = []} = row;
	const givenBy = (seen: Symptom) => row.facts(factsOf(subject, seen), found, seen);
	const given = givenBy(symptom);
	return {
		symptom,
		short: wordsOf(clusterProblems.table[code], 'case' in given ? given.case : undefined).short ?? '',
		stuck: typeof stuck === 'function' ? stuck(symptom) : stuck,
		answers,
		problem: (more, lastWords) => clusterProblems.problem(code, givenBy({...symptom, lastWords}), more),
	};
};

/** The worst of what is wrong: what is stuck comes before what may pass. */
export const worstOf = (symptoms: readonly Symptom[], subject: Subject): Explanation | undefined => {
	const explained = symptoms.flatMap((symptom) => explain(symptom, subject) ?? []);
	return explained.find(({stuck}) => stuck) ?? explained[0];
};
