/** Secret in the control plane's namespace that holds the journal, so that another jump host can go on. */
export const journalSecretName = 'zenml-airgap-state';
/** Key in it. */
export const journalSecretKey = 'state.json';
