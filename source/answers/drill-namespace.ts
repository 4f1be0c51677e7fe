/** The one namespace of a drill, which goes with all that is in it: no answer may name it. */
export const drillNamespace = 'zenml-airgap-drill';
