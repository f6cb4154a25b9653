/** How wide the waveform was drawn last, in CSS pixels; 0 before that. The next conversation's will be as wide. */
export const waveform = { width: 0 };
