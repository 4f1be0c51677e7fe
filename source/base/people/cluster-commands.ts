import {shellWord} from '../shell.ts';
import type {Actor} from './actor.ts';

/** The cluster that the answers name, as far as they do: what they leave open, kubectl and helm take from the same places as this tool. */
export type ClusterInUse = {readonly kubeconfig?: string | undefined; readonly context?: string | undefined};

/** What only looks. Such a command is for this host, whoever has to act on what it shows. */
const looks = 'api-resources|get|describe|logs|history|list|status|top|explain|auth|version';

/** What changes something: where others have to act, they do it with a kubeconfig of theirs. */
const changes =
	'create|apply|label|annotate|patch|delete|edit|scale|rollout|rollback|uninstall|upgrade|install|exec|adm';

/** A program of the cluster, up to its first flag or verb; in prose no word follows the verb. */
const call = new RegExp(
	String.raw`(?<=^|[\s\x60(|])(kubectl|oc|helm) (?=(?:-n \S+ )?(${looks}|${changes}) [^\s;])`,
	'gmu',
);

const isLook = new RegExp(`^(?:${looks})$`, 'u');

const flagsOf = (program: string, {kubeconfig, context}: ClusterInUse): string =>
	[
		...(kubeconfig === undefined ? [] : [`--kubeconfig ${shellWord(kubeconfig)} `]),
		...(context === undefined ? [] : [`${program === 'helm' ? '--kube-context' : '--context'} ${shellWord(context)} `]),
	].join('');

/**
 * A text whose commands of kubectl, oc and helm name the cluster in use. Those that change something keep their own way where `who` is
 * somebody else: they are typed on another host, where this kubeconfig is not.
 */
export const onCluster = (text: string, cluster: ClusterInUse, who: Actor = 'operator'): string =>
	text.replaceAll(call, (begin, program: string, verb: string) =>
		who === 'operator' || isLook.test(verb) ? `${begin}${flagsOf(program, cluster)}` : begin,
	);
