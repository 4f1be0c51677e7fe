import {expect, it} from 'vitest';
import {jobView, podView} from '../../../source/cluster/pods/views.ts';
import {containerOf, ended, event, image, jobOf, podOf, waiting} from './fixtures.ts';

it('the view of a pod has phase, readiness, restarts, node and the images of all containers', () => {
	const pod = podOf(
		{
			phase: 'Running',
			conditions: [{type: 'Ready', status: 'True'}],
			initContainerStatuses: [containerOf({name: 'i', restartCount: 1, state: ended(0, 'Completed')})],
			containerStatuses: [containerOf({ready: true, restartCount: 2, state: {running: {}}})],
		},
		{spec: {nodeName: 'n1', initContainers: [{name: 'i', image: 'init:1'}], containers: [{name: 'c', image}]}},
	);
	expect(podView(pod, [])).toEqual({
		name: 'p',
		namespace: 'a',
		phase: 'Running',
		status: 'Running',
		ready: true,
		containers: {ready: 1, total: 1},
		restarts: 3,
		node: 'n1',
		images: ['init:1', image],
		stuck: false,
	});
});

it('the view of a pod tells what it is of its release, and whose Job made it', () => {
	const ownerReferences = [{apiVersion: 'batch/v1', kind: 'Job', name: 'migration', uid: '1'}];
	const labels = {'app.kubernetes.io/component': 'executor'};
	const view = podView(podOf({}, {metadata: {name: 'p', namespace: 'a', labels, ownerReferences}}), []);
	expect(view).toMatchObject({component: 'executor', job: 'migration'});
});

it('the view of a pod has what a table of pods shows: how many containers are ready, its age, and a word for its trouble', () => {
	const metadata = {name: 'p', namespace: 'a', creationTimestamp: '2026-01-01T00:00:00Z'};
	const containers = [
		{name: 'c', image},
		{name: 'd', image},
	];
	const running = {phase: 'Running', containerStatuses: [containerOf({ready: true})]};
	expect(podView(podOf(running, {metadata, spec: {containers}}), [])).toMatchObject({
		containers: {ready: 1, total: 2},
		createdAt: Date.UTC(2026, 0, 1),
		status: 'Running',
	});
	expect(podView(waiting('ImagePullBackOff', 'Back-off'), []).status).toBe('ImagePullBackOff');
});

it('the view of a pod gives the reason in plain words, with that of Kubernetes and its message', () => {
	expect(podView(waiting('ErrImagePull', 'manifest unknown'), []).reason).toBe(
		'the image is not in the registry (ErrImagePull): manifest unknown',
	);
});

it('the view of a pod has room for one line of the message, and not for a long one', () => {
	expect(podView(waiting('InvalidImageName', 'one\ntwo'), []).reason).toBe(
		'the image reference is not valid (InvalidImageName): one',
	);
	expect(podView(waiting('InvalidImageName', 'x'.repeat(400)), []).reason).toMatch(/: x{299}…$/u);
	expect(podView(waiting('InvalidImageName'), []).reason).toBe('the image reference is not valid (InvalidImageName)');
});

it('a pod that is being deleted is Terminating and never stuck', () => {
	const pod = waiting('InvalidImageName');
	const view = podView({...pod, metadata: {...pod.metadata, deletionTimestamp: '2026-01-01T00:00:00Z'}}, []);
	expect(view).toMatchObject({phase: 'Terminating', stuck: false});
});

it('a pod that has succeeded stays so while it is being deleted', () => {
	const pod = podOf({phase: 'Succeeded', containerStatuses: [containerOf({state: ended(0, 'Completed')})]});
	const view = podView({...pod, metadata: {...pod.metadata, deletionTimestamp: '2026-01-01T00:00:00Z'}}, []);
	expect(view).toMatchObject({phase: 'Succeeded', stuck: false});
});

it('a pod of which nothing is known yet is pending', () => {
	const bare = {apiVersion: 'v1', kind: 'Pod', metadata: {name: 'p'}};
	expect(podView(bare, [])).toEqual({
		name: 'p',
		namespace: '',
		phase: 'Pending',
		status: 'Pending',
		ready: false,
		containers: {ready: 0, total: 0},
		restarts: 0,
		images: [],
		stuck: false,
	});
});

it('a Job has a row of its own only when it failed', () => {
	expect(jobView(jobOf('Failed', 'BackoffLimitExceeded', 'no more tries'), [])).toEqual({
		name: 'job/j',
		namespace: 'a',
		phase: 'Failed',
		status: 'BackoffLimitExceeded',
		ready: false,
		containers: {ready: 0, total: 0},
		restarts: 0,
		images: [],
		reason: 'the Job failed (BackoffLimitExceeded): no more tries',
		stuck: true,
	});
	expect(jobView(jobOf('Complete'), [])).toBeUndefined();
	expect(jobView(jobOf('Suspended'), [])).toBeUndefined();
});

it('a pod that waits is told with its newest warning, whichever field of an event holds its time', () => {
	const at = (minute: number): string => `2026-01-01T00:0${minute}:00Z`;
	const warnings = [
		{...event('Odd', 'first'), lastTimestamp: at(1)},
		{...event('Odd', 'third'), eventTime: at(2), series: {count: 4, lastObservedTime: at(4)}},
		{...event('Odd', 'second'), eventTime: at(3)},
	];
	const starting = waiting('ContainerCreating');
	expect(podView(starting, warnings).reason).toBe('not ready (Odd): third');
	expect(podView(starting, [{...event('Pulling', 'x'), type: 'Normal'}]).reason).toBeUndefined();
});

it('a warning that tells a cause comes before a newer one that does not', () => {
	const warnings = [
		{...event('Odd', 'newest'), lastTimestamp: '2026-01-01T00:02:00Z'},
		{...event('FailedCreatePodSandBox', 'no CNI plug-in'), lastTimestamp: '2026-01-01T00:01:00Z'},
	];
	expect(podView(waiting('ContainerCreating'), warnings)).toMatchObject({
		reason: 'the node cannot set up the pod (FailedCreatePodSandBox): no CNI plug-in',
		stuck: false,
	});
});

it('a pod that has found its node is not told with what kept it from one before', () => {
	const conditions = [{type: 'PodScheduled', status: 'True'}];
	const pod = podOf({phase: 'Pending', conditions});
	expect(podView(pod, [event('FailedScheduling', '0/1 nodes are available')]).reason).toBeUndefined();
});
