import type {Scene, UiState} from '../state/types.ts';

/** What every screen gets. */
export type ScreenProps<State extends UiState = UiState> = {
	readonly state: State;
	readonly scene: Scene;
	/** At the right of the head. */
	readonly aside: string;
};
