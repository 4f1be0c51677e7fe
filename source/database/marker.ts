/** The table that says, in a database of an engine without transactions of definitions, that a restore has begun and not ended. */
export const markerTable = 'zenml_airgap_restore_unfinished';
