import {type Draft, getAt, removeAt, setAt} from '../../answers/draft.ts';
import type {Moving} from './secrets.ts';

/** Places in answers that may name an S3 server. */
const storages = ['artifacts', 'backup.schedule'] as const;

const onS3 = (draft: Draft): readonly string[] => storages.filter((at) => getAt(draft, `${at}.kind`) === 's3');

/** The storage that answers need played. */
export const storageIn = (draft: Draft): 's3' | undefined => (onS3(draft).length > 0 ? 's3' : undefined);

/** Buckets of the operator's give way to the one of the world; each keeps its own path in it. */
export const withStorage = (moving: Moving, world: Draft): Moving =>
	onS3(moving.draft).reduce(({draft, lines}, at) => {
		const played = setAt(draft, `${at}.s3`, getAt(world, 'artifacts.s3'));
		const prefix = getAt(draft, `${at}.s3.prefix`);
		const line = `${at}.s3: the S3 server of the rehearsal stands in, with a bucket and keys of its own`;
		return {draft: prefix === undefined ? played : setAt(played, `${at}.s3.prefix`, prefix), lines: [...lines, line]};
	}, moving);

/** Addresses of S3 servers in answers that are not the one of the world. */
export const foreignStorage = (draft: Draft, world: Draft): readonly string[] =>
	onS3(draft)
		.map((at) => `${at}.s3.endpoint`)
		.filter((at) => getAt(draft, at) !== getAt(world, 'artifacts.s3.endpoint'));

const moments = ['started', 'waiting', 'problem', 'finished'] as const;

/** Programs and servers that the operator's answers have called: a rehearsal calls none of them. */
export const withoutHooks = ({draft, lines}: Moving): Moving => {
	const called = moments.map((moment) => `hooks.${moment}`).filter((at) => getAt(draft, at) !== undefined);
	if (called.length === 0) return {draft, lines};
	const line = `${called.join(', ')}: nothing of it is called; to try one, name it with --set, e.g. --set hooks.started.command=/path`;
	return {draft: called.reduce((before, at) => removeAt(before, at), draft), lines: [...lines, line]};
};

/** An operator's registry may take pushes at another address; the rehearsal's takes all at one. */
export const withPushHost = ({draft, lines}: Moving): Moving => {
	if (getAt(draft, 'registry.pushHost') === undefined) return {draft, lines};
	const line = 'registry.pushHost: the registry of the rehearsal takes pushes where it is';
	return {draft: removeAt(draft, 'registry.pushHost'), lines: [...lines, line]};
};
