import path from 'node:path';
import {fingerprintOf} from '../../engine/fingerprint.ts';

/**
 * Where the world of a rehearsal lies. PostgreSQL does not run as root, and its other user may not enter root's home: root's worlds
 * lie where everybody may pass.
 */
export const worldPlaceOf = (userId: number | undefined, stateDirectory: string): string =>
	userId === 0
		? path.join('/var/tmp', `zenml-airgap-rehearsal-${fingerprintOf(stateDirectory).slice(0, 12)}`)
		: path.join(stateDirectory, 'world');
