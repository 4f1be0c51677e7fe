import type {PlanWords} from '../engine/plan-words.ts';

/** How each plan speaks of itself: first page, button, last page, and what is printed. Screens have no words of their own for it. */
export const planWords = {
	install: {
		welcome: 'Installs ZenML Pro on a Kubernetes cluster that has no way to the internet.',
		start: 'Start',
		done: 'ZenML Pro is installed and verified',
		nothing: 'ZenML Pro is installed and verified, nothing had to be changed',
		whole: 'the whole install',
		servers: true,
		keepKeys:
			'Keep a copy of the generated keys outside of the cluster: without them what the workspaces store cannot be read. This writes them, encrypted:\nzenml-airgap backup escrow --out FILE',
		next: ['Make the first backup, then have it made daily:\nzenml-airgap backup\nzenml-airgap backup schedule'],
		nextWithoutDumps: (anew) => [
			`To rehearse backups begin this world anew, with a MySQL that dumps can be made of; what is installed in this one is forgotten:\n${anew}`,
		],
	},
	backup: {
		welcome:
			'Backs up what is installed: databases, secrets, certificates, values, answers and the list of images, in one folder with checksums. Servers go on running.',
		start: 'Back up',
		done: 'The backup is whole',
		nothing: 'The backup was whole before',
		whole: 'a whole backup',
		servers: false,
		next: [
			'Copy it to another place: a backup that lies where the cluster lies is lost with it.',
			'The first tells its age and size, the second reads every file of it:\nzenml-airgap backup status\nzenml-airgap backup verify ID',
		],
	},
	upgrade: {
		welcome:
			'Upgrades what is installed to the bundle that was carried in: a backup first, then the control plane, then the workspaces one by one. What fails is brought back with its data when you ask for it.',
		start: 'Upgrade',
		done: 'The upgrade is done and verified',
		nothing: 'What is installed is as new as the bundle, nothing had to be changed',
		whole: 'the whole upgrade',
		servers: true,
		next: [],
	},
	back: {
		welcome:
			'Brings back a component to what it was before an upgrade: its release and the dump of its database, both or neither. What was written since that dump is lost.',
		start: 'Bring back',
		consent: 'What was written since the dump is lost. Bring it back?',
		done: 'What ran before the upgrade runs again, with its data',
		nothing: 'It was brought back before, nothing had to be changed',
		whole: 'the whole way back',
		unfinished: 'A way back',
		servers: true,
		next: [],
	},
	schedule: {
		welcome: 'Puts the backup into the cluster: a CronJob that makes one by itself, proved by its first run.',
		start: 'Schedule',
		done: 'Backups are made by themselves from now on; the first one was proved',
		nothing: 'Backups are made by themselves as the answers say, nothing had to be changed',
		whole: 'the whole schedule',
		servers: false,
		next: ['When the last good one was made:\nzenml-airgap backup status'],
	},
	restore: {
		welcome:
			'Restores what is installed, or one database of it, from a backup: databases first, then the control plane, then the workspaces. What is in these databases now is replaced.',
		start: 'Restore',
		consent: 'What the databases hold now is replaced. Restore?',
		done: 'The backup is restored and verified',
		nothing: 'All is as in the backup, nothing had to be changed',
		whole: 'the whole restore',
		unfinished: 'A restore',
		servers: true,
		next: [],
	},
	drill: {
		welcome:
			'Proves that a backup comes back: databases and servers of scratch, beside the real ones, compared, measured and removed again. Nothing that people use is touched.',
		start: 'Start the drill',
		done: 'The drill is done: the backup comes back',
		nothing: 'The drill was done before, nothing had to be changed',
		whole: 'the whole drill',
		servers: false,
		next: [
			'The report for the auditor lies in the folder reports of the state folder.',
			'When the last drill was, and how long a restore takes:\nzenml-airgap status',
		],
	},
	'drill-clean': {
		welcome: 'Removes what a drill that was stopped has left: databases and servers of scratch, and nothing else.',
		start: 'Remove',
		done: 'What a drill had left is gone',
		nothing: 'No drill has left anything',
		whole: 'all of it',
		servers: false,
		next: [],
	},
	failover: {
		welcome:
			'Watches the servers while the database fails over to its standby, and measures how long they do not answer. It touches no database itself.',
		start: 'Watch',
		done: 'The failover was seen and measured',
		nothing: 'The failover was seen and measured',
		whole: 'the whole test',
		servers: false,
		next: ['The report lies in the folder reports of the state folder.'],
	},
} as const satisfies Readonly<Record<string, PlanWords>>;

/** The words of a plan in a played world whose MySQL no dump can be made of. @param anew the command that begins it with one that can */
export const withoutDumps = (words: PlanWords, anew: string): PlanWords => ({
	...words,
	next: words.nextWithoutDumps?.(anew) ?? words.next,
});

/**
 * The words of a plan for a run in a played world: nobody who reads its end takes it for a real one.
 * @param keptUp the command that keeps the world up after the program; absent for one that is kept up already
 */
export const rehearsedWords = (words: PlanWords, keptUp?: string): PlanWords => ({
	...words,
	...(keptUp !== undefined && {
		before: `The world of this rehearsal ends with this program, and what is told below needs it. In another shell this keeps it up:\n${keptUp}`,
	}),
	done: `REHEARSAL: ${words.done}, in a played world`,
	nothing: `REHEARSAL: ${words.nothing}, in a played world`,
});
