import {expect, test} from 'vitest';
import {versionInWords} from '../../source/steps/site-facts.ts';
import type {Installed} from '../../source/steps/upgrade/installed.ts';
import {bundle} from './parts.ts';

const chart = bundle.controlPlaneChart;

test.each([
	['deployed', 'installed'],
	['pending-install', 'begun and not finished (pending-install)'],
	['failed', 'begun and not finished (failed)'],
] as const)('a release that is %s is told as %s', (status, words) => {
	const live = {status, chart: `${chart.name}-${chart.version}`};
	expect(versionInWords({live, chart} as unknown as Installed)).toBe(`${chart.name}-${chart.version}, ${words}`);
});
