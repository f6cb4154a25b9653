//! When a conversation is painted: the second animation frame after the document holds its id, its last visible line, the
//! state name of its insight and, where it was spoken, a waveform as long as its recordings are; all equal to what the server
//! says.

/// Watches from the next key press on; `window.__opened` holds the milliseconds once painted. Takes the conversation's id, its
/// texts by message, the state's name, and the seconds of its sound or nothing.
pub const WATCH: &str = "const [id, texts, state, seconds] = arguments;
    window.__opened = null;
    const flat = (text) => text.replace(/\\s+/g, ' ').trim();
    const drawn = (canvas) => {
        if (!canvas?.width || Number(canvas.ariaValueMax) !== seconds) return false;
        const row = new OffscreenCanvas(canvas.width, 1).getContext('2d');
        row.drawImage(canvas, 0, -Math.floor(canvas.height / 2));
        const middle = row.getImageData(0, 0, canvas.width, 1).data;
        return middle.some((value) => value > 0);
    };
    const holds = () => {
        if (document.querySelector('section.what')?.dataset.id !== id) return false;
        const pane = document.querySelector('[data-part=transcript]')?.getBoundingClientRect();
        if (!pane) return false;
        const lines = [...document.querySelectorAll('[data-part=transcript] [data-part=message]')];
        const last = lines.filter((line) => line.getBoundingClientRect().top < pane.bottom).at(-1);
        if (!last || !flat(last.innerText).includes(flat(texts[last.dataset.id] ?? '\\0'))) return false;
        const name = document.querySelector('[data-part=state-path] li.last code');
        if (name === null || flat(name.innerText) !== state) return false;
        return seconds === null || drawn(document.querySelector('[data-part=waveform]'));
    };
    addEventListener('keydown', (event) => {
        const pressed = event.timeStamp;
        const look = () => {
            if (!holds()) return requestAnimationFrame(look);
            requestAnimationFrame(() => requestAnimationFrame(() => (window.__opened = performance.now() - pressed)));
        };
        queueMicrotask(look);
    }, { once: true, capture: true });";
