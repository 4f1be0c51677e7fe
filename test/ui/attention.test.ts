import {expect, test} from 'vitest';
import {attentionOf} from '../../source/ui/content/run/attention.ts';
import {createSignaller, type Signals} from '../../source/ui/terminal/signals.ts';
import {fakeSession, started, stepOf} from './helpers/fake-session.ts';

const open = (signals: Partial<Signals> = {}) => {
	const written: string[] = [];
	const signaller = createSignaller((text) => written.push(text), {
		title: 'kept',
		bell: true,
		notify: false,
		...signals,
	});
	return {written, ...signaller};
};

test('the title is put away before the first one and given back at the end', () => {
	const {written, tell, end} = open();
	tell({title: 'one'});
	tell({title: 'one'});
	tell({title: 'two'});
	end();
	expect(written).toEqual(['\u001B[22;0t', '\u001B]2;one\u0007', '\u001B]2;two\u0007', '\u001B[23;0t']);
});

test('the bell rings once for each thing that somebody is needed for', () => {
	const {written, tell} = open({title: 'none'});
	for (const need of [undefined, 'dns', 'dns', undefined, 'dns', 'problem', 'done']) tell({title: 'any', need});
	expect(written).toEqual(['\u0007', '\u0007', '\u0007', '\u0007']);
});

test('words in a title cannot end it, and those to the desktop begin with no number', () => {
	const {written, tell, end} = open({title: 'set', notify: true});
	tell({title: 'a\u0007\u001B[31mb', need: '9;4 done'});
	end();
	expect(written[0]).toBe('\u001B]2;ab\u0007');
	expect(written).toContain('\u001B]9;zenml-airgap: 9;4 done\u0007');
	expect(written.at(-1)).toBe('\u001B]2;\u0007');
});

test('a quiet terminal is told nothing', () => {
	const {written, tell, end} = open({title: 'none', bell: false});
	tell({title: 'one', need: 'you'});
	end();
	expect(written).toEqual([]);
});

test('the title names the step, what somebody is needed for, and that it is a rehearsal', () => {
	const {session, emit} = fakeSession();
	const title = (rehearsal = false) => attentionOf({started: true, rehearsal}, session.run.getState());
	expect(attentionOf({started: false, rehearsal: false}, undefined)).toEqual({title: 'zenml-airgap'});
	emit(started, {type: 'step-started', step: stepOf('images').id, stale: false});
	expect(title()).toEqual({title: '3/14 Images - zenml-airgap', need: undefined});
	expect(title(true).title).toBe('3/14 Images - zenml-airgap rehearsal');
	const handover = {
		id: 'dns',
		title: 'DNS',
		who: 'network team',
		intro: '',
		sections: [],
		awaited: [],
		pollEveryMs: 1,
	} as const;
	emit({type: 'step-waiting', step: stepOf('dns').id, handover});
	expect(title().need).toBe('waiting for the network team: DNS');
	emit({type: 'run-finished', outcome: 'done', exitCode: 0});
	expect(title().title).toBe('done - zenml-airgap');
});
