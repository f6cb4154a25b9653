/** Whether the list and the rail are hidden, so that nothing stands beside the conversation; for this run only. */
export const focusMode = $state({ on: false });
