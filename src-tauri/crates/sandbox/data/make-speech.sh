#!/bin/sh
# Makes the recorded speech of data/audio/ again from the scripted voice conversations.
# Needs espeak-ng, sox and lame. Every line is spoken by the voice its script names under "speech"; each script's
# shortest line is a WAV file, the others are MP3, so that both formats occur in every voice conversation.
#
#   data/make-speech.sh            every clip that is missing
#   data/make-speech.sh SLUG       all clips of one conversation, again
set -eu
cd "$(dirname "$0")"
mkdir -p audio
if [ $# -gt 0 ]; then rm -f audio/"$1"-[0-9][0-9]-*; fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# say VOICE-OPTIONS TEXT FILE
say() {
    # shellcheck disable=SC2086  # the options are several words
    espeak-ng -v $1 -w "$work/raw.wav" -- "$2"
    case "$3" in
        *.wav) sox -q "$work/raw.wav" -r 8000 -b 16 -c 1 "$3" norm -3 pad 0.1 0.25 ;;
        *) sox -q "$work/raw.wav" -r 22050 -b 16 -c 1 "$work/level.wav" norm -3 pad 0.1 0.25
           lame --silent -b 24 -m m --noreplaygain "$work/level.wav" "$3" ;;
    esac
}

# One line per clip: voice options, file stem, format and text, separated by tabs.
python3 - > "$work/lines" <<'PYTHON'
import glob, json, os

for path in sorted(glob.glob("conversations/*.json")):
    script = json.load(open(path, encoding="utf-8"))
    if not script.get("voice"):
        continue
    slug = os.path.basename(path)[:-5]
    lines = [turn[who] for turn in script["turns"] for who in ("user", "agent") if who in turn]
    for number, turn in enumerate(script["turns"], 1):
        for who in ("user", "agent"):
            if who in turn:
                kind = "wav" if turn[who] == min(lines, key=len) else "mp3"
                print(script["speech"][who], f"{slug}-{number:02}-{who}", kind, turn[who], sep="\t")
print("en-gb+f3 -p 62 -s 164", "reply-01-agent", "wav", "Thank you. I have noted that, and a nurse will look at it today.", sep="\t")
PYTHON

tab=$(printf '\t')
while IFS="$tab" read -r voice stem format text; do
    [ -e "audio/$stem.$format" ] || say "$voice" "$text" "audio/$stem.$format"
done < "$work/lines"
du -sh audio
