import type {DatabaseEngine} from '../types.ts';
import type {Runner} from './run/runner.ts';

/** Lends the programs of a pod for as long as the work takes. @throws what the work throws; ProblemError where there is no pod */
export type LendPrograms = <Result>(work: (runner: Runner) => Promise<Result>, signal: AbortSignal) => Promise<Result>;

/** Where programs for pods are: in an image at the registry; in none that is known; or it cannot be told, in words, why. */
export type ProgramsImage = {readonly image: string} | {readonly image?: undefined; readonly unreadable?: string};

/** The programs of pods. Nothing is started before they are lent. */
export type PodPrograms = {
	readonly image: (engine: DatabaseEngine, signal: AbortSignal) => Promise<ProgramsImage>;
	readonly lend: (image: string) => LendPrograms;
};
