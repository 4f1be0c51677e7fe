/** A difference between the journeys that stays, with its reason. */
export type Known = {
	/** Journeys that it is about; by default all. */
	readonly journey?: RegExp;
	readonly step?: RegExp;
	readonly call: RegExp;
	readonly path: RegExp;
	/** It depends on the moment, so that it need not be seen in every run. */
	readonly sometimes?: true;
	readonly reason: string;
};

const any = /./u;

/** Differences that are not mended. Each one is named; anything else fails. */
export const known: readonly Known[] = [
	{
		call: /^GET \/api\/v1\/services \(list and watch\)$/u,
		path: /^\(kubernetes\)\./u,
		sometimes: true,
		reason: "The API server's own Service: the rehearsal's has a name and an address, and no more.",
	},
	{
		journey: /^install$/u,
		call: /dryRun=All/u,
		path: /managedFields\.\([^)]* Apply\)\.time$/u,
		sometimes: true,
		reason: 'A real server notes no time for a dry run that changes nothing.',
	},
	{
		journey: /^install$/u,
		call: /\/(jobs|pods)\b/u,
		path: /\.containers\[0\]\.env\[1\]\.value$/u,
		sometimes: true,
		reason: 'What a probe is told: where the databases and names of its site are.',
	},
	{
		journey: /^install$/u,
		call: /\/secrets\/zenml-enrollment\?dryRun=All/u,
		path: /^count$/u,
		sometimes: true,
		reason: 'What lies beside a release is looked at as often as its rollout is, and the pace differs.',
	},
	{
		call: /^GET \/(version|apis?(\/[a-z0-9.]+)?(\/v[0-9a-z]+)?|openapi\/\S+)(\?timeout)?$/u,
		path: any,
		reason:
			'What a server can do and of which build it is: the rehearsal has the kinds that charts and installers use, in an order of its own, with schemas that Helm can read and no more. `kubernetes-table` compares the kinds that it has.',
	},
	{
		call: /^GET \/(apis?(\/[a-z0-9.]+)?(\/v[0-9a-z]+)?)(\?timeout)?$/u,
		path: /^request$/u,
		sometimes: true,
		reason: 'Helm asks again for the kinds when what it keeps of them on disk has grown old.',
	},
	{
		call: any,
		path: /managedFields(?!\.\([^)]* Apply\b)/u,
		reason:
			'Who owns what after an Update, and what controllers own: the rehearsal keeps books on what clients sent. Conflicts of server-side apply come from the entries of operation Apply, which are compared.',
	},
	{
		call: /\/secrets/u,
		path: /managedFields\.\([^)]* Apply\)\.fieldsV1\.f:(data|stringData)$/u,
		reason:
			'A real server books `stringData` under that name, so that nobody ever conflicts over it; the rehearsal books the data that it becomes, and so is the stricter one.',
	},
	{
		call: /\/events \(list and watch\)$/u,
		path: any,
		sometimes: true,
		reason:
			'Events are told as often as things happen, are counted together in ways of their own, and the pace differs. Which reasons and fields they have is compared as objects of kind Event.',
	},
	{
		call: /^objects of kind Event$/u,
		path: /reason: "(NoPods|CalculateExpectedPodCountFailed|Unhealthy|FailedMount|FailedToRetrieveImagePullSecret|BackOff|Pulling)"|type: "Warning"/u,
		sometimes: true,
		reason:
			'Told only when somebody was too early: a budget before its pods, a probe before its server, a pod before the CA of its namespace or its pull secret had reached the node, a second try of a pull; or only for an image that the node does not have yet.',
	},
	{
		call: /\/configmaps /u,
		path: /^\(kube-root-ca\.crt\)\.metadata\.annotations$/u,
		reason: 'A description for people of what a controller makes in every namespace.',
	},
	{
		journey: /^helm/u,
		call: /\/pods/u,
		path: /imageID$/u,
		reason:
			'The image of this chart was put into containerd by hand, so that it has no repository; pulled ones have one.',
	},
	{
		call: /\/replicasets/u,
		path: /\.(metadata\.generation|status\.observedGeneration)$/u,
		sometimes: true,
		reason:
			'A template and a count that change at once: a real controller first scales the old sets in proportion, the rehearsal goes straight to the end. Both end with the same pods.',
	},
	{
		call: /\/replicasets.*\(list and watch\)$/u,
		path: /\.(spec\.replicas|status\.\w*[rR]eplicas)$/u,
		sometimes: true,
		reason:
			'Helm asks until the new pods are ready; whether it still sees the old set go down to 0 is a matter of milliseconds. The world at rest is compared as a whole.',
	},
	{
		journey: /^helm/u,
		step: /image is missing/u,
		call: /\(list and watch\)$/u,
		path: any,
		sometimes: true,
		reason: 'Helm gives up in the middle of things: what was last seen depends on how far they were.',
	},
	{
		step: /^status$/u,
		call: /includeObject=Object/u,
		path: /columnDefinitions|cells\[/u,
		reason:
			'The table that `helm status` prints: the rehearsal has short descriptions, and names and ages for most kinds.',
	},
	{
		call: /^objects of kind (Table|APIGroupDiscovery|APIResource)$/u,
		path: any,
		sometimes: true,
		reason: 'Follows from the columns, the kinds and the objects that are compared by themselves.',
	},
	{
		call: /^objects of kind (Deployment|Pod|Job)$/u,
		path: /NewReplicaSetCreated|ReplicaSetUpdated|MinimumReplicasUnavailable|unavailableReplicas|Initialized\]|state\.waiting|initContainerStatuses\[\]\.state\.|status\.(active|terminating|uncountedTerminatedPods)|finalizers|ContainersReady\]\.message|Ready\]\.message|deletion/u,
		sometimes: true,
		reason: 'States of less than a second, seen when a look falls into them.',
	},
	{
		journey: /^install$/u,
		call: /\/nodes|^objects of kind Node$/u,
		path: any,
		reason:
			'Labels, addresses, sizes and images of a node: no two machines are alike. What the installer asks is compared by what it does next.',
	},
	{
		journey: /^install$/u,
		call: /\/ingressclasses|^objects of kind IngressClass$/u,
		path: /generation/u,
		reason: 'A class of Ingress in the rehearsal was never changed and does not count its changes.',
	},
	{
		journey: /^install$/u,
		call: /\/ingresses/u,
		path: /status\.loadBalancer/u,
		sometimes: true,
		reason: 'Where the ingress controller listens.',
	},
	{
		journey: /^install$/u,
		call: /\/log\?/u,
		path: any,
		sometimes: true,
		reason: 'What the programs of the product say: those of the lab and of the rehearsal are two stand-ins.',
	},
	{
		journey: /^install$/u,
		call: /\/(pods|jobs|replicasets)\b.*\(list and watch\)$/u,
		path: /^\([^)]*(probe|migration)[^)]*\)($|\.metadata\.)/u,
		sometimes: true,
		reason: 'Probes and migrations end within a second and are removed; a poll sees them or not.',
	},
	{
		journey: /^install$/u,
		call: /\/(jobs|deployments)\?labelSelector=app\.kubernetes\.io\/instance=zenml-airgap-probe-\S+ \(list and watch\)$/u,
		path: /^request$/u,
		sometimes: true,
		reason:
			'What keeps a probe waiting is asked half a second after it was made; played pods have mostly come to their end by then.',
	},
	{
		journey: /^install$/u,
		call: /^DELETE \/api\/v1\/namespaces\/[^/]+\/pods\/zenml-airgap-probe/u,
		path: any,
		sometimes: true,
		reason:
			'The installer removes the Job of a probe and then its pods; who is first, it or the garbage collector, is a matter of milliseconds. Both answers are a success to it.',
	},
	{
		journey: /^helm/u,
		call: /^GET .*\/pods.*\(list and watch\)$/u,
		path: /^\(journey-HASH\d-RAND\)$/u,
		sometimes: true,
		reason:
			'Pods of an earlier revision, which are on their way out when Helm looks. The look at rest compares those that stay.',
	},
	{
		journey: /^install$/u,
		call: /^PATCH \S+\/secrets\/zenml-airgap-generated\b/u,
		path: /^request\[\d+\]\.value(?:\.|$)/u,
		reason: 'Passwords and keys are made anew in every world, and so is what a workspace is enrolled by.',
	},
	{
		journey: /^install$/u,
		call: /^(PATCH|GET) \S+\/secrets\/zenml-airgap-state\b/u,
		path: /^(count|request)$/u,
		sometimes: true,
		reason: 'The journal is copied into the cluster as often as there is something new and time for it.',
	},
];
