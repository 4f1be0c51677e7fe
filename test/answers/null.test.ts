import {describe, expect, test} from 'vitest';
import {getAt, parseField, showField, validateField} from '../../source/answers/draft.ts';
import {loadDraft, parseOverrides} from '../../source/answers/file/load.ts';
import {serializeAnswers} from '../../source/answers/file/save.ts';
import {showAnswers} from '../../source/answers/file/show.ts';
import {base, load, shortest} from './samples.ts';

const path = 'controlPlane.podSecurityContext.runAsUser';
const given = (context: string): string =>
	shortest.replace('controlPlane:\n', `controlPlane:\n  podSecurityContext: ${context}\n`);

describe('null where it is an answer: somebody else decides', () => {
	test('it stays what it is, and all else of its section has its default', () => {
		expect(load(given('{runAsUser: null, fsGroup: ~}')).controlPlane.podSecurityContext).toEqual({
			fsGroup: null,
			runAsNonRoot: true,
			runAsUser: null,
		});
		expect(load(shortest).controlPlane.podSecurityContext.runAsUser).toBe(1000);
	});

	test('it can be given on the command line, and survives being saved, shown and read again', () => {
		const {overrides} = parseOverrides([`${path}=null`]);
		const answers = load(shortest, overrides);
		expect(answers.controlPlane.podSecurityContext.runAsUser).toBeNull();
		for (const text of [serializeAnswers(answers), showAnswers(answers)]) {
			expect(text).toMatch(/^ *runAsUser: null$/mu);
			expect(load(text).controlPlane.podSecurityContext.runAsUser).toBeNull();
		}
	});

	test('a form keeps it, reads it and shows it', () => {
		const {draft, problems} = loadDraft({text: given('{runAsUser: null}'), ...base});
		expect(problems).toEqual([]);
		expect(getAt(draft, path)).toBeNull();
		expect(parseField({path}, showField(null))).toBeNull();
		expect(validateField(draft, path)).toBeUndefined();
		expect(parseField({path}, '1001')).toBe(1001);
	});

	test('elsewhere it still takes an answer away, so that its default counts', () => {
		expect(load(given('{runAsNonRoot: null}')).controlPlane.podSecurityContext.runAsNonRoot).toBe(true);
		expect(parseField({path: 'controlPlane.replicas'}, 'null')).toBe('null');
	});
});
