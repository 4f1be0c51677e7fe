/** Names that Docker Hub is written under; the one of its references, `docker.io`, serves no images itself. */
const hubNames: ReadonlySet<string> = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io']);

/** Is it Docker Hub, under any of its names? */
export const isDockerHub = (host: string): boolean => hubNames.has(host);

/** Host (and port) that serves the images of references to `host`. */
export const endpointOf = (host: string): string => (isDockerHub(host) ? 'registry-1.docker.io' : host);
