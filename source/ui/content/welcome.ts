import {dateTime} from '../format.ts';
import {blank, bullet, paragraph, type Row, row} from '../rows.ts';
import type {Sighting} from '../session.ts';
import type {UiState} from '../state/types.ts';
import type {Glyphs} from '../theme.ts';

const sightingRows = (what: string, {ok, text}: Sighting, width: number, glyphs: Glyphs): readonly Row[] =>
	bullet({text: glyphs[ok ? 'ok' : 'pending'], role: ok ? 'ok' : 'warn'}, `${what}: ${text}`, width);

const earlierRows = ({found}: UiState, width: number, glyphs: Glyphs): readonly Row[] => {
	const earlier = found?.earlier;
	if (!earlier) return bullet({text: glyphs.skipped, role: 'dim'}, 'No earlier run on this host', width, 'dim');
	const role = earlier.finished ? 'ok' : 'warn';
	return bullet(
		{text: glyphs[earlier.finished ? 'ok' : 'warn'], role},
		`Earlier run of ${dateTime(earlier.at)}: ${earlier.text}`,
		width,
	);
};

/** The first page above its menu: what this is, and what was found. */
export const welcomeRows = (state: UiState, width: number, glyphs: Glyphs): readonly Row[] => {
	const {found, foundProblem, given} = state;
	return [
		...paragraph('Installs ZenML Pro on a Kubernetes cluster that has no way to the internet.', width),
		...paragraph('Nothing is changed before you have seen the plan and chosen Start.', width, 'dim'),
		blank,
		...(found?.rehearsal
			? [
					...paragraph(
						'This is a rehearsal: cluster, registry and database live inside this program. Nothing outside is touched.',
						width,
						'warn',
					),
					blank,
				]
			: []),
		...(foundProblem
			? [...paragraph(foundProblem.message, width, 'bad'), ...paragraph(`What to do: ${foundProblem.fix}`, width)]
			: []),
		...(found === undefined && !foundProblem ? [row('Looking around.', 'busy')] : []),
		...(found
			? [
					...sightingRows(`Bundle ${found.bundle.path}`, found.bundle, width, glyphs),
					...sightingRows(
						found.kubeconfig.context === '' ? 'Cluster' : `Cluster ${found.kubeconfig.context}`,
						found.kubeconfig,
						width,
						glyphs,
					),
					...earlierRows(state, width, glyphs),
					...found.lines.flatMap((line) => paragraph(line, width, 'dim', 2)),
				]
			: []),
		...(given.length > 0 ? [blank, ...paragraph(`${given.length} answers are given already.`, width, 'dim')] : []),
	];
};
