import {useInput, usePaste, useWindowSize} from 'ink';
import {useRef, useSyncExternalStore} from 'react';
import {useSeconds} from './components/spinner.tsx';
import {form} from './form.ts';
import {HandoverPage} from './screens/handover.tsx';
import {Help, QuitQuestion, TooSmall} from './screens/overlays.tsx';
import {ProblemPage} from './screens/problem.tsx';
import type {ScreenProps} from './screens/props.ts';
import {Questions} from './screens/questions.tsx';
import {Review} from './screens/review.tsx';
import {Run} from './screens/run.tsx';
import {Summary} from './screens/summary.tsx';
import {Welcome} from './screens/welcome.tsx';
import type {Session} from './session.ts';
import {type KeyId, keysOf} from './state/keys.ts';
import {fits} from './state/layout.ts';
import {pageOf, viewOf} from './state/page.ts';
import type {Asking} from './state/questions.ts';
import {shownScreen} from './state/reduce.ts';
import type {Reviewing} from './state/review.ts';
import {searching} from './state/run.ts';
import type {UiStore} from './state/store.ts';
import type {Welcoming} from './state/welcome.ts';

/** Keys by which the search line is edited. */
const edits: ReadonlySet<KeyId> = new Set(['text', 'backspace', 'delete', 'left', 'right']);

const RunOrPage = (props: ScreenProps) => {
	const {state, env} = props;
	const page = pageOf(env.run);
	if (page.kind === 'none' || viewOf(state.run, page).hidden) return <Run {...props} />;
	return page.kind === 'problem' ? <ProblemPage {...props} page={page} /> : <HandoverPage {...props} page={page} />;
};

const Screen = (props: ScreenProps) => {
	const {state, env} = props;
	if (state.quitting) return <QuitQuestion {...props} />;
	if (state.help) return <Help {...props} />;
	switch (shownScreen(state, env)) {
		case 'welcome':
			return <Welcome {...props} state={state as Welcoming} />;
		case 'questions':
			return <Questions {...props} state={state as Asking} />;
		case 'review':
			return <Review {...props} state={state as Reviewing} />;
		case 'summary':
			return <Summary {...props} />;
		case 'run':
			return <RunOrPage {...props} />;
	}
};

/** The whole program on a screen: draws the two stores and hands every key to the reducer. */
export const App = ({session, store}: {readonly session: Session; readonly store: UiStore}) => {
	const {columns, rows} = useWindowSize();
	const state = useSyncExternalStore(store.subscribe, store.getState);
	const run = useSyncExternalStore(session.run.subscribe, session.run.getState);
	const searched = !state.help && !state.quitting && shownScreen(state, {run}) === 'run' && searching(state, {run});
	useSeconds(run !== undefined && run.outcome === undefined);
	const left = useRef(false);
	useInput((input, key) => {
		const all = keysOf(input, key);
		// The search line has its own keyboard. It was drawn from `state`: when more has happened since, its text is old.
		left.current = all.length === 1 && all.every(({id}) => edits.has(id)) && state === store.getState() && searched;
		if (left.current) return;
		for (const one of all) store.dispatch({type: 'key', key: one}, columns, rows);
	});
	const onSearch = (text: string): void => {
		if (left.current) store.dispatch({type: 'search', text}, columns, rows);
	};
	usePaste((text) => store.dispatch({type: 'key', key: {id: 'paste', text}}, columns, rows));
	const env = {form, columns, rows, run, now: session.now()};
	if (!fits(columns, rows)) return <TooSmall state={state} env={env} />;
	const aside = `${state.found?.rehearsal ? 'rehearsal  ' : ''}zenml-airgap ${session.version}`;
	return <Screen state={state} env={env} aside={aside} onSearch={onSearch} />;
};
