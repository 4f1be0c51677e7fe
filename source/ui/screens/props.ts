import type {SearchView} from '../content/search/search.ts';
import type {Scene, UiState} from '../state/types.ts';

/** What every screen gets. */
export type ScreenProps<State extends UiState = UiState> = {
	readonly state: State;
	readonly scene: Scene;
	/** What is searched on the page. */
	readonly search: SearchView;
	/** At the right of the head. */
	readonly aside: string;
};
