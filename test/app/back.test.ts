import {afterEach, beforeEach, expect, test} from 'vitest';
import {createStage, type Stage} from './stage.ts';

let stage: Stage;
beforeEach(async () => {
	stage = await createStage();
});
afterEach(async () => stage.remove());

test('where nobody is asked, a way back needs the word that what was written since is lost', async () => {
	const {code, out, err} = await stage.run('back', 'default', '--non-interactive');
	expect([code, out]).toEqual([2, '']);
	expect(err).toContain('Nobody has agreed that what was written since the dump is lost.');
	expect(err).toContain('This run asks nothing, and a way back takes away what was written since its dump was made.');
	expect(err).toContain('Look at it first; then add --accept-loss.');
	expect(err).toContain('zenml-airgap back default --look');
	expect(err).toContain('back-not-accepted');
	// With the word it goes on to what it needs next.
	const accepted = await stage.run('back', 'default', '--non-interactive', '--accept-loss');
	expect(accepted.err).not.toContain('back-not-accepted');
	const looked = await stage.run('back', 'default', '--non-interactive', '--look');
	expect(looked.err).not.toContain('back-not-accepted');
});

test('it wants to know which component, and its steps are its own', async () => {
	expect((await stage.run('back')).err).toContain("missing required argument 'component'");
	expect((await stage.run('back', 'default', 'other')).err).toContain('too many arguments');
	expect((await stage.run('back', 'default', '--until', 'images')).err).toContain(
		'Allowed choices are source, servers, database, release, verification',
	);
});
