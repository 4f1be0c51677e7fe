/**
 * Where the answers of a component stand. What is wrong with its release or its pods is mended by answers below that
 * path.
 */
export type ComponentPath = 'controlPlane' | `workspaces.${number}`;
