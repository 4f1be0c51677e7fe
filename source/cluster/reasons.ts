import type {Actor} from '../base/problem.ts';
import {containerReasons} from './reasons-container.ts';
import {imageReasons} from './reasons-image.ts';
import {podReasons} from './reasons-pod.ts';
import type {Symptom} from './symptoms.ts';

/** What one sign of trouble means. Texts are for people; `found` are the groups of `message`. */
export type Reason = {
	/** Kubernetes reasons this row is for; absent means any. */
	readonly reasons?: readonly string[];
	/** What the message must contain; absent means anything. */
	readonly message?: RegExp;
	readonly when?: (symptom: Symptom) => boolean;
	/** Problem code. */
	readonly code: string;
	/** A few words for a table row. */
	readonly plain: string;
	readonly cause: (symptom: Symptom, found: readonly string[]) => string;
	readonly fix: string;
	readonly who?: Actor;
	/** Answer paths; `{component}` stands for `controlPlane` or `workspaces.N`. */
	readonly answers?: readonly string[];
	/** Waiting longer cannot help. */
	readonly stuck: boolean | ((symptom: Symptom) => boolean);
};

/** States of a normal start; they are no trouble at all. */
export const startingReasons: readonly string[] = [
	'ContainerCreating',
	'PodInitializing',
	'SchedulingGated',
	'Completed',
];

const otherwise: Reason = {
	code: 'pod-not-ready',
	plain: 'not ready',
	cause: ({reason, message}) => `Kubernetes says ${reason}${message ? `: ${message}` : ''}.`,
	fix: 'Look at the pod with kubectl describe; the lines below are what the cluster says.',
	stuck: false,
};

/** All rows; the first that fits a symptom wins. */
export const reasons: readonly Reason[] = [...imageReasons, ...containerReasons, ...podReasons];

/** True when waiting longer cannot help. */
export const isStuck = ({stuck}: Reason, symptom: Symptom): boolean =>
	typeof stuck === 'function' ? stuck(symptom) : stuck;

/** What a symptom means; undefined for the states of a normal start. */
export const explain = (symptom: Symptom): {readonly row: Reason; readonly found: readonly string[]} | undefined => {
	if (startingReasons.includes(symptom.reason)) return undefined;
	for (const row of reasons) {
		if (row.reasons && !row.reasons.includes(symptom.reason)) continue;
		const match = row.message ? row.message.exec(symptom.message) : [];
		if (match && (row.when?.(symptom) ?? true)) return {row, found: match.slice(1)};
	}
	return {row: otherwise, found: []};
};
