import {expect, it} from 'vitest';
import type {ComponentPath} from '../../../source/answers/component-path.ts';
import type {Actor} from '../../../source/base/people/actor.ts';
import {diagnosePicture} from '../../../source/cluster/pods/diagnose.ts';
import type {Picture} from '../../../source/cluster/pods/picture.ts';
import {podView} from '../../../source/cluster/pods/views.ts';
import type {ClusterCode} from '../support/problem-of.ts';

/** What the cluster shows, and what a person is told about it. */
export type Row = {
	readonly about: string;
	readonly found: Picture;
	readonly code: ClusterCode;
	readonly who?: Actor;
	/** Waiting longer cannot help. */
	readonly stuck: boolean;
	/** After `The pod a/p`, and `: ` or `cannot start: ` where it is not what the pod does itself. */
	readonly short: string;
	readonly cause: string;
	readonly fix: string;
	readonly answers?: readonly string[];
};

const noLogs = {logs: async () => []};
const {signal} = new AbortController();

export const diagnose = (found: Picture, component: ComponentPath | undefined = 'workspaces.1') =>
	diagnosePicture(noLogs, found, {namespace: 'a', component, signal});

/** One test for each row. */
export const testEach = (rows: readonly Row[]): void => {
	it.each(rows)('$about is told with cause, fix and the one who must act', async (row) => {
		const {found, code, who = 'operator', stuck, short, cause, fix, answers} = row;
		const told = await diagnose(found);
		expect(told).toMatchObject({code, who, area: 'cluster', cause, fix});
		expect(told?.answers).toEqual(answers);
		expect(told?.message).toContain(` ${short.replace('the Job ', '')} (`);
		const [pod] = found.pods;
		if (!pod) return;
		const view = podView(pod, found.events);
		expect(view).toMatchObject({stuck, ready: false});
		expect(view.reason).toContain(`${short} (`);
	});
};
