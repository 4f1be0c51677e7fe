import {expect, test} from 'vitest';
import {endpointOf} from '../../../source/registry/pull/hosts.ts';

test('Docker Hub is asked at the host that serves its images', () => {
	expect(endpointOf('docker.io')).toBe('registry-1.docker.io');
	expect(endpointOf('ghcr.io')).toBe('ghcr.io');
});
