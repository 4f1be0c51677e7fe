import {isMap} from '../../../base/text.ts';
import type {KubeObject} from '../../../cluster/types.ts';
import type {ChangePart} from '../../../engine/plan.ts';
import type {World} from '../../world.ts';
import {atMost, diffLines} from './diff-lines.ts';
import {maskedPair} from './masked.ts';

/** Lines of one object that are told. */
const mostLines = 300;

/** Of what lives, only that which is wanted to be otherwise or the same: what others write there stays. */
const likeWanted = (live: unknown, wanted: unknown): unknown =>
	isMap(live) && isMap(wanted)
		? Object.fromEntries(
				Object.keys(wanted).flatMap((key) =>
					Object.hasOwn(live, key) ? [[key, likeWanted(live[key], wanted[key])] as const] : [],
				),
			)
		: live;

/** What an object of the cluster becomes, as a change opens to it; absent where no plan is looked at. Of a Secret only the keys are told. */
export const objectParts = (
	{pass}: Pick<World, 'pass'>,
	live: KubeObject | undefined,
	wanted: KubeObject,
): readonly ChangePart[] | undefined => {
	if (pass !== 'look') return undefined;
	const pair = maskedPair(live && likeWanted(live, wanted), wanted);
	return [{title: 'Manifest', lines: atMost(diffLines(...pair), mostLines)}];
};
