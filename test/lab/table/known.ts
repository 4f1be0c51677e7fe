/** A difference that stays, with its reason. */
export type Known = {
	/** A scenario, or any. */
	readonly scenario?: string;
	/** A scenario in which it is not excused. */
	readonly except?: string;
	readonly call: RegExp;
	readonly path: RegExp;
	readonly reason: string;
};

const any = /./u;

/** Differences between the rehearsal and a real API server that are not mended. Each one is named; anything else fails. */
export const known: readonly Known[] = [
	{
		scenario: 'refusals of bad input',
		call: /^(no JSON|a pull secret that is no JSON)$/u,
		path: /message$/u,
		reason: "The words of Go's JSON parser about the first wrong byte; status, reason and field are the same.",
	},
	{
		scenario: 'refusals of bad input',
		call: /^another media type$/u,
		path: any,
		reason: 'Helm and this installer only send JSON, YAML and protobuf; the rehearsal reads everything else as JSON.',
	},
	{
		scenario: 'refusals of bad input',
		call: /^a duplicate field, strictly$/u,
		path: any,
		reason: 'The JSON parser of Node keeps the last of two equal keys and tells nobody.',
	},
	{
		scenario: 'refusals of bad input',
		call: /^an unknown field, (with a warning|ignored)$/u,
		path: /^body\.(dta|metadata\.managedFields)/u,
		reason:
			'The rehearsal warns or is silent in the same way, but keeps the field: it has no schema of every kind to prune by.',
	},
	{
		scenario: 'server-side apply',
		call: /^an unknown field, strictly$/u,
		path: any,
		reason:
			'The real server fails with 500 while it types the patch; the rehearsal refuses with 400 and the plain cause.',
	},
	{
		scenario: 'selectors and lists',
		call: /^labels (app in \(a|=a|a b=c)$/u,
		path: /^body\.message$/u,
		reason: 'The token at which the parser gave up; status and reason are the same.',
	},
	{
		scenario: 'selectors and lists',
		call: /^the rest$/u,
		path: /^body\.message$/u,
		reason: 'Continue tokens are private to each server, and so are the words about a broken one.',
	},
	{
		scenario: 'selectors and lists',
		call: any,
		path: /^body\.items\[\d+\]\.(data\.ca\.crt|metadata\.(annotations|managedFields))/u,
		reason:
			'kube-root-ca.crt, which a controller makes in every namespace: another CA, and a description that nobody reads.',
	},
	{
		scenario: 'watches',
		call: /^(with bookmarks|sent as a list with initial events)$/u,
		path: /^body\[\d+\]/u,
		reason: 'Bookmarks may come at any time and in any number (Kubernetes API concepts); their time is not compared.',
	},
	{
		scenario: 'watches',
		call: /^from nonsense$/u,
		path: any,
		reason: 'The real server answers 500; no client of ours sends a version that it did not get from the server.',
	},
	{
		scenario: 'objects of a chart with their defaults',
		call: /^logs of a pod that never ran$/u,
		path: any,
		reason: 'The pod is bound to a node that does not exist; every node of the rehearsal does.',
	},
	{
		scenario: 'objects of a chart with their defaults',
		call: /^a CronJob$/u,
		path: /metadata$/u,
		reason: 'An empty object that Go writes for a struct; it means the same as its absence.',
	},
	{
		except: 'server-side apply',
		call: any,
		path: /^body(\.items\[\d+\])?\.metadata\.managedFields\[\d+\]\.fieldsV1\./u,
		reason:
			'Who owns what the server itself filled in after an Update (cluster IP, priority, selector of a Job). Conflicts of server-side apply, which the scenario of that name compares whole, come from fields that a client sent.',
	},
	{
		scenario: 'who may do what',
		call: any,
		path: /^body\.metadata\.(managedFields|creationTimestamp)$/u,
		reason: 'Reviews are never stored; the real server keeps books on them all the same.',
	},
	{
		scenario: 'finalizers and deletion',
		call: /^a second finalizer cannot be added$/u,
		path: /^body\.details\.causes\[1\]$/u,
		reason: 'The real server reports the same cause twice.',
	},
];
