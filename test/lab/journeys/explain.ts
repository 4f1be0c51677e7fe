import type {Line} from './compare-steps.ts';
import {type Known, known} from './known.ts';

/** The differences of a journey that no reason explains; reasons that apply are added to `met`. */
export const unexplained = (
	journey: string,
	lines: readonly Line[],
	met: Set<Known>,
	reasons: readonly Known[] = known,
): readonly Line[] =>
	lines.filter((line) => {
		const found = reasons.filter(
			(one) =>
				(one.journey ?? /./u).test(journey) &&
				(one.step ?? /./u).test(line.step) &&
				one.call.test(line.call) &&
				one.path.test(line.path),
		);
		for (const one of found) met.add(one);
		return found.length === 0;
	});
