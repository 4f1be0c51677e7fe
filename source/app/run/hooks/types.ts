import type {Answers} from '../../../answers/schema.ts';

/** When a hook is called. */
export type HookEvent = 'started' | 'waiting' | 'problem' | 'finished';

export const hookEvents: readonly HookEvent[] = ['started', 'waiting', 'problem', 'finished'];

/** One program or address. */
export type Hook = {
	readonly event: HookEvent;
	readonly way: 'command' | 'url';
	/** The path of the answer that names it, by which it is spoken of. */
	readonly answer: string;
	/** The command or URL. */
	readonly target: string;
};

/** What can go wrong with a hook; each is told once for each hook. */
export type FailureKind =
	| 'not there'
	| 'not a program'
	| 'not started'
	| 'exit code'
	| 'signal'
	| 'too late'
	| 'too much'
	| 'too many'
	| 'redirect'
	| 'status'
	| 'connection'
	| 'surroundings';

/** Why a call came to nothing: a sentence without a full stop, and what the hook itself said, which may hold anything. */
export type Failure = {readonly kind: FailureKind; readonly words: string; readonly said?: string};

/** The hooks of these answers that are called at these events. */
export const hooksOf = ({hooks}: Pick<Answers, 'hooks'>, events = hookEvents): readonly Hook[] =>
	events.flatMap((event) =>
		(['command', 'url'] as const).flatMap((way) => {
			const target = hooks[event][way];
			return target === undefined ? [] : [{event, way, answer: `hooks.${event}.${way}`, target}];
		}),
	);
