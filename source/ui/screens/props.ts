import type {Env, UiState} from '../state/types.ts';

/** What every screen gets; sizes are in `env`. */
export type ScreenProps = {
	readonly state: UiState;
	readonly env: Env;
	/** At the right of the head. */
	readonly aside: string;
	/** Takes the text to search the log for. */
	readonly onSearch: (text: string) => void;
};
