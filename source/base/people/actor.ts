/**
 * Everybody who may have to act, and what for: the teams that a company has. One list for problems, hand-overs and documents. `told` is
 * how the operator reads of them.
 */
export const actors = {
	operator: {told: 'you', keeps: 'the answers, the bundle and the host on which this program runs'},
	'network team': {told: 'the network team', keeps: 'names and addresses: DNS records, name servers, time servers'},
	'firewall team': {told: 'the firewall team', keeps: 'which host may connect to which: firewalls and proxies'},
	'cluster admin': {told: 'the cluster admin', keeps: 'Kubernetes: nodes, permissions, ingress, storage classes'},
	'database admin': {told: 'the database admin', keeps: 'database servers: logins, rights, settings, room'},
	'registry admin': {told: 'the registry admin', keeps: 'the image registry: projects, rights, quota'},
	'storage admin': {told: 'the storage admin', keeps: 'buckets and exports: object storage and NFS'},
	'PKI team': {told: 'the PKI team', keeps: 'certificates and the CA that issues them'},
	'desktop team': {told: 'the desktop team', keeps: 'the computers of the users: the CAs and programs on them'},
	vendor: {told: 'the vendor', keeps: 'the product: its charts, images and licences'},
	bug: {told: 'the authors of this tool', keeps: 'this program'},
} as const satisfies Readonly<Record<string, {readonly told: string; readonly keeps: string}>>;

/** Who has to act on a problem or a hand-over; `bug` means the authors of this tool. */
export type Actor = keyof typeof actors;

/** Somebody as the operator reads of them: `you`, `the database admin`. */
export const toldActor = (who: Actor): string => actors[who].told;

/** How many things are whose, those of others first: `1 for the database admin, 2 for you`; where all are one's, `all for you to mend`. */
export const sharesOf = (all: readonly Actor[]): string => {
	const known = (Object.keys(actors) as readonly Actor[]).filter((who) => all.includes(who));
	const [only, ...others] = known;
	if (only !== undefined && others.length === 0)
		return `${all.length === 1 ? '' : 'all '}for ${toldActor(only)} to mend`;
	return [...known.filter((who) => who !== 'operator'), ...known.filter((who) => who === 'operator')]
		.map((who) => `${all.filter((one) => one === who).length} for ${toldActor(who)}`)
		.join(', ');
};
