import {useInput, usePaste, useWindowSize} from 'ink';
import {useSyncExternalStore} from 'react';
import {besideNotice, withToldNotice} from './components/notice.ts';
import {useSeconds} from './components/spinner.tsx';
import {envOf} from './content/extent.ts';
import {searchView} from './content/search/search.ts';
import {CopyPage} from './screens/copy.tsx';
import {Handover} from './screens/handover.tsx';
import {ExplainedPage, Help, QuitQuestion, TooSmall} from './screens/overlays.tsx';
import {PapersPage} from './screens/papers.tsx';
import {PodLogPage} from './screens/pod-log.tsx';
import {Problem} from './screens/problem.tsx';
import type {ScreenProps} from './screens/props.ts';
import {Questions} from './screens/questions.tsx';
import {Review} from './screens/review.tsx';
import {Run} from './screens/run.tsx';
import {Summary} from './screens/summary.tsx';
import {Welcome} from './screens/welcome.tsx';
import {type Key, keysOf} from './state/keys.ts';
import {openPage, shownScreen} from './state/page.ts';
import type {Session} from './state/session.ts';
import {isOn} from './state/types.ts';
import type {UiStore} from './store.ts';
import {fits} from './terminal/layout.ts';

const RunOrPage = (props: ScreenProps) => {
	const page = openPage(props.state, props.scene.run);
	switch (page?.kind) {
		case 'problem':
			return <Problem {...props} page={page} />;
		case 'handover':
			return <Handover {...props} page={page} />;
		default:
			return <Run {...props} />;
	}
};

const Screen = (props: ScreenProps) => {
	const {state, scene} = props;
	if (state.quitting) return <QuitQuestion {...props} />;
	if (state.help) return <Help {...props} />;
	if (state.copying !== undefined) return <CopyPage {...props} focus={state.copying} />;
	if (state.papers) return <PapersPage {...props} view={state.papers} />;
	if (state.podLog) return <PodLogPage {...props} view={state.podLog} />;
	if (state.explained) return <ExplainedPage {...props} explained={state.explained} />;
	if (shownScreen(state, scene.run) === 'summary') return <Summary {...props} />;
	if (isOn(state, 'welcome')) return <Welcome {...props} state={state} />;
	if (isOn(state, 'questions')) return <Questions {...props} state={state} />;
	if (isOn(state, 'review')) return <Review {...props} state={state} />;
	return <RunOrPage {...props} />;
};

/**
 * The whole program on a screen: draws the two stores and hands every key to the reducer. This is the only place that listens to
 * the keyboard: whatever is on the screen, a key is folded before the next one is looked at.
 */
export const App = ({session, store}: {readonly session: Session; readonly store: UiStore}) => {
	const {columns, rows} = useWindowSize();
	const state = useSyncExternalStore(store.subscribe, store.getState);
	const run = useSyncExternalStore(session.run.subscribe, session.run.getState);
	useSeconds(run !== undefined && run.outcome === undefined);
	const press = (key: Key): void => store.dispatch({type: 'key', key}, {columns, rows});
	useInput((input, key) => keysOf(input, key).forEach(press));
	usePaste((text) => press({id: 'paste', text}));
	const scene = {columns, rows, run, now: session.now()};
	if (!fits(columns, rows)) return <TooSmall state={state} scene={scene} />;
	const aside = `${session.rehearsal ? 'rehearsal  ' : ''}zenml-airgap ${session.version}`;
	const told = withToldNotice(state, scene);
	const beside = besideNotice(scene, told.notice);
	const search = searchView(state, envOf(beside));
	return <Screen state={told} scene={beside} search={search} aside={aside} />;
};
