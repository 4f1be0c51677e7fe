import {expect, test} from 'vitest';
import type {Change} from '../../source/engine/plan.ts';
import {plainReport} from '../../source/report/plain.ts';

const change: Change = {
	action: 'update',
	target: 'release a/b',
	detail: 'value replicas',
	opens: [{title: 'Values', lines: ['- replicas: 1', '+ replicas: 3']}],
};

const told = (details: boolean): string => {
	const out: string[] = [];
	const report = plainReport((text) => out.push(text), {level: 'info', details});
	report({type: 'step-todo', at: 0, step: 'release', changes: [change]});
	report({
		type: 'plan-fact',
		at: 0,
		fact: {id: 'versions', rank: 0, label: 'Versions', lines: ['a: 1 to 2', 'b: 3, installed']},
	});
	report({type: 'plan-facts-known', at: 0});
	return out.join('');
};

test('lines tell a change in short, or with all that it opens to where that is asked for', () => {
	expect(told(false)).not.toContain('replicas: 3');
	expect(told(true)).toContain(
		[
			'        update release a/b (value replicas)',
			'          --- Values',
			'          - replicas: 1',
			'          + replicas: 3',
		].join('\n'),
	);
});

test('lines tell where a plan goes', () => {
	expect(told(false)).toContain('Where it goes\n  Versions: a: 1 to 2\n    b: 3, installed\n');
});
