import {expect, test} from 'vitest';
import type {Detail} from '../../source/engine/plan.ts';
import {helmLines} from '../../source/steps/helm-lines.ts';

test('what the libraries in Helm say of themselves is for whoever looks for faults, not news', () => {
	const told: Detail[] = [];
	const tell = helmLines({report: (detail) => told.push(detail)});
	tell('I1128 12:01:02.345678   12345 reflector.go:664] "Warning: watch ended with error" err="unable to decode"');
	tell('release "zenml-pro" has been upgraded');
	expect(told).toMatchObject([
		{kind: 'line', level: 'debug', text: expect.stringContaining('helm: I1128')},
		{kind: 'line', level: 'info', text: 'helm: release "zenml-pro" has been upgraded'},
	]);
});
