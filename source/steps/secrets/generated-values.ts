import {generateHexKey, generateSecret} from '../../answers/secrets.ts';
import {asOneReading, readGenerated} from '../shared/generated.ts';
import {workspaceId} from '../shared/names.ts';
import {passwordsOf} from '../shared/secret-sources.ts';
import type {World} from '../world.ts';

/** Everything that has to be generated for these answers: name to the function that makes it. */
export const generatedValues = (answers: World['answers']): ReadonlyMap<string, () => string> => {
	const passwords = passwordsOf(answers).filter(({reference}) => reference === 'generate');
	return new Map<string, () => string>([
		...passwords.map(({generated}) => [generated, generateSecret] as const),
		...answers.workspaces.flatMap((workspace) => [
			[`${workspaceId(workspace)}.encryptionKey`, generateHexKey] as const,
			[`${workspaceId(workspace)}.jwtSecretKey`, generateHexKey] as const,
		]),
	]);
};

/** Names of those that are not in the cluster yet. */
export const missingValues = async (world: World): Promise<readonly string[]> => {
	const names = [...generatedValues(world.answers).keys()];
	const reader = asOneReading(world);
	const present = await Promise.all(names.map(async (name) => readGenerated(reader, name)));
	return names.filter((_name, index) => present[index] === undefined);
};
