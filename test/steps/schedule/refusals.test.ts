import {expect, test} from 'vitest';
import {stepProblems} from '../../../source/steps/problems.ts';
import {scheduleImage} from '../../../source/steps/schedule/image.ts';
import {bundle, carried, imageOf} from '../parts.ts';
import {answersOf, code, refusalOf, worldOf} from '../world.ts';

const both = {engines: new Set(['mysql', 'postgresql'] as const)};
const withImages = (...names: readonly string[]) =>
	worldOf({bundle: carried({images: [...bundle.images, ...names.map((name) => imageOf(name))]})});

test('the image is the one of the bundle that has all programs, or that of the answers', async () => {
	expect(await scheduleImage(withImages('client-tools'), both)).toBe(
		'registry.corp/zenml/client-tools@sha256:client-tools',
	);
	const answers = answersOf((input) => ({...input, backup: {toolsImage: 'registry.corp/own:1'}}));
	expect(await scheduleImage(worldOf({answers}), both)).toBe('registry.corp/own:1');
});

test('a bundle without one, or with one for each engine, is refused', async () => {
	const fix =
		'Have the bundle made with an image that has the programs of both engines (bundle create --client-tools), or name one in backup.toolsImage.';
	expect(await refusalOf(scheduleImage(withImages(), both))).toMatchObject({
		...{code: code('schedule-tools-missing'), fix},
		cause: 'The bundle carries no image of client tools for mysql.',
	});
	expect(await refusalOf(scheduleImage(withImages('mysql-client-tools', 'pg-client-tools'), both))).toMatchObject({
		cause:
			'The bundle has one image for each engine, mysql-client-tools and pg-client-tools; the CronJob runs one that has all.',
	});
});

test('what does not fit into a Secret, and a first run that failed, say what to do', () => {
	expect(stepProblems.problem('schedule-too-large', {bytes: 2_000_000, most: 1_000_000})).toMatchObject({
		cause:
			'It has 2000000 bytes, and the API server takes 1000000: there are many workspaces, or long chains of certificates.',
		fix: 'Make backups from this host with zenml-airgap backup and a timer of its own.',
	});
	expect(
		stepProblems.problem('schedule-run-failed', {
			words: 'FAILED: no room.',
			namespace: 'zenml-pro',
			job: 'zenml-backup-first-1',
		}),
	).toMatchObject({
		cause: 'Its script says: FAILED: no room.',
		fix: 'Mend what it says, then start the same command again: it tries once more.',
		nextSteps: ['kubectl -n zenml-pro logs job/zenml-backup-first-1'],
	});
});
