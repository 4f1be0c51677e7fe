import {describe, expect, it} from 'vitest';
import {kindById} from '../../../rehearsal/kubernetes/objects/kinds.ts';
import {fieldPredicate, labelPredicate, selects} from '../../../rehearsal/kubernetes/objects/selectors.ts';
import type {KubeObject} from '../../../rehearsal/kubernetes/objects/types.ts';

const labelled = (labels: Record<string, string>): KubeObject => ({
	apiVersion: 'v1',
	kind: 'Pod',
	metadata: {name: 'p', namespace: 'n', uid: 'u', resourceVersion: '1', creationTimestamp: '', labels},
	spec: {nodeName: 'node-1'},
	status: {phase: 'Running'},
});

describe('a label selector', () => {
	it.each([
		['app=web', true],
		['app==web', true],
		['app!=web', false],
		['app!=api', true],
		['absent!=x', true],
		['app in (web, api)', true],
		['app in (api)', false],
		['app notin (api,db)', true],
		['absent notin (x)', true],
		['app', true],
		['!app', false],
		['!absent', true],
		['weight>3', true],
		['weight<3', false],
		['app=web,tier in (front,back),!absent', true],
		['app=web,tier=back', false],
		['', true],
		['example.com/part=a.b', true],
	])('%s answers %s', (selector, expected) => {
		const object = labelled({app: 'web', tier: 'front', weight: '5', 'example.com/part': 'a.b'});
		expect(labelPredicate(selector)(object)).toBe(expected);
	});

	it('refuses text that is no selector', () => {
		expect(() => labelPredicate('a=b=c')).toThrow(/unable to parse requirement/);
	});

	it('as an object obeys labels and expressions', () => {
		const selector = {
			matchLabels: {app: 'web'},
			matchExpressions: [{key: 'tier', operator: 'NotIn', values: ['back']}],
		};
		expect(selects(selector, {app: 'web', tier: 'front'})).toBe(true);
		expect(selects(selector, {app: 'web', tier: 'back'})).toBe(false);
	});
});

describe('a field selector', () => {
	it.each([
		['metadata.name=p', true],
		['metadata.namespace!=n', false],
		['status.phase=Running,spec.nodeName=node-1', true],
		['status.phase==Pending', false],
	])('%s answers %s', (selector, expected) => {
		expect(fieldPredicate(kindById('pods'), selector)(labelled({}))).toBe(expected);
	});

	it('refuses a field that the kind does not support', () => {
		expect(() => fieldPredicate(kindById('pods'), 'spec.color=red')).toThrow(/field label not supported: spec.color/);
	});
});
