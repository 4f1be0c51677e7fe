import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {makeSampleBundle} from '../../../rehearsal/sample-bundle/index.ts';
import type {Problem} from '../../../source/base/problem.ts';
import type {Event} from '../../../source/engine/events.ts';
import {upgradePlan} from '../../../source/plans/upgrade.ts';
import {entryOf} from '../../helpers/plan-entry.ts';
import {bundleBytes, type Site} from '../../helpers/world.ts';

/** Makes the newer sample beside a site that was begun with the older one. Returns its folder. */
export const carryInNewer = async ({folder}: Site): Promise<string> => {
	const directory = path.join(folder, 'newer');
	const charts = fileURLToPath(new URL('../../../rehearsal/charts/', import.meta.url));
	await makeSampleBundle({
		directory,
		chartSources: {controlPlane: path.join(charts, 'zenml-pro'), workspace: path.join(charts, 'zenml')},
		versions: {controlPlane: '0.13.18', workspace: '0.95.1'},
		totalBytes: bundleBytes,
	});
	return directory;
};

/** The upgrade without its backup: that needs the databases' own tools, and is tried by itself. */
export const unsaved = entryOf(
	{...upgradePlan, steps: upgradePlan.steps.filter(({id}) => !id.startsWith('backup-'))},
	'upgrade-path',
);

/** Every problem that was told, in order. */
export const problemsIn = (events: readonly Event[]): readonly Problem[] =>
	events.flatMap((event) => (event.type === 'step-problem' ? [event.problem] : []));
