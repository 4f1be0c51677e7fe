import type {Change} from '../../engine/plan.ts';
import type {ZenmlSession} from '../../zenml/types.ts';
import type {World} from '../world.ts';

/** A user as the answers want it. */
export type WantedUser = World['answers']['organization']['users'][number];

/** Users of an organization with the roles they hold. */
export type Members = Awaited<ReturnType<ZenmlSession['members']>>;

/** One thing that differs, and how it is made so. */
export type Act = {
	readonly change: Change;
	readonly run: () => Promise<void>;
	/** What is told once it is done; nothing where another act tells of it. */
	readonly told?: string | undefined;
};

export const userChange = (
	action: 'create' | 'update' | 'delete',
	{username}: Pick<WantedUser, 'username'>,
	detail: string,
): Change => ({action, target: `user ${username}`, detail});

/** Makes them so, one after the other. */
export const runActs = async (acts: readonly Act[], {report}: World): Promise<void> => {
	for (const {run, told} of acts) {
		await run();
		if (told !== undefined) report({kind: 'line', level: 'info', text: told});
	}
};
