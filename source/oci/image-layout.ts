/** Where an OCI layout keeps a blob (image-layout.md). */
export const blobPath = (digest: string): string => `blobs/${digest.replace(':', '/')}`;
