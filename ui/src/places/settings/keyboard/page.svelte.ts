/** The list of keys in the settings: whether it is open, and whether the reviewer asked to be taken there. */
export const keysPage = $state({ open: false, wanted: false });
