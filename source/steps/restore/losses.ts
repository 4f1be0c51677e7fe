import {lacksText} from '../../backup/lacks.ts';
import type {BackupManifest} from '../../backup/types.ts';
import {toProblem} from '../../base/problem.ts';
import {minute} from '../back/losses.ts';
import {contentsOf, lossSentences} from '../shared/databases/contents.ts';
import type {World} from '../world.ts';
import {type Phase, phaseOf, type Restoring, type Source} from './source.ts';

/** What is lost of one database; that it cannot be told is told. @throws the signal's reason */
const lossesOf = async (world: World, {component, release, part}: Restoring): Promise<readonly string[]> => {
	const {helm, signal} = world;
	try {
		return lossSentences(await contentsOf(world, component), part.database);
	} catch (error) {
		signal.throwIfAborted();
		const {message} = toProblem(error);
		if (!(await helm.release(release.name, release.namespace, signal)))
			return [`It is not installed here, and its database cannot be read: nothing is known that would be lost.`];
		return [`What was written since and is lost cannot be told, as the database cannot be read: ${message}`];
	}
};

const before: ReadonlySet<Phase> = new Set(['not begun', 'restoring']);

/** What a backup has not that one of this host would have: a restore goes on without, and whoever agrees to it knows. */
export const lackWarnings = ({lacks = []}: BackupManifest): readonly string[] =>
	lacks.length === 0
		? []
		: [
				`The backup does not hold: ${lacksText(lacks)}. A restore needs none of it; what of it is in the cluster stays as it is.`,
			];

/** What a restore takes away, in paragraphs, for whoever is to agree to it; nothing of what is restored already. */
export const lossWarnings = async (
	world: World,
	source: Source,
	manifest: BackupManifest,
	restoring: readonly Restoring[],
): Promise<readonly string[]> => {
	const said: string[] = [];
	for (const one of restoring) {
		const {phase, mark} = await phaseOf(world, source, manifest.id, one.release);
		const {database} = one.part;
		if (phase === 'done')
			said.push(
				`The ${one.component.label} was restored from this backup before (${minute(mark?.at ?? '')}): it is left alone, with what was written since. To restore it once more add --again.`,
			);
		else if (before.has(phase)) {
			const losses = await lossesOf(world, one);
			said.push(
				`The database "${database.name}" of the ${one.component.label} is replaced by its dump of ${minute(one.part.startedAt)}. ${losses.join(' ')}`,
			);
		}
	}
	return said;
};
